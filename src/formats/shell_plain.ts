import type { ShellCommand } from "./shell.ts";
import type { ShellState } from "./shell_state.ts";

/** A line of words in which nothing means anything to the shell. */
const PLAIN_LINE = /^[\w ./@:+,%*=\ue000-\uf8ff-]*$/;
/** A word that begins more than a command, and a variable that is set. */
const NOT_PLAIN =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|select|function|time|coproc|export|declare|local|readonly|typeset|alias|let|eval|exec)$|^\w+\+?=/;

/** The commands of a script that is as simple as most; `null` where it has to be parsed. */
export function plainCommands(script: string, state: ShellState): ShellCommand[] | null {
  const commands: ShellCommand[] = [];
  for (const { 0: line, index } of script.matchAll(/[^\n]+/g)) {
    if (/^ *#/.test(line)) continue;
    if (!PLAIN_LINE.test(line)) return null;
    const words = Array.from(line.matchAll(/[^ ]+/g), ({ 0: text, index: at }) => ({
      text,
      start: index + at,
      end: index + at + text.length,
    }));
    const [first, last] = [words[0], words.at(-1)];
    if (!first || !last) continue;
    if (words.some(({ text }) => NOT_PLAIN.test(text))) return null;
    const { end } = last;
    commands.push({
      words,
      assignments: new Map(),
      variables: state.variables,
      start: first.start,
      end,
      tolerated: !state.stopsAtErrors && /\S/.test(script.slice(end)),
      directory: state.directory,
      input: null,
    });
    state.apply(words.map(({ text }) => text));
  }
  return commands;
}
