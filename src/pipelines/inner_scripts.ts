import { NOWHERE } from "./credentials.ts";
import { publishingCommand } from "./hints.ts";
import { publishedByScript } from "./publishing.ts";

/** Whether the words of a program that runs them elsewhere have a command that publishes, say in a script for the shell there. */
export function wordsPublish(words: readonly string[]): boolean {
  if (publishingCommand(words.join(" "))) return true;
  const shell = words.findIndex((word) => SHELL.test(word));
  return shell >= 0 && scriptPublishes(words.slice(shell + 1));
}

const SHELL = /(?:^|\/)(?:ba|z|da|k)?sh$/;
/** Where a script stands that nobody has to show. */
const OUT_OF_SIGHT = {
  path: "",
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1, offset: 0 },
};

/** Whether a shell is given a script that publishes. */
function scriptPublishes(args: readonly string[]): boolean {
  const at = args.findIndex((word) => /^-[a-z]*c$/.test(word));
  const script = at < 0 ? undefined : args[at + 1];
  return script !== undefined && publishedByScript(script, NOWHERE, () => OUT_OF_SIGHT).length > 0;
}
