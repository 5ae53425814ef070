import type { Invocation } from "./commands.ts";
import type { Script } from "./script.ts";

/** Whether a command is a function that the script itself has. */
export function isFunction({ written }: Invocation, { text }: Script): boolean {
  return /^[\w-]+$/.test(written) &&
    new RegExp(`^[ \\t]*(?:[Ff]unction[ \\t]+${written}\\b|${written}[ \\t]*\\([ \\t]*\\))`, "m").test(text);
}

/** With which words a script in PowerShell is started, and its functions are called by the one that takes it in. */
export function callsOf(
  { program, args, sourced }: Invocation,
  script: Script,
  commands: readonly Invocation[],
): readonly (readonly string[])[] {
  const first = /^(?:pwsh|powershell)$/i.test(program)
    ? args.findIndex((word) => /\.ps1$/i.test(word)) + 1
    : 0;
  const called = sourced ? commands.filter((each) => isFunction(each, script)) : [];
  return [["", ...args.slice(first)], ...called.map((each) => [each.written, ...each.args])];
}
