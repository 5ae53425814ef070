import type { ExistingPackage } from "../packages.ts";
import { filesOf } from "../packages.ts";
import { digest } from "../server.ts";

/** What is asked for that is not ours. */
export type CratesWanted =
  | { readonly what: "index"; readonly name: string; /** Below the index's root. */ readonly path: string }
  | { readonly what: "download"; readonly name: string; readonly version: string };

/** Answers for crates that are not ours, e.g. from the real crates.io; `null`: it has none. */
export type CratesUpstream = (wanted: CratesWanted) => Promise<Uint8Array | null>;

/** One version of a crate. */
export interface CrateVersion {
  readonly version: string;
  /** `null`: known by its index line only. */
  readonly bytes: Uint8Array | null;
  /** The line of the sparse index, without `yanked`. */
  readonly index: Readonly<Record<string, unknown>>;
  yanked: boolean;
  /** `trustpub_data` of the web API. */
  readonly publisher: Readonly<Record<string, unknown>> | null;
  readonly license: string | null;
  readonly createdAt: number;
  /** How many more readers of the index do not see it yet. */
  hidden: number;
}

/** A crate, as its first publisher wrote it. */
export interface Crate {
  readonly name: string;
  readonly trustedOnly: boolean;
  readonly versions: CrateVersion[];
}

/** All crates of one registry. */
export class Shelf {
  readonly #crates = new Map<string, Crate>();

  /** The crate; letter case, `-` and `_` make no difference. */
  find(name: string): Crate | null {
    return this.#crates.get(key(name)) ?? null;
  }

  /** Adds an empty crate. */
  create(name: string, trustedOnly = false): Crate {
    const crate: Crate = { name, trustedOnly, versions: [] };
    this.#crates.set(key(name), crate);
    return crate;
  }

  /** Adds what was there before. */
  async stock(existing: ExistingPackage, at: number): Promise<void> {
    const crate = this.create(existing.name, existing.trustedOnly);
    for (const it of existing.versions ?? []) {
      const bytes = it.index && !it.files ? null : filesOf(it, `${crate.name}-${it.version}.crate`)[0]!.bytes;
      const index = it.index ?? { name: crate.name, vers: it.version, deps: [], features: {} };
      crate.versions.push({
        version: it.version,
        bytes,
        index: bytes ? { ...index, cksum: await digest("SHA-256", bytes) } : index,
        yanked: it.yanked ?? false,
        publisher: null,
        license: null,
        createdAt: at,
        hidden: 0,
      });
    }
  }
}

/** The version that has this number; build metadata makes no difference. */
export function findVersion(crate: Crate, version: string): CrateVersion | null {
  return crate.versions.find((it) => plainVersion(it.version) === plainVersion(version)) ?? null;
}

function plainVersion(version: string): string {
  return version.split("+", 1)[0]!;
}

function key(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}
