import { readGithub } from "./github.ts";
import { hiddenJenkinsfiles, jenkinsfiles } from "./jenkins/files.ts";
import type { Pipeline, Vendor } from "./model.ts";
import { type OwnPath, type PlacedProblem, Repository } from "./repository.ts";

export type { PlacedProblem } from "./repository.ts";

/** Everything that CI runs in a repository. */
export interface Pipelines {
  readonly pipelines: readonly Pipeline[];
  /** Files that could not be read, and why; the others were. */
  readonly problems: readonly UnreadPart[];
  /** The text of every file that was read, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Why a file could not be read, and whose CI reads it. */
export interface UnreadPart extends PlacedProblem {
  readonly vendor: Vendor;
}

/** What of a repository's CI is read. */
export interface ReadOptions {
  /** Whose CI files; all when not given. */
  readonly vendors?: readonly Vendor[];
  /** Texts that stand in for those of files, by path. */
  readonly overlay?: ReadonlyMap<string, string>;
  /** Whether workflows in which nothing can publish are read too. */
  readonly whole?: boolean;
  /** File names of the workflows that trust policies name: their mistakes matter, whatever is in them. */
  readonly declared?: ReadonlySet<string>;
  /** Where that lies which a workflow names by this repository's own name; without it, it is another's. */
  readonly own?: OwnPath;
}

/** Readers of all vendors; those of the rarer ones are loaded only where there is something to read. */
const READERS: Readonly<
  Record<
    Vendor,
    (
      repository: Repository,
      whole: boolean,
      declared: ReadonlySet<string> | undefined,
    ) => Promise<readonly Pipeline[]>
  >
> = {
  github: readGithub,
  async gitlab(repository) {
    if (await repository.text(".gitlab-ci.yml") === null) return [];
    return await (await import("./gitlab/read.ts")).readGitlab(repository);
  },
  async circleci(repository) {
    if (await repository.text(".circleci/config.yml") === null) return [];
    return await (await import("./circleci/read.ts")).readCircleci(repository);
  },
  async jenkins(repository) {
    return await readJenkinsfiles(repository, await jenkinsfiles(repository));
  },
};

/** Whether nothing in a pipeline is seen to publish, or may without being seen. */
function publishesNothing({ jobs, unseen }: Pipeline): boolean {
  return unseen.length === 0 &&
    jobs.every(({ steps, calls }) =>
      steps.every((step) => step.publishes.length + step.unseen.length === 0) &&
      (calls === null || calls.pipeline !== null && publishesNothing(calls.pipeline))
    );
}

async function readJenkinsfiles(
  repository: Repository,
  paths: readonly string[],
): Promise<readonly Pipeline[]> {
  return paths.length === 0 ? [] : await (await import("./jenkins/read.ts")).readJenkins(repository, paths);
}

/** Reads the CI files of a repository, with the local files that they use. Never throws because of what is in a file. */
export async function readPipelines(
  root: string,
  { vendors, overlay, whole = false, declared, own }: ReadOptions = {},
): Promise<Pipelines> {
  const repository = new Repository(root, overlay, own);
  const pipelines: Pipeline[] = [];
  const problems: UnreadPart[] = [];
  const take = async (vendor: Vendor, read: () => Promise<readonly Pipeline[]>) => {
    pipelines.push(...await read());
    problems.push(...repository.problems.slice(problems.length).map((each) => ({ ...each, vendor })));
  };
  for (const [name, read] of Object.entries(READERS)) {
    const vendor = name as Vendor;
    if (!vendors || vendors.includes(vendor)) await take(vendor, () => read(repository, whole, declared));
  }
  if (!vendors && pipelines.every(publishesNothing)) {
    await take(
      "jenkins",
      async () => await readJenkinsfiles(repository, await hiddenJenkinsfiles(repository)),
    );
  }
  return { pipelines, problems, sources: repository.sources };
}
