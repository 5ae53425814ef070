import { type Entry, list } from "../host/files.ts";
import { KeylessError } from "../problem.ts";

/** A path whose every part is a name: nothing that leads up or is left out, and no directory of git's own, wherever one lies. */
const PLAIN = /^(?:(?!(?:\.{1,2}|\.git)(?:\/|$))[^/\\\0]+(?:\/(?!$)|$))+$/i;

/**
 * The directories of a repository, each listed once. Texts name many files that are not there, and to hear so from the system takes
 * longer than everything else that is done with a name.
 */
export class Directories {
  readonly #listed = new Map<string, Promise<ReadonlyMap<string, Entry> | undefined>>();

  constructor(readonly root: string) {}

  /** What stands at a path; `null` where nothing does, `undefined` where only the system can say: behind links and odd names. */
  async entry(path: string): Promise<Entry | null | undefined> {
    const entries = await this.#around(path);
    return entries && (entries.get(path.slice(path.lastIndexOf("/") + 1)) ?? null);
  }

  /** What stands in a directory; `null` where there is none, `undefined` where only the system can say. */
  async entries(directory: string): Promise<readonly Entry[] | null | undefined> {
    const entries = directory === "." ? await this.#in(".") : await this.#inside(directory);
    return entries && [...entries.values()];
  }

  async #around(path: string): Promise<ReadonlyMap<string, Entry> | null | undefined> {
    if (!PLAIN.test(path)) return undefined;
    const cut = path.lastIndexOf("/");
    return cut < 0 ? await this.#in(".") : await this.#inside(path.slice(0, cut));
  }

  async #inside(directory: string): Promise<ReadonlyMap<string, Entry> | null | undefined> {
    const entry = await this.entry(directory);
    if (!entry || entry.isSymlink) return entry && undefined;
    return entry.isDirectory ? await this.#in(directory) : null;
  }

  #in(directory: string): Promise<ReadonlyMap<string, Entry> | undefined> {
    const known = this.#listed.get(directory) ?? this.#list(directory);
    this.#listed.set(directory, known);
    return known;
  }

  async #list(directory: string): Promise<ReadonlyMap<string, Entry> | undefined> {
    try {
      const entries = await list(`${this.root}/${directory}`);
      return new Map(entries.map((entry) => [entry.name, entry]));
    } catch (error) {
      // What is in it may still be read by its name.
      if (error instanceof KeylessError) return undefined;
      throw error;
    }
  }
}
