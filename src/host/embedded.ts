import "./require.ts";

type Require = (name: string) => unknown;

/** A script of node's `vm`; its `cachedData` is V8's code cache, which V8 refuses if it is of another version or other flags. */
export interface Script {
  readonly cachedDataRejected?: boolean;
  createCachedData(): Uint8Array;
  runInThisContext(): (module: { exports: unknown }, require: Require) => void;
}

interface Vm {
  readonly Script: new (source: string, options: { filename: string; cachedData?: Uint8Array }) => Script;
}

const { process, require: builtin } = globalThis as unknown as {
  readonly process: { getBuiltinModule(name: string): Vm };
  readonly require: Require;
};

/**
 * The CommonJS modules of a directory, run with what V8 has compiled of them before: NAME.cjs, a function around a module as node makes
 * one, and NAME.cache, if there is one. A cache must be of the very text beside it: V8 compares no more than their lengths, and executes
 * what is in it. So nobody else may be able to write there: the directory must be a part of the program.
 */
export class Embedded {
  /** Those that have been run, by name. */
  readonly scripts = new Map<string, Script>();
  readonly #modules = new Map<string, { exports: unknown }>();

  constructor(readonly directory: string) {}

  /** What a module exports. It gets node's built-ins, and the modules beside it, when it asks for them. */
  exports<Exports>(name: string): Exports {
    let module = this.#modules.get(name);
    if (!module) {
      this.#modules.set(name, module = { exports: {} });
      const script = this.compiled(name);
      this.scripts.set(name, script);
      script.runInThisContext()(
        module,
        (wanted) =>
          wanted.startsWith("node:")
            ? builtin(wanted)
            : this.exports(wanted.slice(wanted.lastIndexOf("/") + 1)),
      );
    }
    return module.exports as Exports;
  }

  /** The script of a module, taken from its cache where V8 takes that. */
  compiled(name: string): Script {
    const source = Deno.readTextFileSync(`${this.directory}/${name}.cjs`);
    const cachedData = this.#cacheOf(name);
    const { Script } = process.getBuiltinModule("node:vm");
    return new Script(source, { filename: `${name}.cjs`, ...cachedData ? { cachedData } : {} });
  }

  #cacheOf(name: string): Uint8Array<ArrayBuffer> | null {
    try {
      return Deno.readFileSync(`${this.directory}/${name}.cache`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
}
