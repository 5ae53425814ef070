import type { Package } from "../config/project.ts";
import { startsByItself } from "../pipelines/publishing_jobs.ts";
import type { Pipeline } from "../pipelines/model.ts";
import { KeylessError, type Problem, UsageError } from "../problem.ts";
import { suggest } from "../suggest.ts";
import { isFor, nameOf, type Place, placesIn, type Scenario, scenariosAt, type Wishes } from "./scenario.ts";

/** What CI runs, as far as it can be read. */
export interface Readable {
  readonly pipelines: readonly Pipeline[];
  /** Why other files cannot be read. */
  readonly problems: readonly Problem[];
}

/** Which job publishes which packages. */
export interface Assignment {
  readonly scenarios: ReadonlyMap<Scenario, readonly Package[]>;
  /** Packages without a job, and with several. */
  readonly problems: readonly Problem[];
  readonly notCovered: readonly string[];
}

/** Gives each package its job. @throws {KeylessError} where the job that is wished for is not there */
export function assign(packages: readonly Package[], readable: Readable, wishes: Wishes): Assignment {
  const places = wishedFor(readable, wishes);
  const seen = places.flatMap(scenariosAt);
  const exact = wishes.workflow !== null && wishes.job !== null;
  // Whoever names both file and job knows what no step shows.
  const told = exact ? { ...seen[0] ?? places[0]!, invocation: null } : null;
  const scenarios = new Map<Scenario, Package[]>();
  const problems: Problem[] = [];
  const unseen: Package[] = [];
  for (const pkg of packages) {
    const candidates = jobsFor(pkg, seen);
    const best = candidates[0] ?? told;
    if (!best) problems.push(noJob(pkg, readable));
    else if (candidates.length > 1) problems.push(ambiguous(pkg, candidates));
    else {
      if (best === told) unseen.push(pkg);
      const key = [...scenarios.keys()].find((other) => isSameJob(other, best)) ?? best;
      scenarios.set(key, [...scenarios.get(key) ?? [], pkg]);
    }
  }
  const notCovered = told && unseen.length > 0
    ? [
      `what ${nameOf(told)} itself runs: no step of it is seen to publish ${
        unseen.map(({ name }) => name).join(", ")
      }, so keyless does it in its place`,
    ]
    : [];
  return { scenarios, problems, notCovered };
}

/** The jobs that the options leave, at least one of them with something to rehearse where they say anything. */
function wishedFor(readable: Readable, wishes: Wishes): Place[] {
  const { workflow, job } = wishes;
  const broken = readable.problems.filter(({ at }) => at?.path.split("/").at(-1) === workflow);
  if (broken.length > 0) throw new KeylessError(broken);
  const all = placesIn(readable.pipelines);
  const inFile = all.filter(({ pipeline }) => workflow === null || pipeline.file === workflow);
  const left = inFile.filter((place) => job === null || place.job.id === job);
  if (workflow !== null && inFile.length === 0) throw noSuchWorkflow(readable.pipelines, workflow);
  if (job !== null && left.length === 0) throw noSuchJob(inFile, wishes, job);
  const exact = workflow !== null && job !== null;
  if (workflow === null && job === null || exact || left.some((place) => scenariosAt(place).length > 0)) {
    return left;
  }
  throw nothingSeen(left, wishes);
}

function isSameJob(one: Place, other: Place): boolean {
  return one.job === other.job && one.pipeline === other.pipeline;
}

/** One scenario a job; a job that names the package, or keyless itself, is meant before one that merely uses the kind's client. */
function jobsFor(pkg: Package, seen: readonly Scenario[]): Scenario[] {
  const fits = seen.filter((scenario) => isFor(scenario, pkg));
  const named = fits.filter(({ invocation }) => invocation?.packages.includes(pkg.name));
  const own = fits.filter(({ invocation }) => invocation?.kind === null);
  const declared = fits.filter(({ pipeline }) => pipeline.file === pkg.trustPolicy?.workflow);
  const preferred = [named, own, declared, fits].find((list) => list.length > 0) ?? [];
  return preferred.filter((one, index) => preferred.findIndex((other) => isSameJob(one, other)) === index);
}

function noSuchWorkflow(pipelines: readonly Pipeline[], wished: string): UsageError {
  const there = pipelines.find(({ file }) => file === wished);
  const files = pipelines.filter(startsByItself).map(({ file }) => file);
  const near = suggest(wished.split("/").at(-1)!, files);
  const onlyCalled = there !== undefined && !startsByItself(there);
  return new UsageError({
    code: "no-such-job",
    message: onlyCalled
      ? `${wished} runs only when another workflow calls it`
      : there
      ? `${wished} has no job that can run`
      : `There is no workflow "${wished}"`,
    next: [
      ...near && !there ? [`did you mean --workflow ${near}?`] : [],
      files.length > 0
        ? `the workflows are: ${files.join(", ")}`
        : "add a workflow to .github/workflows that runs keyless publish",
    ],
  });
}

function noSuchJob(inFile: readonly Place[], { workflow }: Wishes, wished: string): UsageError {
  const ids = [...new Set(inFile.map(({ job }) => job.id))];
  const near = suggest(wished, ids);
  const names = workflow === null ? inFile.map(nameOf) : ids;
  return new UsageError({
    code: "no-such-job",
    message: workflow === null
      ? `There is no job "${wished}" that can run`
      : `${workflow} has no job "${wished}" that can run`,
    next: [
      ...near ? [`did you mean --job ${near}?`] : [],
      names.length > 0
        ? `the jobs are: ${[...new Set(names)].join(", ")}`
        : "add a job that runs keyless publish",
    ],
  });
}

/** The file or the job is there, and nothing in it is seen to publish. */
function nothingSeen(left: readonly Place[], { workflow, job }: Wishes): UsageError {
  const ways = left.map((place) => `--workflow ${place.pipeline.file} --job ${place.job.id}`);
  return new UsageError({
    code: "no-such-job",
    message: job === null
      ? `No job of ${workflow} is seen to publish`
      : `No step of job "${job}" is seen to publish`,
    why: ["What a script or an action of another repository does cannot be seen."],
    next: [`if it publishes all the same, say so with file and job: ${[...new Set(ways)].join(", or ")}`],
  });
}

function noJob(pkg: Package, { problems }: Readable): Problem {
  const broken = [...new Set(problems.flatMap(({ at }) => at ? [at.path] : []))].join(", ");
  return {
    code: "no-publishing-job",
    message: `No workflow job ${
      broken ? "that can be read " : ""
    }publishes ${pkg.name} to ${pkg.registry.label}`,
    why: [
      "Looked at the steps of every job in .github/workflows, and at the local workflows and actions that they use.",
      ...broken ? [`What is in ${broken} is not known.`] : [],
    ],
    next: [
      broken ? `repair ${broken}` : "add a job that runs keyless publish",
      "or say which job it is: --workflow FILE --job ID",
    ],
    package: pkg.name,
    registry: pkg.registry.name,
    at: pkg.at,
  };
}

function ambiguous(pkg: Package, candidates: readonly Scenario[]): Problem {
  return {
    code: "several-publishing-jobs",
    message: `Several jobs publish ${pkg.name} to ${pkg.registry.label}: ${
      candidates.map(nameOf).join(", ")
    }`,
    next: candidates.map(({ pipeline, job }) => `--workflow ${pipeline.file} --job ${job.id}`),
    package: pkg.name,
    registry: pkg.registry.name,
  };
}
