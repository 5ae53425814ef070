import type { Clock } from "../host/clock.ts";
import type { Answer, Received } from "../host/http1.ts";
import { listen, type Listener } from "../host/listen.ts";
import type { Faults } from "./faults.ts";
import type { Recorder } from "./recorder.ts";

/** What all embedded servers of one rehearsal share. */
export interface Stage {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly faults: Faults;
}

/** A request on its way to a route. */
export interface Incoming extends Received {
  /** The path, undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** `http://127.0.0.1:PORT` of the server. */
  readonly origin: string;
  /** What the groups of the route's pattern matched, decoded. */
  readonly parts: readonly string[];
}

/** One call of a protocol. */
export interface Route {
  readonly method: string;
  /** Matched against the whole undecoded path. */
  readonly path: RegExp;
  readonly answer: (request: Incoming) => Answer | Promise<Answer>;
  /** What records show instead of the path, where that holds a token. */
  readonly shownAs?: string;
}

/** Serves the routes under the stage's recorder and faults; what no route knows is answered by `otherwise`. */
export function serve(
  name: string,
  stage: Stage,
  routes: readonly Route[],
  otherwise: (request: Incoming) => Answer,
): Listener {
  const { recorder, faults } = stage;
  const listener: Listener = listen(async (received) => {
    const url = new URL(received.target, listener.origin);
    const path = received.target.split("?", 1)[0]!;
    const incoming = { ...received, path, query: url.searchParams, origin: listener.origin, parts: [] };
    const [route, parts] = find(routes, received.method, path);
    const shown = { registry: name, method: received.method, path: route?.shownAs ?? path };
    const boundary = await recorder.arrived(shown);
    const answer = await faults.apply({ ...shown, path }, async () => {
      return route ? await route.answer({ ...incoming, parts }) : otherwise(incoming);
    });
    if (answer) await recorder.handled(boundary, answer.status);
    recorder.record({ what: "request", ...shown, status: answer?.status ?? null });
    const date = new Date(stage.clock.now()).toUTCString();
    return answer && { ...answer, headers: { date, ...answer.headers } };
  });
  return listener;
}

function find(routes: readonly Route[], method: string, path: string): [Route | null, string[]] {
  for (const route of routes) {
    if (route.method !== method && !(method === "HEAD" && route.method === "GET")) continue;
    const match = route.path.exec(path);
    if (match) return [route, match.slice(1).map((part) => decode(part ?? ""))];
  }
  return [null, []];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not an encoding at all: the name is what was sent.
    return part;
  }
}

/** An answer in JSON. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

/** The body as JSON, or `undefined` when it is none. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** Lower-case hex of a SHA-2 (or, for npm's `shasum`, SHA-1) digest. */
export async function digest(algorithm: "SHA-1" | "SHA-256" | "SHA-512", bytes: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest(algorithm, bytes as Uint8Array<ArrayBuffer>)));
}

/** Lower-case hex. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A registry says no; each protocol has its own form for it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "Refused";
  }
}

/** Routes whose refusals are answered in the protocol's own form. */
export function refusing(
  routes: readonly Route[],
  form: (refused: Refused, request: Incoming) => Answer,
): Route[] {
  return routes.map((route) => ({
    ...route,
    async answer(request) {
      try {
        return await route.answer(request);
      } catch (error) {
        if (error instanceof Refused) return form(error, request);
        throw error;
      }
    },
  }));
}
