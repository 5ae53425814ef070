import type { ShellCommand } from "./shell.ts";
import { type PlainCommand, type PlainStatement, plainStatements } from "./shell_plain_parser.ts";
import { asksForStatus, type ShellState, succeeds } from "./shell_state.ts";

/**
 * The commands of a script that is as simple as most: words in whatever quotes, variables, `$(…)`, `&&`, `||`, `;`, pipes and
 * redirections. `null` where it has to be parsed as a whole; of the same script both readers make the same.
 */
export function plainCommands(script: string, state: ShellState): ShellCommand[] | null {
  const statements = plainStatements(script);
  if (!statements) return null;
  const walk = new Walk(script);
  walk.list(statements, state, false);
  return walk.commands.sort((a, b) => a.start - b.start);
}

class Walk {
  readonly commands: ShellCommand[] = [];
  readonly #asks: number;

  constructor(readonly script: string) {
    this.#asks = asksForStatus(script);
  }

  list(statements: readonly PlainStatement[], state: ShellState, tolerated: boolean): void {
    for (const statement of statements) {
      const { end } = statement.at(-1)!.pipeline.at(-1)!;
      const ignored = !state.stopsAtErrors && statement !== statements.at(-1) && end > this.#asks;
      const last = statement.findLastIndex(({ or, pipeline }) =>
        or && succeeds(this.script.slice(pipeline[0]!.start, pipeline.at(-1)!.end))
      );
      for (const [index, { pipeline }] of statement.entries()) {
        for (const [place, command] of pipeline.entries()) {
          const inside = pipeline.length === 1 ? state : state.inner();
          const piped = place < pipeline.length - 1 && !state.pipefail;
          this.#run(command, inside, tolerated || ignored || index < last || piped);
        }
      }
    }
  }

  #run({ words, assignments, inner }: PlainCommand, state: ShellState, tolerated: boolean): void {
    const [first, last] = [words[0], words.at(-1)];
    if (first && last) {
      this.commands.push({
        words,
        assignments,
        variables: state.variables,
        start: first.start,
        end: last.end,
        tolerated,
        directory: state.directory,
        input: null,
      });
    } else {
      for (const [name, value] of assignments) state.set(name, value);
    }
    for (const statements of inner) this.list(statements, state.inner(), tolerated);
    if (first) state.apply(words.map(({ text }) => text));
  }
}
