import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { readArguments } from "../../src/cli/arguments.ts";

const [hook] = parse(
  await Deno.readTextFile(new URL("../../.pre-commit-hooks.yaml", import.meta.url)),
) as Record<string, string | boolean>[];

Deno.test("the pre-commit hook starts doctor on the whole repository", () => {
  const [program, ...argv] = String(hook!.entry).split(" ");
  const request = readArguments(argv);
  assertEquals([program, request.kind === "call" && request.verb.name], ["keyless", "doctor"]);
  assertEquals([hook!.language, hook!.pass_filenames], ["system", false]);
});

Deno.test("the pre-commit hook runs when a file changes that publishing depends on, and not for others", () => {
  const [, verbose] = /^\(\?x\)(.*)$/s.exec(String(hook!.files))!;
  const files = new RegExp(verbose!.replace(/\s+/g, ""));
  const wanted = [
    ".github/workflows/release.yml",
    ".github/actions/publish/action.yml",
    "action.yaml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    "Jenkinsfile",
    "keyless.toml",
    "Cargo.toml",
    "crates/a/Cargo.toml",
    "js/package.json",
    "pyproject.toml",
    ".npmrc",
    ".cargo/config.toml",
    ".envrc",
    "app/.env.production",
    "nuget.config",
    ".nvmrc",
  ];
  for (const path of wanted) assert(files.test(path), path);
  for (const path of ["src/main.rs", "README.md", "docs/.github.md", "my-package.json"]) {
    assert(!files.test(path), path);
  }
});
