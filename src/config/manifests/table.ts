import type { Kind } from "../../registries/registry.ts";
import type { ProjectFiles } from "./files.ts";
import type { ManifestReader } from "./manifest.ts";
import type { Workspace } from "./workspace.ts";

/** How packages of one kind are described in a repository. */
export interface ManifestKind {
  /** Files that describe a package, or a workspace of packages. */
  readonly files: readonly string[];
  readonly read: ManifestReader;
  readonly workspace: (files: ProjectFiles, directory: string) => Promise<Workspace | null>;
}

/** Every kind of manifest; what reads it is loaded where there is one. */
export const MANIFESTS: Readonly<Record<Kind, ManifestKind>> = {
  crates: {
    files: ["Cargo.toml"],
    read: async (...at) => await (await import("./cargo.ts")).readCargo(...at),
    workspace: async (...at) => await (await import("./cargo.ts")).cargoWorkspace(...at),
  },
  pypi: {
    files: ["pyproject.toml", "setup.cfg", "setup.py"],
    read: async (...at) => await (await import("./python.ts")).readPython(...at),
    workspace: async (...at) => await (await import("./pyproject.ts")).uvWorkspace(...at),
  },
  npm: {
    files: ["package.json", "pnpm-workspace.yaml"],
    read: async (...at) => await (await import("./npm.ts")).readNpm(...at),
    workspace: async (...at) => await (await import("./npm.ts")).npmWorkspace(...at),
  },
};
