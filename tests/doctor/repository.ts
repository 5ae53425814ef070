import { dirname, join } from "@std/path";
import { defer } from "../../src/host/cleanup.ts";
import { systemClock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { type Session, silent } from "../../src/host/session.ts";
import type { Edit } from "../../src/report/finding.ts";
import { git as runGit } from "../repository.ts";

// Signals are listened to from the first child on, for good: before any test, so that none of them seems to leak it.
defer(() => {})();

/** A session that sees these variables and PATH. */
export function session(variables: Readonly<Record<string, string>> = {}): Session {
  return {
    env: envOf({ PATH: Deno.env.get("PATH"), HOME: "/nonexistent", ...variables }),
    http: new Http(),
    clock: systemClock,
    progress: silent,
  };
}

/** A git repository that tracks these files, and a manifest for every package that its `keyless.toml` names. */
export async function repository(files: ReadonlyMap<string, string>): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "keyless-doctor-test-" });
  const packages = [
    ...(files.get("keyless.toml") ?? "").matchAll(/^name = "(.+)"\nkind = "(.+)"\npath = "(.+)"$/gm),
  ];
  const manifests = packages.map(([, name, kind, path]): [string, string] => manifest(name!, kind!, path!));
  const git: [string, string][] = [
    [".git/HEAD", "ref: refs/heads/main\n"],
    [".git/objects/.keep", ""],
    [".git/refs/.keep", ""],
  ];
  for (const [path, text] of [...git, ...manifests, ...files]) {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  }
  await runGit(root, "add", "--all");
  return root;
}

function manifest(name: string, kind: string, path: string): [string, string] {
  if (kind === "npm") return [`${path}/package.json`, JSON.stringify({ name, version: "1.0.0" })];
  if (kind === "pypi") return [`${path}/pyproject.toml`, `[project]\nname = "${name}"\nversion = "1.0.0"\n`];
  const about = 'edition = "2021"\ndescription = "Made for a test"\nlicense = "MIT"\n';
  return [`${path}/Cargo.toml`, `[package]\nname = "${name}"\nversion = "1.0.0"\n${about}`];
}

/** The files after the edits. */
export function apply(edits: readonly Edit[], files: ReadonlyMap<string, string>): Map<string, string> {
  const after = new Map(files);
  for (const { path, start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
    const before = after.get(path)!;
    after.set(path, before.slice(0, start) + text + before.slice(end));
  }
  return after;
}
