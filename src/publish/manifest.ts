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
  /** Folder of the files, relative to the artifacts' directory. */
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
