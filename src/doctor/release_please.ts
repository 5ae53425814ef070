import { CONTEXTS } from "../formats/expression.ts";
import { plainTruth } from "../formats/expression_plain.ts";
import { sourceIn } from "../formats/positions.ts";
import type { Setting, Step } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { Location } from "../problem.ts";
import type { Publishing, Subject } from "./rule.ts";
import { ofNeeded, ofStep, type Output, siblingsAt } from "./step_outputs.ts";

/** A condition that waits for an output which release-please gives the root of a repository alone. */
export interface WaitsForRoot {
  readonly condition: Setting;
  /** `steps.release.outputs.release_created` */
  readonly output: string;
  /** The directories that it releases, none of them the root. */
  readonly paths: readonly string[];
  /** Where they are named. */
  readonly at: Location;
}

/** What the action puts out whatever it releases; all else is of one directory and has its path before it, but for the root (src/index.ts). */
const OF_ALL = ["releases_created", "paths_released", "prs_created", "pr", "prs"];

/** The condition on the way to a publishing step that is false in every run for want of such an output; `null` where there is none. */
export function waitsForRoot(job: Publishing, { sources }: Subject): WaitsForRoot | null {
  if (!job.pipeline.text.includes("release-please")) return null;
  for (const [level, each] of job.chain.entries()) {
    const found = each.condition && waits(
      each.condition,
      /\bneeds\.([\w-]+)\.outputs\.([\w-]+)/gi,
      (id, name) => ofNeeded(siblingsAt(job, level), id, name),
      sources,
    );
    if (found) return found;
  }
  const { condition } = job.step;
  return condition &&
    waits(
      condition,
      /\bsteps\.([\w-]+)\.outputs\.([\w-]+)/gi,
      (id, name) => ofStep(job.job, id, name),
      sources,
    );
}

function waits(
  condition: Setting,
  asked: RegExp,
  outputOf: (id: string, name: string) => Output | null,
  sources: ReadonlyMap<string, string>,
): WaitsForRoot | null {
  const expression = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(condition.value)?.[1] ?? condition.value;
  for (const [path, id, name] of expression.matchAll(asked)) {
    const output = outputOf(id!, name!);
    const released = output && !OF_ALL.includes(output.name.toLowerCase()) &&
      releasedBy(output.step, sources);
    if (!released) continue;
    const run = { github: {}, refPrefix: null, nothing: new Set([path.toLowerCase()]) };
    if (plainTruth(expression, run, CONTEXTS) !== "no") continue;
    return { condition, output: `steps.${output.step.id}.outputs.${output.name}`, ...released };
  }
  return null;
}

const ACTIONS = ["googleapis/release-please-action", "google-github-actions/release-please-action"];
/** Inputs with which another repository or branch says what is released. */
const ELSEWHERE = ["repo-url", "target-branch", "default-branch"];

/** What a step of release-please releases, where the root is for sure not among it. */
function releasedBy(
  { uses, with: inputs }: Step,
  sources: ReadonlyMap<string, string>,
): Pick<WaitsForRoot, "paths" | "at"> | null {
  const given = (name: string) => inputs.get(name)?.value ?? "";
  if (!uses || !ACTIONS.includes(actionName(uses.value)) || ELSEWHERE.some((name) => given(name) !== "")) {
    return null;
  }
  const [command, type, path] = ["command", "release-type", "path"].map(given) as [string, string, string];
  if ([command, type, path, given("config-file")].some((value) => value.includes("${{"))) return null;
  if (type !== "") {
    return command !== "" || isRoot(path) ? null : { paths: [path], at: inputs.get("path")!.at };
  }
  if (command !== "" && command !== "manifest") return null;
  const source = sourceIn(sources, given("config-file") || "release-please-config.json");
  const paths = source ? packagesIn(source.body) : [];
  if (!source || paths.length === 0 || paths.some(isRoot)) return null;
  const start = source.body.indexOf('"packages"');
  return { paths, at: source.span(start, start + '"packages"'.length) };
}

function isRoot(path: string): boolean {
  return /^\.?\/?$/.test(path);
}

function packagesIn(text: string): string[] {
  try {
    const { packages } = JSON.parse(text) as { packages?: unknown };
    return typeof packages === "object" && packages !== null ? Object.keys(packages) : [];
  } catch {
    // release-please reads no such file either, and says so.
    return [];
  }
}
