import { entriesOf, get, isTable, isText, type Located, textOf } from "../../formats/located.ts";
import { withLibraries } from "../../formats/on_demand.ts";
import { commentedOut } from "../commented.ts";
import { saysPublish } from "../hints.ts";
import type { CalledWorkflow, Job, Pipeline, Unseen } from "../model.ts";
import { distinctTriggers } from "../plain_trigger.ts";
import type { PlacedProblem, Repository } from "../repository.ts";
import { strictNeeds, withoutRefused } from "./absent_needs.ts";
import { childParts, unreadChild, writtenByJob } from "./child.ts";
import { extended } from "./extends.ts";
import { assembled, type Assembly } from "./include.ts";
import { jobOf } from "./job.ts";
import { Budget, deepMerge } from "./merge.ts";
import { dereferenced } from "./reference.ts";
import { ruled, type Runs } from "./rules.ts";
import { heldUp } from "./stages.ts";
import { variablesOf } from "./variables.ts";

/** The one file that GitLab looks for. */
export const GITLAB = ".gitlab-ci.yml";

/** Keys of a configuration that are no jobs. */
const NO_JOBS = [
  "default",
  "include",
  "stages",
  "types",
  "variables",
  "workflow",
  "image",
  "services",
  "cache",
  "before_script",
  "after_script",
  "spec",
];

/** GitLab lets a child pipeline start another one, and that is all. */
const DEEPEST = 3;
/** So many child pipelines are read; jobs that all start the same one could make any number. */
const MOST_CHILDREN = 50;
/** What is wrong with the first ones is mostly wrong with the rest. */
const MOST_PROBLEMS = 10;

/** The pipelines around one, and how many more may be read. */
interface Family {
  readonly way: readonly string[];
  readonly left: { count: number };
}

/** Reads a repository's pipeline of GitLab, with the local files that it includes and the child pipelines that it starts. */
export async function readGitlab(repository: Repository): Promise<readonly Pipeline[]> {
  const pipeline = await pipelineOf([GITLAB], repository, { way: [], left: { count: MOST_CHILDREN } });
  return pipeline ? [pipeline] : [];
}

async function pipelineOf(
  paths: readonly string[],
  repository: Repository,
  family: Family,
): Promise<Pipeline | null> {
  const assembly: Assembly = {
    repository,
    budget: new Budget(),
    sources: new Map(),
    unseen: [],
    incomplete: false,
    problems: [],
    count: 0,
  };
  let written: Located | null = null;
  for (const path of paths) {
    const part = await assembled(path, assembly);
    if (part) written = written ? deepMerge(written, part, assembly.budget) : part;
  }
  const path = paths.find((each) => assembly.sources.has(each));
  if (!written || path === undefined) return null;
  const { root: whole, partial } = extended(written, assembly);
  const root = common(whole, assembly);
  const env = variablesOf(get(root, "variables"));
  const rules = get(root, "workflow", "rules");
  const workflow = rules ? ruled(rules) : assembly.incomplete ? RULES_ELSEWHERE : null;
  const isHeldUp = heldUp(whole);
  const inside = { ...family, way: [...family.way, path] };
  const made: Job[] = [];
  const needs = new Map<string, readonly Located<string>[]>();
  for (const [id, body] of entriesOf(whole)) {
    if (!isJob(id, body)) continue;
    const job = dereferenced(body, whole, assembly);
    const calls = await callOf(job, repository, inside);
    const own = { written: get(written, id)!, partial: partial.has(id), held: isHeldUp(job), calls };
    const one = await jobOf(id, job, { root, assembly, env, workflow, ...own });
    made.push(one);
    needs.set(id, strictNeeds(job));
    const unseen = one.live === "no" ? null : unseenOf(id, job, partial.get(id));
    if (unseen) assembly.unseen.push(unseen);
  }
  const jobs = withoutRefused(made, needs);
  // Its jobs may stand in what cannot be read.
  if (jobs.length === 0 && !assembly.incomplete && assembly.problems.length === 0) {
    assembly.problems.push(empty(path));
  }
  report(assembly);
  const source = assembly.sources.get(path)!;
  return {
    vendor: "gitlab",
    path,
    file: path.split("/").at(-1)!,
    name: textOf(root, "workflow", "name")?.value ?? null,
    text: source.text,
    triggers: triggersOf(jobs, workflow, family.way.length > 0),
    env,
    permissionsAt: null,
    concurrency: null,
    jobs,
    commentedOut: await withLibraries(() => [...assembly.sources.values()].flatMap(commentedOut)),
    unseen: assembly.unseen,
    wantedSecrets: new Map(),
  };
}

