import type { ShellCommand, ShellWord } from "./shell.ts";
import { PlainLexer, type PlainToken } from "./shell_plain_words.ts";
import { asksForStatus, endOfScript, type ShellState, succeeds } from "./shell_state.ts";

/** Words that begin more than a command, and built-in commands that read their words in another way. */
const NOT_PLAIN =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|in|select|function|time|coproc|export|declare|local|readonly|typeset|alias|let|eval|exec|[!{}]|\[\[)$/;

/** One command of a pipeline as it is written. */
interface Simple {
  readonly words: readonly (ShellWord & { readonly end: number })[];
  readonly assignments: ReadonlyMap<string, string>;
  readonly start: number;
  readonly end: number;
}

/**
 * The commands of a script that is as simple as most: words in whatever quotes, variables, `&&`, `||`, `;`, pipes and redirections.
 * `null` where it has to be parsed as a whole; of the same script both readers make the same.
 */
export function plainCommands(script: string, state: ShellState): ShellCommand[] | null {
  const statements = statementsOf(script);
  if (!statements) return null;
  const commands: ShellCommand[] = [];
  const [end, asks] = [endOfScript(script), asksForStatus(script)];
  for (const statement of statements) {
    const here = statement.at(-1)!.pipeline.at(-1)!.end;
    const ignored = !state.stopsAtErrors && here < end && here > asks;
    const last = statement.findLastIndex(({ or, pipeline }) =>
      or && succeeds(script.slice(pipeline[0]!.start, pipeline.at(-1)!.end))
    );
    for (const [index, { pipeline }] of statement.entries()) {
      for (const [place, simple] of pipeline.entries()) {
        const inside = pipeline.length === 1 ? state : state.inner();
        const piped = place < pipeline.length - 1 && !state.pipefail;
        run(simple, inside, ignored || index < last || piped, commands);
      }
    }
  }
  return commands;
}

function run(
  { words, assignments }: Simple,
  state: ShellState,
  tolerated: boolean,
  to: ShellCommand[],
): void {
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) {
    for (const [name, value] of assignments) state.set(name, value);
    return;
  }
  to.push({
    words,
    assignments,
    variables: state.variables,
    start: first.start,
    end: last.end,
    tolerated,
    directory: state.directory,
    input: null,
  });
  state.apply(words.map(({ text }) => text));
}

/** Pipelines with `&&` and `||` between them; `or` where it is `||` that stands before one. */
type Statement = { readonly or: boolean; readonly pipeline: readonly Simple[] }[];

function statementsOf(script: string): readonly Statement[] | null {
  const lexer = new PlainLexer(script);
  const statements: Statement[] = [];
  let statement: Statement = [];
  let pipeline: Simple[] = [];
  let or = false;
  for (;;) {
    const simple = simpleOf(lexer);
    if (simple === null) return null;
    const sign = lexer.sign;
    if (simple === undefined) {
      // Nothing may stand before and behind every `;` and line end alone.
      if (pipeline.length > 0 || statement.length > 0 || (sign !== "\n" && sign !== "")) return null;
    } else {
      pipeline.push(simple);
      if (sign !== "|") {
        statement.push({ or, pipeline });
        pipeline = [];
        or = sign === "||";
      }
      if (sign === ";" || sign === "\n" || sign === "") {
        statements.push(statement);
        statement = [];
        or = false;
      }
    }
    if (sign === "") return statements;
    // The other half of a pipeline or condition may stand in the next line.
    if (sign === "|" || sign === "&&" || sign === "||") lexer.skipLines();
  }
}

/** The next command; `undefined` for none before the next sign, `null` where it is not plain. */
function simpleOf(lexer: PlainLexer): Simple | null | undefined {
  const words: (ShellWord & { readonly end: number })[] = [];
  const assignments = new Map<string, string>();
  let [start, end] = [-1, -1];
  for (let token: PlainToken | null = lexer.next(); token; token = lexer.next()) {
    if (start < 0) start = token.start;
    end = token.end;
    if (token.kind === "redirection") continue;
    const equals = words.length === 0 ? /^(\w+)=/.exec(token.written) : null;
    if (equals) {
      if (/^\d/.test(equals[1]!)) return null;
      assignments.set(equals[1]!, token.text.slice(equals[0].length));
      continue;
    }
    if (words.length === 0 && (NOT_PLAIN.test(token.written) || /^\w+(?:\+=|\[)/.test(token.written))) {
      return null;
    }
    words.push({ text: token.text, start: token.start, end: token.end });
  }
  if (lexer.sign === null) return null;
  return start < 0 ? undefined : { words, assignments, start, end };
}
