import type { Clock } from "../host/clock.ts";
import type { Answer } from "../host/http1.ts";

/** What goes wrong. */
export type Fault =
  /** The request is not handled; this is answered instead. */
  | { readonly answer: Answer }
  /** The request is not handled and never answered. */
  | { readonly hang: true }
  /** The connection breaks: `before` the request is handled, or `after` it was, with the answer lost. */
  | { readonly cut: "before" | "after" }
  /** The request is handled so many milliseconds late. */
  | { readonly delay: number };

/** Which requests a fault meets. */
export interface FaultScope {
  /** Name of the registry, or `issuer`; default: any. */
  readonly registry?: string;
  /** Default: any. */
  readonly method?: string;
  /** Matched against the path, undecoded and without query; a string must be equal to it. Default: any. */
  readonly path?: string | RegExp;
  /** How often; default: once. */
  readonly times?: number;
}

/** A page of a proxy or a load balancer, where a registry's JSON was expected. */
export function htmlPage(status: number): Fault {
  return {
    answer: {
      status,
      headers: { "content-type": "text/html; charset=utf-8" },
      body: `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>Sorry</h1></body></html>\n`,
    },
  };
}

/** Faults that wait for their request; the one added first is used first. */
export class Faults {
  readonly #waiting: { fault: Fault; scope: FaultScope; left: number }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes the next matching requests go wrong. */
  add(scope: FaultScope, fault: Fault): void {
    this.#waiting.push({ fault, scope, left: scope.times ?? 1 });
  }

  /** Forgets all that are still waiting. */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** Handles a request, unless a fault wants otherwise; `null`: break the connection off. */
  async apply(
    request: { readonly registry: string; readonly method: string; readonly path: string },
    handle: () => Promise<Answer>,
  ): Promise<Answer | null> {
    const fault = this.#take(request);
    if (!fault) return await handle();
    if ("answer" in fault) return fault.answer;
    if ("hang" in fault) return await new Promise<never>(() => {});
    if ("delay" in fault) {
      await this.#clock.sleep(fault.delay);
      return await handle();
    }
    if (fault.cut === "after") await handle();
    return null;
  }

  #take(request: { registry: string; method: string; path: string }): Fault | null {
    const found = this.#waiting.find(({ scope, left }) =>
      left > 0 &&
      (scope.registry === undefined || scope.registry === request.registry) &&
      (scope.method === undefined || scope.method === request.method) &&
      (scope.path === undefined ||
        (typeof scope.path === "string" ? scope.path === request.path : scope.path.test(request.path)))
    );
    if (!found) return null;
    found.left--;
    return found.fault;
  }
}
