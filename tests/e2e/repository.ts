import type { Registry } from "../../src/registries/registry.ts";
import { commit, git, writeFiles } from "../repository.ts";
import type { WorldOptions } from "./world.ts";

/** Writes and commits a small repository with four packages for the registries `local-*`; gives the commit. */
export async function writeRepository(
  root: string,
  registries: ReadonlyMap<string, Registry>,
  options: WorldOptions,
): Promise<string> {
  await writeFiles(root, { ...FILES, "keyless.toml": configuration(registries, options) });
  await git(root, "init", "-q", "-b", "main");
  await git(root, "remote", "add", "origin", "https://github.com/acme/e2e.git");
  await commit(root, "First version");
  return await git(root, "rev-parse", "HEAD");
}

const PACKAGES = {
  "e2e-core": { kind: "crates", path: "core", registry: "local-crates" },
  "e2e-cli": { kind: "crates", path: "cli", registry: "local-crates" },
  "e2e": { kind: "pypi", path: "python", registry: "local-pypi" },
  "@acme/e2e": { kind: "npm", path: "npm", registry: "local-npm" },
} as const;

function configuration(registries: ReadonlyMap<string, Registry>, options: WorldOptions): string {
  const packages = Object.entries(PACKAGES)
    .filter(([name]) => !options.only || options.only.includes(name))
    .map(([name, { kind, path, registry }]) =>
      `[[package]]
name = "${name}"
kind = "${kind}"
path = "${path}"
registry = "${registry}"
${kind === "pypi" ? `client = "${options.pypiClient ?? "twine"}"\n` : ""}[package.trust_policy]
workflow = "release.yml"
environment = "release"
`
    );
  const settings = [...registries.values()].map(({ name, kind, endpoints }) =>
    `[registry.${name}]
kind = "${kind}"
index = "${kind === "crates" ? "sparse+" : ""}${endpoints.index}"
${kind === "pypi" ? `upload = "${endpoints.upload}"\n` : ""}exchange = "${endpoints.exchange}"
`
  );
  return [...packages, ...settings].join("\n");
}

const FILES: Readonly<Record<string, string>> = {
  "Cargo.toml": '[workspace]\nmembers = ["core", "cli"]\nresolver = "2"\n',
  "core/Cargo.toml": `[package]
name = "e2e-core"
version = "1.0.0"
edition = "2021"
description = "Core"
license = "MIT"
publish = ["local-crates"]
`,
  "core/src/lib.rs": "/// Two.\npub fn two() -> u8 {\n    2\n}\n",
  // A build script is project code: whatever it can see, it could send away.
  "core/build.rs": `fn main() {
    for (name, value) in std::env::vars() {
        if value.contains("CANARY") || name.starts_with("ACTIONS_") {
            panic!("a build script can see {name}");
        }
    }
}
`,
  "cli/Cargo.toml": `[package]
name = "e2e-cli"
version = "1.0.0"
edition = "2021"
description = "Cli"
license = "MIT"
publish = ["local-crates"]

[dependencies]
e2e-core = { path = "../core", version = "1.0.0", registry = "local-crates" }
`,
  "cli/src/main.rs": 'fn main() {\n    println!("{}", e2e_core::two());\n}\n',
  "python/pyproject.toml": `[build-system]
requires = ["uv_build>=0.9,<0.15"]
build-backend = "uv_build"

[project]
name = "e2e"
version = "1.0.0"
description = "Two"
readme = "README.md"
requires-python = ">=3.9"
`,
  "python/README.md": "# e2e\n\nTwo.\n",
  "python/src/e2e/__init__.py": "TWO = 2\n",
  "npm/package.json": `{
  "name": "@acme/e2e",
  "version": "1.0.0",
  "description": "Two",
  "license": "MIT",
  "files": ["index.js"],
  "scripts": { "prepack": "node check.js" },
  "repository": "github:acme/e2e"
}
`,
  "npm/check.js": `for (const [name, value] of Object.entries(process.env)) {
  if (value.includes("CANARY") || name.startsWith("ACTIONS_")) throw new Error("a prepack script can see " + name);
}
`,
  "npm/index.js": "module.exports = 2;\n",
  // The addresses differ from test to test and must not be part of the commit.
  ".gitignore": "/keyless.toml\n/target/\n/python/dist/\n",
  ".github/workflows/release.yml": `on:
  push:
    tags: ["v*"]
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    permissions:
      contents: read
      id-token: write
    steps:
      - run: keyless publish
`,
};
