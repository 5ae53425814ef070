import type { Kind } from "../registries/registry.ts";

/** A file that will be uploaded. */
export interface PackedFile {
  /** File name without directory. */
  readonly name: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sha512: string;
}

export interface PackedPackage {
  readonly name: string;
  readonly kind: Kind;
  readonly registry: string;
  readonly version: string;
  /** Folder of the files, relative to the artifacts' directory: `REGISTRY/NAME`. */
  readonly directory: string;
  readonly files: readonly PackedFile[];
}

/** `ARTIFACTS/manifest.json`: what `pack` made and `publish --artifacts` uploads. */
export interface ArtifactsManifest {
  readonly schema: "keyless/artifacts/1";
  /** Full commit hash that everything was built from. */
  readonly commit: string;
  /** Versions of the tools that built it, e.g. `cargo` → `1.95.0`. */
  readonly tools: Readonly<Record<string, string>>;
  readonly packages: readonly PackedPackage[];
}

const REGISTRY = /^(?!.*\.\.)[A-Za-z0-9][\w.-]{0,63}$/;
const VERSION = /^[\w.+!-]{1,128}$/;

/** Names are printed, and become directories. */
const NAMES: Readonly<Record<Kind, RegExp>> = {
  crates: /^[A-Za-z0-9_][\w-]{0,127}$/,
  pypi: /^[A-Za-z0-9][\w.-]{0,127}$/,
  npm: /^(?:@[\w~][\w.~-]{0,213}\/)?[\w~][\w.~-]{0,213}$/,
};

/** Names are words of a client's command line, and lie where clients could look for settings. */
const FILES: Readonly<Record<Kind, RegExp>> = {
  crates: /^[A-Za-z0-9_][\w.+-]*\.crate$/,
  pypi: /^[A-Za-z0-9][\w.+!-]*\.(?:whl|tar\.gz)$/,
  npm: /^[\w~][\w.+~-]*\.tgz$/,
};

/** What is wrong with a package's names, in words; `null` when nothing is. */
export function oddName(
  pkg: Omit<PackedPackage, "files" | "directory">,
  files: readonly string[],
): string | null {
  if (!NAMES[pkg.kind].test(pkg.name)) return `${JSON.stringify(pkg.name)} is no name of a package`;
  if (!REGISTRY.test(pkg.registry)) return `${JSON.stringify(pkg.registry)} is no name of a registry`;
  if (!VERSION.test(pkg.version)) return `${JSON.stringify(pkg.version)} is no version`;
  const odd = files.find((name) => !FILES[pkg.kind].test(name));
  if (odd !== undefined) return `${JSON.stringify(odd)} is no name of a file that is uploaded`;
  if (files.length === 0 || new Set(files).size < files.length) return "each file must be there once";
  return pkg.kind === "pypi" || files.length === 1 ? null : "more than one file was built";
}

/** Folder of a package's files, relative to the artifacts' directory. */
export function directoryOf(pkg: Pick<PackedPackage, "registry" | "name">): string {
  return `${pkg.registry}/${pkg.name}`;
}

/** `null` for anything that is not a manifest; what has odd names, or would leave the directory, is not one. */
export function parseManifest(text: string): ArtifactsManifest | null {
  try {
    const value = JSON.parse(text) as ArtifactsManifest;
    const sound = value.schema === "keyless/artifacts/1" && /^[0-9a-f]{40,64}$/.test(value.commit) &&
      Object.entries(value.tools).flat().every((word) => VERSION.test(word)) &&
      value.packages.every(isSound) &&
      new Set(value.packages.map((pkg) => pkg.directory)).size === value.packages.length;
    return sound ? value : null;
  } catch {
    // Neither JSON nor of that shape: the caller says so.
    return null;
  }
}

function isSound(pkg: PackedPackage): boolean {
  const { name, registry, version, directory, files } = pkg;
  const names = files.map((file) => file.name);
  return [name, registry, version, ...names].every((text) => typeof text === "string") &&
    directory === directoryOf(pkg) && oddName(pkg, names) === null &&
    files.every(({ size, sha256, sha512 }) =>
      Number.isSafeInteger(size) && /^[0-9a-f]{64}$/.test(sha256) && /^[0-9a-f]{128}$/.test(sha512)
    );
}