/** What a job starts or runs that may publish and stands elsewhere: `far` is the first thing that it extends there. */
function unseenOf(id: string, job: Located, far: Located<string> | undefined): Unseen | null {
  const trigger = get(job, "trigger");
  if (trigger) return writtenByJob(trigger);
  // A script of its own wins over one that it extends.
  const known = get(job, "script") ?? get(job, "run");
  return far && !known && saysPublish(id) ? { reference: `Job "${id}"`, at: far.at } : null;
}

/** What is included from elsewhere may have a `workflow:` too. */
const RULES_ELSEWHERE: Runs = { triggers: [], live: "unknown", condition: null };

/** What is no job, with everything that it refers to. */
function common(whole: Located, assembly: Assembly): Located {
  const entries = NO_JOBS.flatMap((key) => {
    const located = get(whole, key);
    return located ? [[key, dereferenced(located, whole, assembly)] as const] : [];
  });
  return { ...whole, value: new Map(entries) };
}

/** A part that several pipelines include has its mistakes in each of them; they are told once. */
function report({ problems, repository }: Assembly): void {
  for (const problem of problems.slice(0, MOST_PROBLEMS)) {
    const known = repository.problems.some(({ message, at }) =>
      message === problem.message && at.path === problem.at.path &&
      at.start.offset === problem.at.start.offset
    );
    if (!known) repository.problems.push(problem);
  }
}

function isJob(id: string, body: Located): boolean {
  return !id.startsWith(".") && !NO_JOBS.includes(id) && isTable(body);
}

function triggersOf(jobs: readonly Job[], workflow: Runs | null, isChild: boolean): Pipeline["triggers"] {
  const own = distinctTriggers(jobs.flatMap(({ triggers }) => triggers ?? []));
  const all = own.length > 0 ? own : workflow?.triggers ?? [];
  return isChild ? all.map((trigger) => ({ ...trigger, event: "workflow_call" })) : all;
}

/** The pipeline that `trigger:` starts; one of another project cannot be read from here. */
async function callOf(
  job: Located,
  repository: Repository,
  family: Family,
): Promise<CalledWorkflow | null> {
  const trigger = get(job, "trigger");
  if (!trigger) return null;
  const call = { with: variablesOf(get(job, "variables")), secrets: "inherit" as const, secretsAt: null };
  const entries = childParts(trigger);
  const locals = entries.flatMap((entry) => (isText(entry) ? entry : textOf(entry, "local")) ?? []);
  const [first] = locals;
  if (first && locals.length === entries.length) {
    const names = locals.map(({ value }) => value.replace(/^\/+/, ""));
    const follow = family.way.length < DEEPEST && --family.left.count >= 0 &&
      !names.some((name) => family.way.includes(name) || /[$\ue000]/.test(name));
    return {
      ...call,
      reference: names.join(", "),
      at: first.at,
      pipeline: follow ? await pipelineOf(names, repository, family) : null,
    };
  }
  return { ...call, ...unreadChild(trigger), pipeline: null };
}

function empty(path: string): PlacedProblem {
  const start = { line: 1, column: 1, offset: 0 };
  return {
    code: "workflow-empty",
    message: `${path} holds no job`,
    at: { path, start, end: start },
    next: ["remove the file, or give it jobs"],
  };
}
