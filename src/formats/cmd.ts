import { joined, type ShellCommand, type ShellWord } from "./shell.ts";

/** As in other shells. */
const MOST_VARIABLES = 300;

const TOKEN =
  /(?<blank>(?:[ \t\r]|\^\r?\n)+)|(?<end>\n|&&?|\|\|?|[()])|(?:"[^"\n]*(?:"|(?=\n)|$)|\^[^\r\n]|[^\s"&|()^])+|./gy;

/** The commands of a script for Windows' cmd.exe, in the order in which they stand. `%NAME%` becomes `${NAME}`, as in other shells. */
export function cmdCommands(script: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: (ShellWord & { readonly end: number })[] = [];
  let directory: string | null = ".";
  let variables: ReadonlyMap<string, string | null> = new Map();
  const text = script.replace(/^[ \t]*@?(?:rem\b|::)[^\n]*/gim, (comment) => " ".repeat(comment.length));
  const end = () => {
    const [first, ...rest] = words;
    words = [];
    if (!first) return;
    const all = [{ ...first, text: first.text.replace(/^@/, "") }, ...rest];
    const [program, ...args] = all.map((word) => word.text);
    commands.push({
      words: all,
      assignments: new Map(),
      variables,
      start: first.start,
      end: (rest.at(-1) ?? first).end,
      tolerated: false,
      directory,
      input: null,
    });
    const set = /^set$/i.test(program!) ? /^"?(\w+)=(.*?)"?$/s.exec(args.join(" ")) : null;
    if (set && (variables.size < MOST_VARIABLES || variables.has(set[1]!))) {
      variables = new Map(variables).set(set[1]!, set[2]!);
    }
    if (/^(?:cd|chdir|pushd)$/i.test(program!)) {
      const to = args.find((word) => !/^\/d$/i.test(word))?.replaceAll("\\", "/");
      directory = to === undefined ? null : joined(directory, to);
    }
    if (/^popd$/i.test(program!)) directory = null;
  };
  for (const { 0: token, index, groups } of text.matchAll(TOKEN)) {
    if (groups?.end !== undefined) end();
    else if (groups?.blank === undefined) {
      const plain = token.replace(/\^(.)/g, "$1").replace(/"/g, "").replace(/%(\w+)%/g, "${$1}");
      words.push({ text: plain, start: index, end: index + token.length });
    }
  }
  end();
  // Only the last command's failure fails the script, unless the script looks at it.
  const asks = text.toLowerCase().lastIndexOf("errorlevel");
  const last = text.trimEnd().length;
  return commands.map((command) => ({
    ...command,
    tolerated: command.end < last && asks < command.end &&
      !/^\s*(?:&&|\|\|)/.test(text.slice(command.end, command.end + 80)),
  }));
}
