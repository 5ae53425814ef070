import { forEachChild, parse } from "unbash";
import type { ShellCommand } from "./shell.ts";
import type { ShellState } from "./shell_state.ts";
import type { Children, Script } from "./shell_tree.ts";
import { walked } from "./shell_walk.ts";

/** The commands of any script in Bash, in the order in which they stand; `open`: others may call its functions. */
export function wholeCommands(script: string, state: ShellState, open = true): readonly ShellCommand[] {
  // Its nodes have all that ours have, and are of more kinds, which only `forEachChild` looks at.
  const { commands } = parse(script) as Script;
  return walked(script, commands, forEachChild as Children, state, open);
}
