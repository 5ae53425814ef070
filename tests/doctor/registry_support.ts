import { join } from "@std/path";
import { loadProject } from "../../src/config/load.ts";
import type { Project } from "../../src/config/project.ts";
import { completed } from "../../src/doctor/completed.ts";
import type { RecordsChecked } from "../../src/doctor/records.ts";
import type { Subject } from "../../src/doctor/rule.ts";
import { surroundings } from "../../src/doctor/surroundings.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import type { Session } from "../../src/host/session.ts";
import { readPipelines } from "../../src/pipelines/read.ts";
import type { Registry } from "../../src/registries/registry.ts";
import { renderFinding } from "../../src/report/terminal.ts";
import { ASCII } from "../report/samples.ts";
import { StillClock } from "../registries/loopback.ts";
import { repository } from "./repository.ts";

/** A workflow that publishes with keyless, in the environment `release`. */
export const RELEASE = `on: release
permissions:
  id-token: write
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    steps:
      - run: keyless publish
`;
/** Where it is. */
export const WORKFLOW = ".github/workflows/release.yml";

/** What `keyless.toml` says about a package. */
export interface Declared {
  readonly name: string;
  readonly kind: "crates" | "npm" | "pypi";
  readonly registry?: string;
  /** `null`: no trust policy at all. */
  readonly workflow?: string | null;
  readonly environment?: string | null;
  readonly repository?: string | null;
}

/** A configuration of these packages, each in a directory of its own, declared as release.yml, `release` and acme/widgets unless said otherwise. */
export function configuration(...packages: readonly Declared[]): string {
  return packages.map((pkg, index) => {
    const { workflow, environment, repository } = {
      workflow: "release.yml",
      environment: "release",
      repository: "acme/widgets",
      ...pkg,
    };
    const policy = workflow === null ? [] : [
      "[package.trust_policy]",
      `workflow = "${workflow}"`,
      ...environment === null ? [] : [`environment = "${environment}"`],
      ...repository === null ? [] : [`repository = "${repository}"`],
    ];
    return [
      "[[package]]",
      `name = "${pkg.name}"`,
      `kind = "${pkg.kind}"`,
      `path = "p${index}"`,
      ...pkg.registry ? [`registry = "${pkg.registry}"`] : [],
      ...policy,
      "",
    ].join("\n");
  }).join("\n");
}

/** A project to look at, and the world around it. */
export interface Around {
  readonly files?: Readonly<Record<string, string>>;
  /** `keyless.toml`; `null`: there is none. */
  readonly config: string | null;
  readonly variables?: Readonly<Record<string, string>>;
  /** Registries that stand in for those of the same name. */
  readonly registries?: ReadonlyMap<string, Registry>;
  readonly clock?: StillClock;
}

/** Runs `check` on a project that is there only meanwhile. */
export async function looking<T>(
  around: Around,
  check: (subject: Subject, session: Session, root: string) => Promise<T>,
): Promise<T> {
  const files = {
    [WORKFLOW]: RELEASE,
    ...around.config === null ? {} : { "keyless.toml": around.config },
    ...around.files,
  };
  const root = await repository(new Map(Object.entries(files)));
  try {
    const clock = around.clock ?? new StillClock(Date.now());
    const env = envOf({ PATH: Deno.env.get("PATH"), HOME: "/nonexistent", ...around.variables });
    const session: Session = {
      env,
      http: new Http({ clock }),
      clock,
      progress: { say() {}, live() {} },
    };
    const project = replaced(await loadProject(root, env), around.registries);
    const subject = await surroundings(env, project, await readPipelinesOf(root));
    return await check(subject, session, root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function readPipelinesOf(root: string) {
  const { pipelines, problems, sources } = await readPipelines(root);
  return { pipelines, sources, unread: new Set(problems.map(({ at }) => at.path)) };
}

function replaced(project: Project, registries: ReadonlyMap<string, Registry> = new Map()): Project {
  const packages = project.packages.map((pkg) => ({
    ...pkg,
    registry: registries.get(pkg.registry.name) ?? pkg.registry,
  }));
  return { ...project, packages };
}

/** `severity code message` of everything that was found; why nothing was looked at, else. */
export function told(checked: RecordsChecked): string | string[] {
  return checked.skipped !== null
    ? checked.skipped
    : checked.reports.map(({ severity = "error", confidence, code, message }) =>
      `${severity}${confidence === "likely" ? " (likely)" : ""} ${code}: ${message}`
    );
}

/** Everything that people would read of it. */
export function printed(checked: RecordsChecked, config: string): string {
  if (checked.skipped !== null) return checked.skipped;
  const sources = new Map([["keyless.toml", config]]);
  return [
    checked.right ?? "",
    ...checked.reports.map((report) =>
      renderFinding(completed(report, report.code, "error"), sources, ASCII)
    ),
  ].join("\n");
}

/** A file beside the project. */
export function fileIn(root: string, name: string, content: string | Uint8Array): string {
  const path = join(root, name);
  if (typeof content === "string") Deno.writeTextFileSync(path, content);
  else Deno.writeFileSync(path, content);
  return path;
}
