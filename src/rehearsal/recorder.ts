import type { Clock } from "../host/clock.ts";

interface Occurrence {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Name of the registry; `issuer` for the CI's. */
  readonly registry: string;
}

/** Every request, with the status that was sent; `null` when the connection was broken off. */
export interface RequestEvent extends Occurrence {
  readonly what: "request";
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
}

/** The issuer handed out an OIDC token. */
export interface IdentityEvent extends Occurrence {
  readonly what: "identity";
  readonly audience: string;
  readonly jti: string;
}

/** Someone asked to exchange an OIDC token. */
export interface ExchangeEvent extends Occurrence {
  readonly what: "exchange";
  readonly status: number;
  /** The refusal's words; `null` when a token was minted. */
  readonly said: string | null;
  /** The {@link TokenLife.id}; `null` when refused. */
  readonly token: number | null;
  /** What the token is good for; when refused, the package that was asked for, where the protocol names one. */
  readonly packages: readonly string[];
}

/** Someone tried to upload a file. */
export interface UploadEvent extends Occurrence {
  readonly what: "upload";
  readonly package: string;
  readonly version: string;
  readonly file: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly size: number;
  readonly status: number;
  /** The refusal's words; `null` when it was stored. */
  readonly said: string | null;
  /** The {@link TokenLife.id} that was used; `null` when the credential was none or unknown. */
  readonly token: number | null;
}

/** Someone asked to end a token's life. */
export interface BurnEvent extends Occurrence {
  readonly what: "burn";
  readonly status: number;
  /** The {@link TokenLife.id}; `null` when no living token was meant. */
  readonly token: number | null;
}

export type RehearsalEvent = RequestEvent | IdentityEvent | ExchangeEvent | UploadEvent | BurnEvent;

type Undated<Event> = Event extends RehearsalEvent ? Omit<Event, "at"> : never;

/** A registry token, without its value. All times in milliseconds since the epoch. */
export interface TokenLife {
  readonly id: number;
  readonly registry: string;
  readonly kind: "minted" | "long-lived";
  /** What it is good for; `null`: everything. */
  readonly packages: readonly string[] | null;
  readonly mintedAt: number;
  /** `null`: never. */
  readonly expiresAt: number | null;
  /** When it was revoked; `null`: never. */
  burnedAt: number | null;
  /** What was uploaded with it: `widget 1.4.0`, on PyPI `widget-1.4.0.tar.gz`. */
  readonly usedFor: string[];
}

/** One request, as the hooks see it. */
export interface Boundary {
  readonly registry: string;
  readonly method: string;
  /** Without query, and without the token where a protocol puts one there. */
  readonly path: string;
  /** Requests are counted over all servers, from 1. */
  readonly number: number;
}

type Hook<T> = (info: T) => void | Promise<void>;

/** What happened on all embedded servers, in order. Never holds a secret. */
export class Recorder {
  readonly events: RehearsalEvent[] = [];
  readonly tokens: TokenLife[] = [];
  readonly #clock: Clock;
  readonly #arrivals = new Set<Hook<Boundary>>();
  readonly #departures = new Set<Hook<Boundary & { readonly status: number }>>();
  readonly #listeners = new Set<(event: RehearsalEvent) => void>();
  #requests = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Awaited before a request is handled: nothing has happened yet. Returns how to stop it. */
  onRequest(hook: Hook<Boundary>): () => void {
    return subscribe(this.#arrivals, hook);
  }

  /** Awaited after a request was handled and before its answer is sent: everything has happened, and nobody knows. */
  onAnswer(hook: Hook<Boundary & { readonly status: number }>): () => void {
    return subscribe(this.#departures, hook);
  }

  /** Hears of every event as it is recorded. */
  onEvent(listener: (event: RehearsalEvent) => void): () => void {
    return subscribe(this.#listeners, listener);
  }

  /** Events of one kind. */
  of<What extends RehearsalEvent["what"]>(what: What): Extract<RehearsalEvent, { what: What }>[] {
    return this.events.filter((event): event is Extract<RehearsalEvent, { what: What }> =>
      event.what === what
    );
  }

  /** Minted tokens that would still be accepted. */
  liveTokens(): TokenLife[] {
    return this.tokens.filter((life) => life.kind === "minted" && isLive(life, this.#clock.now()));
  }

  /** Adds an event, at this moment. */
  record(event: Undated<RehearsalEvent>): void {
    const whole = { at: this.#clock.now(), ...event } as RehearsalEvent;
    this.events.push(whole);
    for (const listener of this.#listeners) listener(whole);
  }

  /** Starts a token's record. */
  born(life: Omit<TokenLife, "id" | "burnedAt" | "usedFor" | "mintedAt">): TokenLife {
    const whole: TokenLife = {
      ...life,
      id: this.tokens.length + 1,
      mintedAt: this.#clock.now(),
      burnedAt: null,
      usedFor: [],
    };
    this.tokens.push(whole);
    return whole;
  }

  /** A request has arrived; resolves when every hook has. */
  async arrived(request: Omit<Boundary, "number">): Promise<Boundary> {
    const boundary = { ...request, number: ++this.#requests };
    for (const hook of this.#arrivals) await hook(boundary);
    return boundary;
  }

  /** A request was handled; resolves when every hook has. */
  async handled(boundary: Boundary, status: number): Promise<void> {
    for (const hook of this.#departures) await hook({ ...boundary, status });
  }
}

/** Whether a token is accepted at `now`. */
export function isLive(life: TokenLife, now: number): boolean {
  return life.burnedAt === null && (life.expiresAt === null || now < life.expiresAt);
}

function subscribe<T>(set: Set<T>, member: T): () => void {
  set.add(member);
  return () => set.delete(member);
}
