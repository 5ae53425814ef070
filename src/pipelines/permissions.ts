import { entriesOf, get, isTable, isText, type Located } from "../formats/located.ts";
import type { Location } from "../problem.ts";
import { suggest } from "../suggest.ts";
import type { Granted } from "./granting.ts";
import type { Answer, Permissions, Setting } from "./model.ts";
import { asSetting } from "./settings.ts";

/** What decides a job's permissions: the places where blocks can be written, and who calls the workflow. */
export interface PermissionContext {
  readonly text: string;
  readonly workflow: Located | undefined;
  readonly job: Located | undefined;
  /** Where a job's block can be added: at its first key. */
  readonly jobBody: Location;
  /** What the calling job may do; `"nobody"` for a workflow that only others call, seen without any; `null` for one that starts by itself. */
  readonly caller: Permissions | "nobody" | null;
}

/**
 * The permissions of one job by GitHub's rules: a job's block replaces the workflow's, scopes that a written block does not name are
 * `none`, and a called workflow can have no more than the job that calls it.
 */
export function permissionsOf(context: PermissionContext): Permissions {
  const { workflow, job, caller } = context;
  const block = job ?? workflow;
  const asked = (scope: string, level: "read" | "write") => {
    const own = written(block!, scope, level);
    if (caller === null) return own;
    return lower(own, caller === "nobody" ? "unknown" : caller.grants(scope, level));
  };
  return {
    from: job ? "job" : workflow ? "workflow" : "default",
    at: block ? block.keyAt ?? block.at : null,
    replaced: job && workflow ? whole(workflow) : null,
    all: block && isText(block) ? SHORTHANDS[block.value.trim()] ?? null : null,
    allows(scope, level) {
      if (block) return asked(scope, level);
      if (caller === null) return byDefault(scope, level);
      return caller === "nobody" ? "unknown" : caller.allows(scope, level);
    },
    grants(scope, level) {
      if (block) return asked(scope, level);
      if (caller === null) return scope === "id-token" ? "unknown" : byDefault(scope, level);
      return caller === "nobody" ? "unknown" : caller.grants(scope, level);
    },
    written: (scope) => settingIn(block, scope),
    writtenAbove: (scope) => job ? settingIn(workflow, scope) : null,
    misspelt(scope) {
      const found = misspeltIn(block, scope);
      return found && { name: found[0], at: found[1].keyAt ?? found[1].at };
    },
    granting: async (scope, level) =>
      (await import("./granting.ts")).grantingEdit(
        { ...context, scope, level, misspelt: misspeltIn(block, scope) } satisfies Granted,
      ),
  };
}

function settingIn(block: Located | undefined, scope: string): Setting | null {
  const value = get(block, scope);
  return value ? asSetting(scope, value) : null;
}

const SHORTHANDS: Readonly<Record<string, "read" | "write">> = { "read-all": "read", "write-all": "write" };

/** Every scope that GitHub knows; a workflow with another one is refused as a whole. */
export const SCOPES: ReadonlySet<string> = new Set([
  "actions",
  "artifact-metadata",
  "attestations",
  "checks",
  "code-quality",
  "contents",
  "copilot-requests",
  "deployments",
  "discussions",
  "drives",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
  "vulnerability-alerts",
]);

function misspeltIn(block: Located | undefined, scope: string): readonly [string, Located] | null {
  if (get(block, scope)) return null;
  const strangers = entriesOf(block).filter(([name]) => !SCOPES.has(name));
  return strangers.find(([name]) => suggest(name.replaceAll("_", "-"), [scope]) !== null) ?? null;
}

function whole(block: Located): Location {
  return block.keyAt ? { ...block.at, start: block.keyAt.start } : block.at;
}

function lower(one: Answer, other: Answer): Answer {
  return one === "no" || other === "no" ? "no" : one === "unknown" || other === "unknown" ? "unknown" : "yes";
}

/** The repository's setting decides; but no setting gives an OIDC token, and every one lets a job read the code. */
function byDefault(scope: string, level: "read" | "write"): Answer {
  if (scope === "id-token") return "no";
  return scope === "contents" && level === "read" ? "yes" : "unknown";
}

function written(block: Located, scope: string, level: "read" | "write"): Answer {
  if (isTable(block)) {
    const value = get(block, scope);
    if (!value) return "no";
    if (!isText(value) || value.value.includes("${{")) return "unknown";
    if (value.value === "write") return "yes";
    return value.value === "read" && level === "read" ? "yes" : "no";
  }
  if (!isText(block)) return "unknown";
  switch (block.value.trim()) {
    case "write-all":
      return "yes";
    case "read-all":
      return level === "read" && scope !== "id-token" ? "yes" : "no";
    case "{}":
      return "no";
    default:
      return "unknown";
  }
}
