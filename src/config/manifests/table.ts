import type { Kind } from "../../registries/registry.ts";
import { cargoWorkspace, readCargo } from "./cargo.ts";
import type { ProjectFiles } from "./files.ts";
import type { ManifestReader } from "./manifest.ts";
import { npmWorkspace, readNpm } from "./npm.ts";
import { uvWorkspace } from "./pyproject.ts";
import { readPython } from "./python.ts";
import type { Workspace } from "./workspace.ts";

/** How packages of one kind are described in a repository. */
export interface ManifestKind {
  /** Files that describe a package, or a workspace of packages. */
  readonly files: readonly string[];
  readonly read: ManifestReader;
  readonly workspace: (files: ProjectFiles, directory: string) => Promise<Workspace | null>;
}

/** Every kind of manifest. */
export const MANIFESTS: Readonly<Record<Kind, ManifestKind>> = {
  crates: { files: ["Cargo.toml"], read: readCargo, workspace: cargoWorkspace },
  pypi: { files: ["pyproject.toml", "setup.cfg", "setup.py"], read: readPython, workspace: uvWorkspace },
  npm: { files: ["package.json", "pnpm-workspace.yaml"], read: readNpm, workspace: npmWorkspace },
};
