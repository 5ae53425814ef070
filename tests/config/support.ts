import { assert, assertRejects } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import type { Project } from "../../src/config/project.ts";
import { envOf } from "../../src/host/env.ts";
import { type Problem, UsageError } from "../../src/problem.ts";

/** Files by path relative to the root. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

/** Runs `act` in a repository that holds these files. */
export async function inTree<T>(tree: Tree, act: (root: string) => Promise<T>): Promise<T> {
  const root = await Deno.makeTempDir({ prefix: "keyless-config-" });
  try {
    await Deno.mkdir(`${root}/.git`);
    for (const [path, content] of Object.entries(tree)) {
      await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(`${root}/${path}`, content);
      else await Deno.writeFile(`${root}/${path}`, content);
    }
    return await act(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The project of a tree. */
export function load(tree: Tree, variables: Record<string, string> = {}): Promise<Project> {
  return inTree(tree, (root) => loadProject(root, envOf(variables)));
}

/** What is wrong with a tree, a problem as people see it: place and message, the line, the marks under it, the first step. */
export async function complaints(tree: Tree, variables: Record<string, string> = {}): Promise<string[]> {
  const error = await assertRejects(() => load(tree, variables), UsageError);
  return error.problems.map(picture);
}

/** One problem, with its code in front. */
export function picture(problem: Problem): string {
  const { at, source, code, message, next } = problem;
  assert(at && source !== undefined, `${code} names no place`);
  const line = source.split("\n")[at.start.line - 1]!.replace(/\r$/, "");
  const width = at.end.line === at.start.line
    ? at.end.column - at.start.column
    : line.length - at.start.column + 1;
  const marks = " ".repeat(at.start.column - 1) + "^".repeat(Math.max(1, width));
  return [
    `${code} ${at.path}:${at.start.line}:${at.start.column}: ${message}`,
    `  ${line}`,
    `  ${marks}`,
    `  -> ${next[0]}`,
  ].join("\n");
}

/** A crate's manifest. */
export function crate(name: string, rest = ""): string {
  return `[package]\nname = "${name}"\nversion = "1.0.0"\n${rest}`;
}

/** An npm package's manifest. */
export function npm(name: string, rest: object = {}): string {
  return JSON.stringify({ name, version: "1.0.0", ...rest }, null, 2);
}

/** A Python package's manifest. */
export function python(name: string, rest = ""): string {
  return `[project]\nname = "${name}"\nversion = "1.0.0"\n${rest}`;
}

/** Names of the packages, and of those that each one needs: `a`, `b <- a`. */
export function order(project: Project): string[] {
  return project.packages.map(({ name, dependsOn }) =>
    dependsOn.length > 0 ? `${name} <- ${dependsOn.join(", ")}` : name
  )
    .sort();
}

/** What is not published, and why. */
export function left(project: Project): string[] {
  return project.unpublished.map(({ name, path, reason }) => `${name} (${path}): ${reason}`).sort();
}
