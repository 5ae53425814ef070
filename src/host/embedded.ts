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
 * Compiles the function around a CommonJS module, or takes what V8 has compiled before. The cache must be of this very source: V8
 * compares no more than their lengths, and executes what is in it.
 */
export function scriptOf(source: string, filename: string, cachedData?: Uint8Array): Script {
  const { Script } = process.getBuiltinModule("node:vm");
  return new Script(source, { filename, ...cachedData ? { cachedData } : {} });
}

/** What a CommonJS module exports. It gets node's built-ins, and the modules beside it, when it asks for them. */
export function exportsOf<Exports>(script: Script, directory: string): Exports {
  const loaded = new Map<string, unknown>();
  const beside = (name: string): unknown => {
    const source = Deno.readTextFileSync(`${directory}/${name}.cjs`);
    return exportsOf(scriptOf(source, `${name}.cjs`), directory);
  };
  const module = { exports: {} };
  script.runInThisContext()(module, (name) => {
    if (name.startsWith("node:")) return builtin(name);
    if (!loaded.has(name)) loaded.set(name, beside(name.slice(name.lastIndexOf("/") + 1)));
    return loaded.get(name);
  });
  return module.exports as Exports;
}

/**
 * What DIRECTORY/NAME.cjs exports, run with the code cache DIRECTORY/NAME.cache. All that lies there must be part of the program:
 * nobody else may be able to write it.
 */
export function embedded<Exports>(directory: string, name: string): Exports {
  const source = Deno.readTextFileSync(`${directory}/${name}.cjs`);
  const cache = Deno.readFileSync(`${directory}/${name}.cache`);
  return exportsOf(scriptOf(source, `${name}.cjs`, cache), directory);
}
