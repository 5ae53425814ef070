import { isTable, type Parsed } from "../formats/located.ts";
import { outside, readUtf8 } from "../formats/text.ts";
import { readYaml } from "../formats/yaml_plain.ts";
import { type Entry, list, reach } from "../host/files.ts";
import { Directories } from "./directories.ts";
import { KeylessError, type Location, type Problem } from "../problem.ts";

/** A problem that always says in which file it is. */
export type PlacedProblem = Problem & { readonly at: Location };

/** The files of a repository that CI can reach. Paths are relative to its root, with `/`. */
export interface Files {
  /** The first of the paths that is there, parsed; `null` when none is, or when it cannot be read. */
  parsed(paths: readonly string[]): Promise<Parsed | null>;
  /** The text of a file; `null` when it is not there, or cannot be read. */
  text(path: string): Promise<string | null>;
  /** The same of a file that may be anything, a directory or a program: that it is no text is nobody's mistake. */
  peek(path: string): Promise<string | null>;
  /** The path of what a `uses:` names by this repository's own name, where that is read in the state that lies here; `null` of everything else. */
  own(reference: string): Promise<string | null>;
  /** Whether it is certain that nothing stands at a path. */
  isAbsent(path: string): Promise<boolean>;
}

/** Finds the path that a reference `owner/repo/PATH@REF` has here; `null` where it is of another repository, or of another state. */
export type OwnPath = (reference: string) => Promise<string | null>;

const NOTHING_OWN: OwnPath = () => Promise.resolve(null);

/** The files of a repository, each read once. Never throws because of what is in a file. */
export class Repository implements Files {
  /** Files that could not be read, and why; the others were. */
  readonly problems: PlacedProblem[] = [];
  /** The text of every file that was read, by path. */
  readonly sources = new Map<string, string>();
  /** Paths of files that `read` has found mistakes in. */
  readonly #refused = new Set<string>();
  readonly #texts = new Map<string, Promise<string | null>>();
  readonly #peeked = new Map<string, Promise<string | null>>();
  readonly #files = new Map<string, Promise<Parsed | null>>();
  readonly #directories: Directories;

  /** `overlay`: texts that stand in for those of files, say of an editor. */
  constructor(
    readonly root: string,
    readonly overlay: ReadonlyMap<string, string> = new Map(),
    readonly own: OwnPath = NOTHING_OWN,
  ) {
    this.#directories = new Directories(root);
  }

  async list(directory: string): Promise<readonly Entry[]> {
    try {
      if (await reach(this.root, directory) === "outside") throw outside(directory);
      const there = await list(`${this.root}/${directory}`, directory);
      const edited = this.#edited(directory).filter((name) => !there.some((entry) => entry.name === name));
      return [
        ...there,
        ...edited.map((name) => ({ name, isDirectory: false, isFile: true, isSymlink: false })),
      ];
    } catch (error) {
      this.#failed(directory, error);
      return [];
    }
  }

  /** Names of files in a directory whose texts are handed over: they need not exist yet. */
  #edited(directory: string): string[] {
    return [...this.overlay.keys()].flatMap((path) => {
      const cut = path.lastIndexOf("/");
      return path.slice(0, Math.max(cut, 0)) === directory ? [path.slice(cut + 1)] : [];
    });
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

  peek(path: string): Promise<string | null> {
    const known = this.#texts.get(path) ?? this.#peeked.get(path) ?? this.#peek(path);
    this.#peeked.set(path, known);
    return known;
  }

  async isAbsent(path: string): Promise<boolean> {
    return !this.overlay.has(path) && await this.#directories.entry(path) === null;
  }

  async #peek(path: string): Promise<string | null> {
    try {
      return await this.#content(path);
    } catch (error) {
      if (error instanceof KeylessError) return null;
      throw error;
    }
  }

  /** What is in a directory that may be none. */
  async glance(directory: string): Promise<readonly Entry[]> {
    const entries = await this.#directories.entries(directory);
    if (entries !== undefined) return entries ?? [];
    try {
      return await reach(this.root, directory) === "inside" ? await list(`${this.root}/${directory}`) : [];
    } catch (error) {
      if (error instanceof KeylessError) return [];
      throw error;
    }
  }

  async #content(path: string): Promise<string | null> {
    const handed = this.overlay.get(path);
    if (handed !== undefined) return handed;
    const entry = await this.#directories.entry(path);
    return entry === null ? null : await readUtf8(this.root, path, { isFile: entry?.isFile });
  }

  async #read(path: string): Promise<string | null> {
    try {
      const text = await this.#content(path);
      if (text !== null) this.sources.set(path, text);
      return text;
    } catch (error) {
      this.#failed(path, error);
      return null;
    }
  }

  /** What `parse` makes of a file's text; `null` when it is not there, or has mistakes, which become problems. */
  async read<T>(path: string, parse: (text: string) => T): Promise<T | null> {
    const text = await this.text(path);
    if (text === null || this.#refused.has(path)) return null;
    try {
      return parse(text);
    } catch (error) {
      this.#refused.add(path);
      this.#failed(path, error);
      return null;
    }
  }

  async #parse(path: string): Promise<Parsed | null> {
    const text = await this.text(path);
    if (text === null) return null;
    try {
      const file = await readYaml(text, path);
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
    this.problems.push(placed(error.problem, path));
  }
}

/** A problem that says at least in which file it is. */
export function placed(problem: Problem, path: string): PlacedProblem {
  return { at: beginning(path), ...problem };
}

function beginning(path: string): Location {
  const start = { line: 1, column: 1, offset: 0 };
  return { path, start, end: start };
}
