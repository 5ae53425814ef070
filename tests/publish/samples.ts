import type { ClientName, Package } from "../../src/config/project.ts";
import type { Kind } from "../../src/registries/registry.ts";
import { knownRegistry } from "../../src/registries/table.ts";

const NAMES: Readonly<Record<Kind, string>> = { crates: "crates.io", pypi: "pypi", npm: "npm" };
const CLIENTS: Readonly<Record<Kind, ClientName>> = { crates: "cargo", pypi: "twine", npm: "npm" };
const START = { line: 1, column: 1, offset: 0 };

/** A package as the loader gives it, with everything that a test does not care about filled in. */
export function packageOf(name: string, differs: Partial<Package> = {}): Package {
  const kind = differs.kind ?? "crates";
  return {
    name,
    kind,
    path: name,
    manifest: `${name}/manifest`,
    version: "1.0.0",
    registry: knownRegistry(NAMES[kind])!,
    client: CLIENTS[kind],
    paths: [`${name}/**`],
    dependsOn: [],
    trustPolicy: null,
    access: null,
    tag: null,
    repositoryUrl: null,
    at: { path: `${name}/manifest`, start: START, end: START },
    ...differs,
  };
}
