import { compare, eq, valid } from "@renovatebot/pep440";
import { type ExistingPackage, filesOf } from "../packages.ts";
import { digest } from "../server.ts";

/** One uploaded file. */
export interface StoredFile {
  readonly name: string;
  readonly version: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Digests that the uploader sent along and nobody needs to compute: `md5`, `blake2b_256`. */
  readonly otherDigests: Readonly<Record<string, string>>;
  readonly type: "sdist" | "bdist_wheel";
  readonly requiresPython: string | null;
  readonly yanked: boolean;
  readonly uploadedAt: number;
}

/** A project, as its first uploader wrote it. */
export interface Project {
  /** UUID, as tokens name it. */
  readonly id: string;
  readonly name: string;
  readonly files: StoredFile[];
  /** Names of files that were there once. */
  readonly removed: Set<string>;
}

/** A name in the form that PyPI compares (PEP 503). */
export function normalise(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** All projects of one index. */
export class Shelf {
  readonly #projects = new Map<string, Project>();

  /** The project, however its name is spelt. */
  find(name: string): Project | null {
    return this.#projects.get(normalise(name)) ?? null;
  }

  /** Every project, in the order of creation. */
  all(): Project[] {
    return [...this.#projects.values()];
  }

  /** Adds an empty project. */
  create(name: string): Project {
    const project: Project = { id: crypto.randomUUID(), name, files: [], removed: new Set() };
    this.#projects.set(normalise(name), project);
    return project;
  }

  /** Adds what was there before. */
  async stock(existing: ExistingPackage, at: number): Promise<void> {
    const project = this.create(existing.name);
    for (const version of existing.versions ?? []) {
      const madeUp = `${normalise(existing.name).replaceAll("-", "_")}-${version.version}.tar.gz`;
      for (const { name, bytes } of filesOf(version, madeUp)) {
        if (version.removed) project.removed.add(name);
        else {
          project.files.push({
            name,
            version: version.version,
            bytes,
            sha256: await digest("SHA-256", bytes),
            otherDigests: {},
            type: name.endsWith(".whl") ? "bdist_wheel" : "sdist",
            requiresPython: null,
            yanked: version.yanked ?? false,
            uploadedAt: at,
          });
        }
      }
    }
  }
}

/** Files of a version; `1.0` and `1.0.0` are the same (PEP 440). */
export function filesOfVersion(project: Project, version: string): StoredFile[] {
  return project.files.filter((file) => sameVersion(file.version, version));
}

/** Versions that have files, oldest number first. */
export function versionsOf(project: Project): string[] {
  const versions = new Set(project.files.map((file) => file.version));
  return [...versions].filter((version) => valid(version)).sort(compare);
}

function sameVersion(a: string, b: string): boolean {
  return a === b || (valid(a) !== null && valid(b) !== null && eq(a, b));
}
