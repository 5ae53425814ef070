import { KeylessError, type Problem } from "../problem.ts";
import { HOMEPAGE, VERSION } from "../version.ts";
import { interruptedOr, stopped } from "./cleanup.ts";
import { type Clock, systemClock } from "./clock.ts";
import { asPermissionError } from "./permission.ts";
import { Secret } from "./secret.ts";
import { httpClient, singleUseClient } from "./http_client.ts";

/** How keyless names itself; crates.io wants a contact in it. */
export const USER_AGENT = `keyless/${VERSION} (+${HOMEPAGE})`;

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `Authorization`; only to the origin that the secret is bound to. */
  readonly authorization?: { readonly scheme: "Bearer" | "bearer" | "Basic" | null; readonly secret: Secret };
  /** Appended to the path of `url`, for the protocols that name a token there; never shown in an error. */
  readonly lastSegment?: Secret;
  /** Sent as JSON; a {@link Secret} in it is revealed, and must be bound to the origin of `url`. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Milliseconds for one attempt, body included. Default 30 000. */
  readonly timeout?: number;
  /** At most so many bytes of the answer are read. Default 8 MiB. */
  readonly limit?: number;
  /**
   * `idempotent`: transport errors, 429 and 502–504 are tried again, up to three times. `refused-only`: only an attempt that
   * cannot have reached the server. Default: `idempotent` for GET, `never` otherwise.
   */
  readonly retry?: "idempotent" | "refused-only" | "never";
  /** Ends the request early. Default: {@link stopped}; `null` for what must go through although the program ends (mint, burn). */
  readonly signal?: AbortSignal | null;
}

/** An answer, whatever its status. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly url: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The body, decoded as UTF-8. */
  readonly text: string;
  /** The body as JSON, or `undefined` when it is none. */
  json(): unknown;
}

/** The transport failed; nothing is known about what the server did, unless `reached` is false. */
export class TransportError extends KeylessError {
  constructor(problem: Problem, readonly reached: boolean, cause: unknown) {
    super(problem, { cause });
    this.name = "TransportError";
  }
}

export interface HttpOptions {
  readonly clock?: Clock;
  /** Longest wait that a `Retry-After` is followed for, in milliseconds. Default 120 000. */
  readonly patience?: number;
  /** Random numbers in [0, 1), for the jitter. */
  readonly random?: () => number;
}

/** The only way to the network. Follows redirects itself, at most five, and never takes a secret along. */
export class Http {
  readonly #clock: Clock;
  readonly #patience: number;
  readonly #random: () => number;

  constructor(options: HttpOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#patience = options.patience ?? 120_000;
    this.#random = options.random ?? Math.random;
  }

  /** @throws {TransportError} when no answer came; @throws {KeylessError} when a secret would go where it must not. */
  async send(request: Request): Promise<Reply> {
    const signal = request.signal === undefined ? stopped : request.signal ?? undefined;
    const retry = request.retry ?? (!request.method || request.method === "GET" ? "idempotent" : "never");
    for (let attempt = 1;; attempt++) {
      try {
        const reply = await this.#once(request, signal);
        const wait = retry === "idempotent" && attempt < 4 ? this.#waitFor(reply, attempt) : null;
        if (wait === null) return reply;
        await this.#clock.sleep(wait, signal);
      } catch (error) {
        if (!(error instanceof TransportError) || attempt >= 4) throw error;
        if (retry === "never" || (retry === "refused-only" && error.reached)) throw error;
        await this.#clock.sleep(this.#backoff(attempt), signal);
      }
    }
  }

  async #once(request: Request, signal: AbortSignal | undefined): Promise<Reply> {
    let url = new URL(request.url);
    const init = prepare(request, url);
    if (request.lastSegment) url.pathname += encodeURIComponent(open(request.lastSegment, url));
    for (let hop = 0;; hop++) {
      const reply = await exchange(url, init, request, signal);
      const target = reply.headers.get("location");
      const follow = reply.status >= 301 && reply.status <= 308 && reply.status !== 304 && target !== null;
      // A redirected POST would lose its body or repeat it somewhere else: the caller sees the 3xx instead.
      if (!follow || init.method !== "GET" || hop >= 5) return reply;
      const next = new URL(target, url);
      assertTransport(next);
      if (next.origin !== url.origin) delete init.headers["authorization"];
      url = next;
    }
  }

  /** Milliseconds until the next try, or `null` when the answer is final. */
  #waitFor(reply: Reply, attempt: number): number | null {
    if (reply.status !== 429 && !(reply.status >= 502 && reply.status <= 504)) return null;
    const after = retryAfter(reply.headers.get("retry-after"), this.#clock.now());
    if (after === null) return reply.status === 429 ? null : this.#backoff(attempt);
    return after <= this.#patience ? after : null;
  }

  /** Full jitter: anything between nothing and 0.5 s, 1 s, 2 s, … */
  #backoff(attempt: number): number {
    return this.#random() * Math.min(8000, 250 * 2 ** attempt);
  }
}

