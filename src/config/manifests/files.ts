import type { Parsed, Table } from "../../formats/located.ts";
import { readUtf8 } from "../../formats/text.ts";

/** The files of a project, each read and parsed once. Paths are relative to its root, with `/`; `null` where there is no file. */
export class ProjectFiles {
  readonly #texts = new Map<string, Promise<string | null>>();
  readonly #parsed = new Map<string, Promise<Parsed | null>>();

  /** `root` is absolute. */
  constructor(readonly root: string) {}

  /** @throws {KeylessError} as {@link readUtf8} */
  text(path: string): Promise<string | null> {
    return once(this.#texts, path, () => readUtf8(this.root, path));
  }

  toml(path: string): Promise<Parsed<Table> | null> {
    return this.#parse(path, async () => (await import("../../formats/toml.ts")).parseToml) as Promise<
      Parsed<Table> | null
    >;
  }

  ini(path: string): Promise<Parsed<Table> | null> {
    return this.#parse(path, async () => (await import("../../formats/ini.ts")).parseIni) as Promise<
      Parsed<Table> | null
    >;
  }

  json(path: string): Promise<Parsed | null> {
    return this.#parse(path, async () => (await import("../../formats/json.ts")).parseJson);
  }

  /** A parser is loaded where there is something to parse. */
  #parse(path: string, load: () => Promise<(text: string, path: string) => Parsed>): Promise<Parsed | null> {
    return once(this.#parsed, path, async () => {
      const text = await this.text(path);
      return text === null ? null : (await load())(text, path);
    });
  }
}

function once<T>(made: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let value = made.get(key);
  if (!value) made.set(key, value = make());
  return value;
}
