import { relative } from "@std/path";
import { currentDirectory } from "../host/directory.ts";
import { type Loaded, loadProject, loadSound } from "../config/load.ts";
import type { Package, Project } from "../config/project.ts";
import { systemClock } from "../host/clock.ts";
import { given, systemEnv } from "../host/env.ts";
import { Http } from "../host/http.ts";
import { enableMasking } from "../host/mask.ts";
import type { Session } from "../host/session.ts";
import { KeylessError } from "../problem.ts";
import { chosen } from "../publish/order.ts";
import { renderProblem } from "../report/terminal.ts";
import { suggest } from "../suggest.ts";
import type { Call } from "./verb.ts";
import { json as asJson } from "./io.ts";
import { progressOf } from "./views/live.ts";

/** The real world, for a command. */
export function openSession(call: Call): Session {
  if (given(systemEnv, "GITHUB_ACTIONS") === "true") enableMasking();
  return { env: systemEnv, http: new Http(), clock: systemClock, progress: progressOf(call.io) };
}

/** The project around the working directory; its warnings go to stderr. */
export async function openProject(session: Session, call: Call): Promise<Project> {
  const project = await loadProject(currentDirectory(), session.env);
  warn(project.warnings, call);
  return project;
}

/** The same as far as manifests can be read, with what is wrong with the others. */
export async function openSound(session: Session, call: Call): Promise<Loaded> {
  const loaded = await loadSound(currentDirectory(), session.env);
  const { warnings } = loaded.project;
  // It is no mistake to publish to a registry of one's own.
  warn(
    call.io.verbose ? warnings : warnings.filter(({ code }) => code !== "registry-not-declared"),
    call,
  );
  return loaded;
}

function warn(warnings: Project["warnings"], { io }: Call): void {
  if (io.quiet) return;
  for (const warning of warnings) io.err(renderProblem(warning, io.stderr, "warning"));
}

/** The packages that the command line names, or all. @throws {KeylessError} exit 3 when the project publishes nothing */
export function choosePackages(project: Project, names: readonly string[]): Package[] {
  if (project.packages.length > 0) return chosen(project.packages, names, suggest);
  const seen = project.unpublished.map((other) => `${other.name} (${other.reason})`);
  throw new KeylessError({
    code: "nothing-to-publish",
    message: "There is nothing to publish here",
    why: seen.length > 0
      ? [`Seen and not published: ${seen.join(", ")}.`]
      : ["No Cargo.toml, package.json or pyproject.toml of a package was found."],
    next: ["run keyless in the repository of the packages", "or list them in keyless.toml"],
  }, { exit: 3 });
}

/** The way from the working directory to another one, with `/`; `""` where they are one. */
export function wayTo(directory: string): string {
  return relative(currentDirectory(), directory).replaceAll("\\", "/");
}

/** An option that takes one text. */
export function text(call: Call, name: string): string | null {
  const value = call.options[name];
  return typeof value === "string" ? value : null;
}

/** A switch. */
export function on(call: Call, name: string): boolean {
  return call.options[name] === true;
}

/** Prints the result: JSON with its schema's name, or the text for people. */
export function show(call: Call, schema: string, json: object, human: string): void {
  call.io.out(
    call.io.json ? asJson({ schema: `keyless/${schema}/1`, ...json }) : human,
  );
}
