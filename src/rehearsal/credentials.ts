import type { Clock } from "../host/clock.ts";
import { isLive, type Recorder, type TokenLife } from "./recorder.ts";

/** A long-lived token that a registry accepts. */
export interface UserToken {
  readonly value: string;
  /** What it is good for; `null`: everything that its user may do. */
  readonly packages: readonly string[] | null;
  /** Default: `somebody`. */
  readonly user?: string;
}

/** A token that a registry knows; `Grant` is what the registry must remember about the job that a minted one belongs to. */
export interface Credential<Grant> {
  readonly life: TokenLife;
  /** `null`: a user's long-lived token. */
  readonly grant: Grant | null;
  readonly user: string;
}

/** The tokens of one registry. Only here are their values kept. */
export class Credentials<Grant> {
  readonly #held = new Map<string, Credential<Grant>>();
  readonly #registry: string;
  readonly #recorder: Recorder;
  readonly #clock: Clock;

  constructor(registry: string, stage: { readonly recorder: Recorder; readonly clock: Clock }) {
    this.#registry = registry;
    this.#recorder = stage.recorder;
    this.#clock = stage.clock;
  }

  /** Registers a user's token. */
  add(token: UserToken): void {
    const life = this.#recorder.born({
      registry: this.#registry,
      kind: "long-lived",
      packages: token.packages,
      expiresAt: null,
    });
    this.#held.set(token.value, { life, grant: null, user: token.user ?? "somebody" });
  }

  /** Registers a minted token that lives for `seconds`. */
  mint(value: string, packages: readonly string[], seconds: number, grant: Grant): TokenLife {
    const life = this.#recorder.born({
      registry: this.#registry,
      kind: "minted",
      packages,
      expiresAt: this.#clock.now() + seconds * 1000,
    });
    this.#held.set(value, { life, grant, user: "" });
    return life;
  }

  /** The token, also when it has expired or was burned. */
  find(value: string): Credential<Grant> | null {
    return this.#held.get(value) ?? null;
  }

  /** The token, if it is accepted now. */
  findLive(value: string): Credential<Grant> | null {
    const held = this.find(value);
    return held && isLive(held.life, this.#clock.now()) ? held : null;
  }

  /** Ends a token's life; `null` when it had none. */
  burn(value: string): TokenLife | null {
    const held = this.findLive(value);
    if (!held) return null;
    held.life.burnedAt = this.#clock.now();
    return held.life;
  }
}