/** `Retry-After` in milliseconds from `now`, in either of its forms; `null` when absent or unreadable. */
export function retryAfter(value: string | null, now: number): number | null {
  if (!value) return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Plain http only to this machine. */
export function assertTransport(url: URL): void {
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname))) return;
  throw new KeylessError({
    code: "insecure-url",
    message: `${url.origin} is not an address that keyless talks to: https is required`,
    why: ["Plain http is accepted for 127.0.0.1, [::1] and localhost only."],
    next: ["use the https address of the registry"],
  }, { exit: 2 });
}

/** Whether a URL's host name means this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

interface Init {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

function prepare(request: Request, url: URL): Init {
  assertTransport(url);
  const headers: Record<string, string> = { "user-agent": USER_AGENT, "accept": "application/json" };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  let body: string | null = null;
  if (request.json) {
    headers["content-type"] ??= "application/json";
    // `toJSON` has hidden a secret before a replacer sees the value; its holder still has it.
    body = JSON.stringify(request.json, function (this: Record<string, unknown>, key, value) {
      const raw = this[key];
      return raw instanceof Secret ? open(raw, url) : value;
    });
  }
  if (request.authorization) {
    const { scheme, secret } = request.authorization;
    headers["authorization"] = scheme ? `${scheme} ${open(secret, url)}` : open(secret, url);
  }
  return { method: request.method ?? "GET", headers, body };
}

/** The value, if it may go to that origin. */
function open(secret: Secret, url: URL): string {
  if (secret.origin !== url.origin) {
    throw new KeylessError({
      code: "secret-bound-elsewhere",
      message: `The ${secret.label} was not sent to ${url.origin}: it is for ${secret.origin ?? "no host"}`,
      next: ["check the address of the registry in keyless.toml"],
    });
  }
  return secret.reveal();
}

async function exchange(
  url: URL,
  init: Init,
  request: Request,
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const timeout = request.timeout ?? 30_000;
  const timer = AbortSignal.timeout(timeout);
  // A second GET harms nobody.
  const own = init.method === "GET" ? null : await singleUseClient(url);
  try {
    const response = await fetch(url, {
      method: init.method,
      headers: init.headers,
      body: init.body,
      redirect: "manual",
      signal: signal ? AbortSignal.any([timer, signal]) : timer,
      ...own ? { client: own } : await httpClient(url),
    });
    const bytes = await readCapped(response, request.limit ?? 8 << 20, url);
    return replyOf(response, url, bytes, request.lastSegment !== undefined);
  } catch (error) {
    if (error instanceof KeylessError) throw error;
    throw interruptedOr(signal) ?? transportError(url, error, timer.aborted, timeout);
  } finally {
    own?.close();
  }
}

function replyOf(response: Response, url: URL, bytes: Uint8Array<ArrayBuffer>, secretPath: boolean): Reply {
  const { status, headers } = response;
  return {
    status,
    headers,
    // Without what `lastSegment` added.
    url: secretPath ? url.origin : url.href,
    bytes,
    get text() {
      return new TextDecoder().decode(bytes);
    },
    json() {
      return parse(this.text);
    },
  };
}

async function readCapped(response: Response, limit: number, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) {
      throw new KeylessError({
        code: "answer-too-large",
        message: `${url.host} sent more than ${limit} bytes`,
        next: ["check that the address is the registry's"],
      });
    }
    chunks.push(chunk);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function transportError(url: URL, error: unknown, timedOut: boolean, timeout: number): unknown {
  const refusal = asPermissionError({ name: "net", host: url.host }, error);
  if (refusal !== error) return refusal;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const words = cause instanceof Error ? cause.message : String(cause);
  // Neither a name that does not resolve nor a closed port can have carried a request.
  const reached = !/dns error|failed to lookup|refused|not resolve|No route|unreachable/i.test(words);
  const certificate = /certificate|UnknownIssuer|tls/i.test(words);
  return new TransportError(
    {
      code: timedOut ? "network-timeout" : "network-error",
      message: timedOut
        ? `${url.host} did not answer within ${timeout / 1000} s`
        : `Cannot reach ${url.host}`,
      why: timedOut ? [] : [words.split("\n")[0]!],
      next: certificate
        ? [
          "behind a proxy with its own certificate authority, set DENO_CERT or SSL_CERT_FILE to its PEM file",
        ]
        : ["check the network, HTTPS_PROXY and NO_PROXY, then run again"],
    },
    reached,
    error,
  );
}
