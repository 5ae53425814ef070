import type { ShellCommand } from "./shell.ts";
import { plainStatements } from "./shell_plain_parser.ts";
import type { ShellState } from "./shell_state.ts";
import type { ShellNode } from "./shell_tree.ts";
import { walked } from "./shell_walk.ts";

/**
 * The commands of a script that is as simple as most: words in whatever quotes, variables, `$(…)`, `&&`, `||`, pipes, redirections,
 * conditions and loops. `null` where it has to be parsed as a whole; of the same script both parsers make the same.
 */
export function plainCommands(script: string, state: ShellState): readonly ShellCommand[] | null {
  const statements = plainStatements(script);
  return statements && walked(script, statements, children, state);
}

/** What a node of a plain script is made of, where the walk does not know it by itself. */
function children(node: ShellNode, visit: (child: ShellNode) => void): void {
  switch (node.type) {
    case "Word":
      return node.parts?.forEach(visit);
    case "Command":
      node.prefix.forEach(visit);
      if (node.name) visit(node.name);
      return node.suffix.forEach(visit);
    case "Assignment":
      if (node.value.type === "Word") visit(node.value);
      return;
    case "TestCommand":
      return node.words.forEach(visit);
    case "Elif":
      visit(node.clause);
      return visit(node.then);
    case "For":
      node.wordlist?.forEach(visit);
      return visit(node.body);
  }
}
