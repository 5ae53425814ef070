import { entriesOf, get, isList, isTable, isText, type Located } from "../../formats/located.ts";
import { SourceText } from "../../formats/positions.ts";
import { locatedYaml, parseYamlDocuments } from "../../formats/yaml.ts";
import { withLibraries } from "../../formats/on_demand.ts";
import { commentedOut } from "../commented.ts";
import type { Job, Pipeline, Unseen } from "../model.ts";
import { distinctTriggers } from "../plain_trigger.ts";
import type { PlacedProblem, Repository } from "../repository.ts";
import { unresolvable } from "../unresolvable.ts";
import { jobOf } from "./job.ts";
import { type Use, usesOf } from "./workflows.ts";

/** The one file that CircleCI starts with. */
export const CIRCLECI = ".circleci/config.yml";

/** What a set-up configuration mostly goes on with. */
const CONTINUATIONS = [
  ".circleci/continue_config.yml",
  ".circleci/continue-config.yml",
  ".circleci/continue_config.yaml",
];

/** More steps than any configuration has, when commands use each other without end. */
const MOST_STEPS = 5000;
const MOST_PROBLEMS = 10;

/** Reads a repository's configuration of CircleCI, and those of its files that a dynamic one goes on with. */
export async function readCircleci(repository: Repository): Promise<readonly Pipeline[]> {
  const first = await parsed(CIRCLECI, repository);
  if (!first) return [];
  const main = await pipelineOf(first.root, first.source, repository);
  if (get(first.root, "setup")?.value !== true) return [main];
  const rest: Pipeline[] = [];
  for (const path of new Set([...pathsIn(first.root), ...CONTINUATIONS])) {
    const file = await repository.text(path) === null ? null : await parsed(path, repository);
    if (file) rest.push(await pipelineOf(file.root, file.source, repository));
  }
  const setup = get(first.root, "setup")!;
  const dynamic: Unseen[] = rest.length > 0
    ? []
    : [{ reference: "the configuration that `setup: true` goes on with", at: setup.keyAt ?? setup.at }];
  return [{ ...main, unseen: [...main.unseen, ...dynamic] }, ...rest];
}

async function parsed(path: string, repository: Repository) {
  return await repository.read(path, (text) => {
    const [file] = parseYamlDocuments(text, path);
    if (file) return locatedYaml(file, "own");
    const source = new SourceText(text, path);
    return { source, root: { value: null, at: source.span(0, 0), keyAt: null } };
  });
}

async function pipelineOf(root: Located, source: SourceText, repository: Repository): Promise<Pipeline> {
  const { path } = source;
  const left = { count: MOST_STEPS };
  const jobs: Job[] = [];
  const missing: PlacedProblem[] = [];
  for (const use of usesOf(root)) {
    const job = await jobOf(use, { root, source, repository, left });
    if (job) jobs.push(job);
    else missing.push(undefinedJob(use));
  }
  repository.problems.push(...missing.slice(0, MOST_PROBLEMS));
  if (jobs.length === 0 && missing.length === 0) repository.problems.push(empty(path));
  return {
    vendor: "circleci",
    path,
    file: path.split("/").at(-1)!,
    name: null,
    text: source.text,
    triggers: distinctTriggers(jobs.flatMap(({ triggers }) => triggers ?? [])),
    env: new Map(),
    permissionsAt: null,
    concurrency: null,
    jobs,
    commentedOut: await withLibraries(() => commentedOut(source)),
    unseen: [],
    wantedSecrets: new Map(),
  };
}

/** Local files that jobs of an orb which continues the pipeline are told about. */
function pathsIn(located: Located): string[] {
  if (isList(located)) return located.value.flatMap(pathsIn);
  if (!isTable(located)) return [];
  return entriesOf(located).flatMap(([key, value]) =>
    /^config(?:uration)?[_-]path$/.test(key) && isText(value) &&
      !/[$<]|(?:^|\/)\.\.(?:\/|$)/.test(value.value)
      ? [value.value.replace(/^\.\//, "")]
      : pathsIn(value)
  );
}

function undefinedJob({ job, at }: Use): PlacedProblem {
  return unresolvable(
    at,
    `A workflow in ${at.path} uses the job "${job}", which is not defined`,
    "CircleCI refuses the configuration as a whole.",
  );
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
