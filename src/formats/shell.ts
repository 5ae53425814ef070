import { OnDemand } from "./on_demand.ts";
import type { Asked } from "./shell_conditions.ts";
import { plainCommands } from "./shell_plain.ts";
import { ShellState } from "./shell_state.ts";

export type { Asked };
export { joined } from "./shell_state.ts";

/** A word as the command gets it: quotes removed, expansions as written. */
export interface ShellWord {
  readonly text: string;
  /** Offset in the script. */
  readonly start: number;
}

/** One simple command of a script, wherever it stands: in a condition, a loop, a function, a substitution. */
export interface ShellCommand {
  /** The program and its arguments, at least one. */
  readonly words: readonly ShellWord[];
  /** Variables that are set for this command alone. */
  readonly assignments: ReadonlyMap<string, string>;
  /** Variables that the script has set before, and those that it has removed (`null`). */
  readonly variables: ReadonlyMap<string, string | null>;
  /** From the first word to behind the last one, offsets in the script. */
  readonly start: number;
  readonly end: number;
  /** Whether the script goes on when it fails, as if nothing had happened. */
  readonly tolerated: boolean;
  /** Where it runs, seen from where the script starts; `null` when nobody can know. Absolute when it begins with `/`. */
  readonly directory: string | null;
  /** What a here-document gives it to read; `null` without one. */
  readonly input: { readonly text: string; readonly start: number } | null;
  /** Whether nobody can know that its function is called; absent where it is, or is none. */
  readonly doubtful?: true;
  /** What the environment must answer for it to be run; absent where nothing is asked. */
  readonly asked?: readonly Asked[];
  /** Of PowerShell: whether it is a script that runs in this one, which can call its functions then. */
  readonly sourced?: true;
}

/** How a shell treats failures before a script says anything else. */
export interface ShellOptions {
  /** `-e`: the script ends at the first command that fails. */
  readonly stopsAtErrors?: boolean;
  /** `-o pipefail`: a pipeline fails when any of its commands does. */
  readonly pipefail?: boolean;
  /**
   * The words that the script is started with, `null` for one that nobody knows: commands of functions that are not called then are left
   * out. Absent where other scripts may call them.
   */
  readonly args?: readonly (string | null)[];
  /** The commands of the script that takes this one in, which may call its functions; of PowerShell. One without a name starts the script. */
  readonly calls?: readonly (readonly string[])[];
}

const WHOLE = new OnDemand(() => import("./shell_whole.ts"));

/**
 * The commands of a script in Bash, in the order in which they stand. Comments, strings and here-documents are no commands.
 *
 * @throws what `withLibraries` catches, where the script is more than plain
 */
export function shellCommands(
  script: string,
  { stopsAtErrors = true, pipefail = false, args }: ShellOptions = {},
): readonly ShellCommand[] {
  const state = () => new ShellState(stopsAtErrors, pipefail, args ?? null);
  return plainCommands(script, state()) ?? WHOLE.get().wholeCommands(script, state(), args === undefined);
}
