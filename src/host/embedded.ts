import "./require.ts";

/** A script of node's `vm`; its `cachedData` is V8's code cache, which V8 refuses if it is of another version or other flags. */
export interface Script {
  readonly cachedDataRejected?: boolean;
  createCachedData(): Uint8Array;
  runInThisContext(): (module: { exports: unknown }) => void;
}

interface Vm {
  readonly Script: new (source: string, options: { filename: string; cachedData?: Uint8Array }) => Script;
}

/**
 * Compiles a CommonJS bundle, or takes what V8 has compiled before. The cache must be of this very source: V8 compares no more than
 * their lengths, and executes what is in it.
 */
export function scriptOf(source: string, filename: string, cachedData?: Uint8Array): Script {
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): Vm } };
  const { Script } = process.getBuiltinModule("node:vm");
  // A wrapped function, as node makes of such a file. What it requires is found by the global `require`.
  return new Script(`(function(module){var exports=module.exports;${source}\n})`, {
    filename,
    ...cachedData ? { cachedData } : {},
  });
}

/** What a CommonJS bundle exports. */
export function exportsOf<Exports>(script: Script): Exports {
  const module = { exports: {} };
  script.runInThisContext()(module);
  return module.exports as Exports;
}

/**
 * What DIRECTORY/NAME.cjs exports, run with the code cache DIRECTORY/NAME.cache. Both must be part of the program: nobody else may
 * be able to write them.
 */
export function embedded<Exports>(directory: string, name: string): Exports {
  const source = Deno.readTextFileSync(`${directory}/${name}.cjs`);
  const cache = Deno.readFileSync(`${directory}/${name}.cache`);
  return exportsOf(scriptOf(source, `${name}.cjs`, cache));
}
