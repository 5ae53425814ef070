/** How this program was started: what a child must run to be keyless again. */
export interface Program {
  /** Compiled: the executable is the program. */
  readonly standalone: boolean;
  /** Absolute path of the running executable: keyless itself, or Deno. */
  readonly executable: string;
  /** URL of the module that Deno has to run; of no use when compiled. */
  readonly main: string;
}

/** Facts about the running program. */
export function thisProgram(): Program {
  return { standalone: Deno.build.standalone, executable: Deno.execPath(), main: mainModule() };
}

function mainModule(): string {
  // From source the entry is known by its place, also where something else (a test, a script) has imported this module.
  const source = /^(.*)\/src\/host\/program\.ts$/.exec(import.meta.url);
  return source ? `${source[1]}/main.ts` : Deno.mainModule;
}
