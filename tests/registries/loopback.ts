import { defer } from "../../src/host/cleanup.ts";
import type { Clock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import type { Session } from "../../src/host/session.ts";

// The first clean-up makes the program listen to signals for good: outside of any test, so that none seems to leak it.
defer(() => {})();

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: string;
}

/** What the server answers: JSON unless it is a string; `cut` breaks the connection off after the request was read. */
export type Reply =
  | {
    readonly status?: number;
    readonly json?: unknown;
    readonly text?: string;
    readonly headers?: Record<string, string>;
  }
  | "cut";

type Handler = Reply | ((seen: Seen) => Reply | Promise<Reply>);

/**
 * A server on 127.0.0.1 that answers by script: `GET /path` → answers, the last one for ever. What is not in the script is 404 and
 * empty.
 */
export class Loopback {
  readonly seen: Seen[] = [];
  readonly #script = new Map<string, Handler[]>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(script: Readonly<Record<string, Handler | readonly Handler[]>> = {}) {
    for (const [key, handlers] of Object.entries(script)) this.on(key, ...[handlers].flat() as Handler[]);
    this.#server = Deno.serve(
      {
        hostname: "127.0.0.1",
        port: 0,
        onListen: () => {},
        onError: () => new Response(null, { status: 500 }),
      },
      (request) => this.#answer(request),
    );
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Sets what is answered from now on. */
  on(key: string, ...handlers: Handler[]): void {
    this.#script.set(key, handlers);
  }

  /** Requests to one method and path (without query). */
  to(key: string): Seen[] {
    return this.seen.filter((one) => `${one.method} ${one.target.split("?")[0]}` === key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const seen = {
      method: request.method,
      target: url.pathname + url.search,
      headers: request.headers,
      body: await request.text(),
    };
    this.seen.push(seen);
    const queue = this.#script.get(`${request.method} ${url.pathname}`);
    const next = queue && queue.length > 1 ? queue.shift()! : queue?.[0];
    const reply = typeof next === "function" ? await next(seen) : next ?? { status: 404, text: "" };
    if (reply === "cut") {
      const body = new ReadableStream({ start: (controller) => controller.error(new Error("cut")) });
      return new Response(body, { headers: { "content-length": "100" } });
    }
    const { status = 200, json, text, headers = {} } = reply;
    const type = json === undefined ? "text/html" : "application/json";
    return new Response(json === undefined ? text ?? null : JSON.stringify(json), {
      status,
      headers: { "content-type": type, ...headers },
    });
  }
}

/** A clock that stands still but for sleeping, which takes no time. */
export class StillClock implements Clock {
  readonly slept: number[] = [];
  #now: number;

  constructor(now = Date.parse("2026-11-21T12:00:00Z")) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.#now += ms;
    return Promise.resolve();
  }
}

/** A session with the given variables, a still clock and a real {@link Http}. */
export function sessionWith(variables: Readonly<Record<string, string | undefined>> = {}) {
  const clock = new StillClock();
  const said: string[] = [];
  const session: Session = {
    env: envOf(variables),
    http: new Http({ clock }),
    clock,
    progress: { say: (line) => said.push(line), live: () => {} },
  };
  return { session, clock, said };
}
