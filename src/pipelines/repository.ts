import { isTable, type Parsed } from "../formats/located.ts";
import { readUtf8 } from "../formats/text.ts";
import { locatedYaml, parseYaml } from "../formats/yaml.ts";
import { type Entry, list } from "../host/files.ts";
import { KeylessError, type Location, type Problem } from "../problem.ts";

/** A problem that always says in which file it is. */
export type PlacedProblem = Problem & { readonly at: Location };

/** The files of a repository that CI can reach. Paths are relative to its root, with `/`. */
export interface Files {
  /** The first of the paths that is there, parsed; `null` when none is, or when it cannot be read. */
  parsed(paths: readonly string[]): Promise<Parsed | null>;
  /** The text of a file; `null` when it is not there, or cannot be read. */
  text(path: string): Promise<string | null>;
}

/** The files of a repository, each read once. Never throws because of what is in a file. */
export class Repository implements Files {
  /** Files that could not be read, and why; the others were. */
  readonly problems: PlacedProblem[] = [];
  /** The text of every file that was read, by path. */
  readonly sources = new Map<string, string>();
  readonly #texts = new Map<string, Promise<string | null>>();
  readonly #files = new Map<string, Promise<Parsed | null>>();

  /** `overlay`: texts that stand in for those of files, say of an editor. */
  constructor(readonly root: string, readonly overlay: ReadonlyMap<string, string> = new Map()) {}

  list(directory: string): Promise<readonly Entry[]> {
    return list(`${this.root}/${directory}`);
  }

  async parsed(paths: readonly string[]): Promise<Parsed | null> {
    for (const path of paths) {
      const known = this.#files.get(path) ?? this.#parse(path);
      this.#files.set(path, known);
      const file = await known;
      if (file) return file;
    }
    return null;
  }

  text(path: string): Promise<string | null> {
    const known = this.#texts.get(path) ?? this.#read(path);
    this.#texts.set(path, known);
    return known;
  }

  async #read(path: string): Promise<string | null> {
    try {
      const text = this.overlay.get(path) ?? await readUtf8(`${this.root}/${path}`, path);
      if (text !== null) this.sources.set(path, text);
      return text;
    } catch (error) {
      this.#failed(path, error);
      return null;
    }
  }

  async #parse(path: string): Promise<Parsed | null> {
    const text = await this.text(path);
    if (text === null) return null;
    try {
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
      this.#failed(path, error);
    }
    return null;
  }

  #failed(path: string, error: unknown): void {
    if (!(error instanceof KeylessError)) throw error;
    // What follows the first mistake of a file often only follows from it.
    this.problems.push({ at: beginning(path), ...error.problem });
  }
}

function beginning(path: string): Location {
  const start = { line: 1, column: 1, offset: 0 };
  return { path, start, end: start };
}
