import { forEachChild, parse } from "unbash";

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
  /** From the first word to behind the last one, offsets in the script. */
  readonly start: number;
  readonly end: number;
}

type Node = Parameters<typeof forEachChild>[0];

/** The commands of a script in Bash, in the order in which they stand. Comments, strings and here-documents are no commands. */
export function shellCommands(script: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  // `outer` is the command around a script in backquotes, whose offsets count in a text of its own.
  const visit = (node: Node, outer: ShellCommand | null): void => {
    let here = outer;
    if (node.type === "Command" && node.name) {
      const words = [node.name, ...node.suffix.filter((part) => part.type === "Word")]
        .map((word) => ({ text: word.value, start: outer?.start ?? word.pos, end: word.end }));
      const assignments = new Map<string, string>();
      for (const part of node.prefix) {
        if (part.type === "Assignment" && part.value.type === "Word") {
          assignments.set(part.name, part.value.value);
        }
      }
      const { start, end } = outer ?? { start: node.name.pos, end: words.at(-1)!.end };
      here = { words, assignments, start, end };
      commands.push(here);
    }
    forEachChild(
      node,
      (child) => visit(child, child.type === "Script" && child.source !== undefined ? here : outer),
    );
  };
  visit(parse(script), null);
  return commands.sort((a, b) => a.start - b.start);
}
