import { readGithub } from "./github.ts";
import type { Pipeline, Vendor } from "./model.ts";
import { type PlacedProblem, Repository } from "./repository.ts";

export type { PlacedProblem } from "./repository.ts";

/** Everything that CI runs in a repository. */
export interface Pipelines {
  readonly pipelines: readonly Pipeline[];
  /** Files that could not be read, and why; the others were. */
  readonly problems: readonly PlacedProblem[];
  /** The text of every file that was read, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** What of a repository's CI is read. */
export interface ReadOptions {
  /** Whose CI files; all when not given. */
  readonly vendors?: readonly Vendor[];
  /** Texts that stand in for those of files, by path. */
  readonly overlay?: ReadonlyMap<string, string>;
}

const READERS: Readonly<Partial<Record<Vendor, (repository: Repository) => Promise<readonly Pipeline[]>>>> = {
  github: readGithub,
};

/** Reads the CI files of a repository, with the local files that they use. Never throws because of what is in a file. */
export async function readPipelines(
  root: string,
  { vendors, overlay }: ReadOptions = {},
): Promise<Pipelines> {
  const repository = new Repository(root, overlay);
  const pipelines: Pipeline[] = [];
  for (const [vendor, read] of Object.entries(READERS)) {
    if (!vendors || vendors.includes(vendor as Vendor)) pipelines.push(...await read(repository));
  }
  return { pipelines, problems: repository.problems, sources: repository.sources };
}
