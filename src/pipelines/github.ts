import { isTable, type Parsed } from "../formats/located.ts";
import { locatedYaml, parseYaml } from "../formats/yaml.ts";
import { readUtf8 } from "../formats/text.ts";
import { list } from "../host/files.ts";
import { KeylessError, type Location, type Problem } from "../problem.ts";
import type { Pipeline } from "./model.ts";
import type { Files } from "./steps.ts";
import { pipelineOf, WORKFLOWS } from "./workflow.ts";

/** Everything that CI runs in a repository. */
export interface Pipelines {
  readonly pipelines: readonly Pipeline[];
  /** Files that could not be read, and why; the others were. */
  readonly problems: readonly PlacedProblem[];
  /** The text of every file that was read, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** A problem that always says in which file it is. */
export type PlacedProblem = Problem & { readonly at: Location };

/** Reads every workflow of a repository, with the local actions and workflows that they use. Never throws because of what is in a file. */
export async function readPipelines(root: string): Promise<Pipelines> {
  const repository = new Repository(root);
  const pipelines: Pipeline[] = [];
  for (const { name, isDirectory } of await list(`${root}/${WORKFLOWS}`)) {
    if (isDirectory || !/\.ya?ml$/.test(name)) continue;
    const file = await repository.parsed([`${WORKFLOWS}/${name}`]);
    if (file) pipelines.push(await pipelineOf(file, repository, null));
  }
  return { pipelines, problems: repository.problems, sources: repository.sources };
}

/** The files of a repository, each read once. */
class Repository implements Files {
  readonly problems: PlacedProblem[] = [];
  readonly sources = new Map<string, string>();
  readonly #files = new Map<string, Promise<Parsed | null>>();

  constructor(readonly root: string) {}

  async parsed(paths: readonly string[]): Promise<Parsed | null> {
    for (const path of paths) {
      const known = this.#files.get(path) ?? this.#read(path);
      this.#files.set(path, known);
      const file = await known;
      if (file) return file;
    }
    return null;
  }

  async #read(path: string): Promise<Parsed | null> {
    try {
      const text = await readUtf8(`${this.root}/${path}`, path);
      if (text === null) return null;
      this.sources.set(path, text);
      const file = locatedYaml(parseYaml(text, path));
      if (isTable(file.root)) return file;
      this.problems.push({
        code: "workflow-empty",
        message: `${path} holds no workflow or action`,
        at: beginning(path),
        source: text,
        next: ["remove the file, or give it jobs"],
      });
    } catch (error) {
      if (!(error instanceof KeylessError)) throw error;
      // What follows the first mistake of a file often only follows from it.
      this.problems.push({ at: beginning(path), ...error.problem });
    }
    return null;
  }
}

function beginning(path: string): Location {
  const start = { line: 1, column: 1, offset: 0 };
  return { path, start, end: start };
}
