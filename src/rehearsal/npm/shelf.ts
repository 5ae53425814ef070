import { type ExistingPackage, filesOf } from "../packages.ts";
import { digest } from "../server.ts";

/** One version of a package. */
export interface NpmVersion {
  readonly version: string;
  /** The manifest, with `dist` but for the tarball's address. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly tarball: Uint8Array;
  readonly publishedAt: number;
  /** How many more readers do not see it yet. */
  hidden: number;
}

/** A package. */
export interface NpmPackage {
  readonly name: string;
  readonly restricted: boolean;
  readonly versions: Map<string, NpmVersion>;
  /** Versions that were there once, with the time of their publication. */
  readonly removed: Map<string, number>;
  readonly tags: Map<string, string>;
}

/** All packages of one registry. */
export class Shelf {
  readonly #packages = new Map<string, NpmPackage>();

  /** The package of exactly that name. */
  find(name: string): NpmPackage | null {
    return this.#packages.get(name) ?? null;
  }

  /** Adds an empty package. */
  create(name: string, restricted: boolean): NpmPackage {
    const created: NpmPackage = {
      name,
      restricted,
      versions: new Map(),
      removed: new Map(),
      tags: new Map(),
    };
    this.#packages.set(name, created);
    return created;
  }

  /** Adds what was there before; its last version is `latest`. */
  async stock(existing: ExistingPackage, at: number): Promise<void> {
    const { name } = existing;
    const stocked = this.create(name, existing.restricted ?? false);
    for (const it of existing.versions ?? []) {
      if (it.removed) stocked.removed.set(it.version, at);
      else {
        const tarball = filesOf(it, `${unscoped(name)}-${it.version}.tgz`)[0]!.bytes;
        const manifest = { name, version: it.version, dist: await dist(tarball) };
        stocked.versions.set(it.version, {
          version: it.version,
          manifest,
          tarball,
          publishedAt: at,
          hidden: 0,
        });
        stocked.tags.set("latest", it.version);
      }
    }
  }
}

/** A name without its scope. */
export function unscoped(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** What the registry publishes of a tarball's content. */
export async function dist(tarball: Uint8Array): Promise<{ shasum: string; integrity: string }> {
  const sha512 = await digest("SHA-512", tarball);
  const bytes = sha512.match(/../g)!.map((pair) => String.fromCharCode(parseInt(pair, 16)));
  return { shasum: await digest("SHA-1", tarball), integrity: `sha512-${btoa(bytes.join(""))}` };
}
