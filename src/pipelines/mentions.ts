import { EXPRESSION } from "./commands.ts";
import {
  actionSaysPublish,
  actionSaysRelease,
  saysPublish,
  taskSaysPublish,
  textHandsCredential,
} from "./hints.ts";
import { SAYERS, TASK_RUNNERS } from "./programs.ts";
import {
  COMMAND_INPUTS,
  commandsOfProgram,
  MINT_ACTIONS,
  PUBLISH_ACTIONS,
  type PublishAction,
} from "./publishers.ts";
import { actionName } from "./publishing.ts";

/** What stands in every line that can matter. */
const HINT =
  /publi[sb]|release|upload|deploy|twine|push|keyless|\bnp\b|shipit|canary|uses:|archives|sonatype|\[[@*]\]/gi;
/** Where a command goes on in the next line. */
const CONTINUED = /(?:\\|`|\^)\r?\n[ \t]*#?[ \t]*/g;
/** Keys whose values are no commands. */
const NO_COMMAND =
  /^(?:name|id|needs|if|key|restore-keys|types|paths?|description|environment|group|ref|branches|tags|tag_name|title|body|message|url|files?|asset_\w+|release_\w+|upload_url|repository|runs-on|python-version|node-version|cron|events?|labels?|default|type|required|on|workflows|image|branch|prerelease|draft|overwrite|publish_dir|publish_branch|[\w-]*token|[A-Z][A-Z0-9_]*)$/;
/** Keys whose values are scripts, here or in files that a workflow names. */
const SCRIPT_KEYS = /^(?:run|script|command|cmd|publish|[\w-]*-command)$/;
/** A word that names what publishes. */
const PUBLISH_WORD = /publish(?!ed\b|ing\b|es\b|_dir|-dir|_branch)|upload\.pypi\.org|crates\.io\/api/i;
/** Words behind which a program stands. */
const BEFORE_PROGRAM =
  /^(?:sudo|bash|sh|zsh|source|\.|node|nodejs|tsx|ts-node|esno|jiti|zx|deno|bun|python[\d.]*|ruby|perl|php|pwsh|powershell|exec|time|env|call|xargs|timeout|then|do|else|if|!|&|run|npx|\d+\w?|[A-Z_]+=\S*)$/;
/** A program of whose words an array is the first. */
const OF_ARRAY = /(?<![\w.-])(?:(?<=\\)n)?([\w.-]{1,40})["'\\\s]{1,9}\$\{\w+\[[@*]\]/g;
/** Nobody writes more words into a command that publishes. */
const MAX_WORDS = 500;
/** Programs that run what their words name. */
const RUNNERS = /^(?:g?make|just)$/;
/** Those whose tasks stand in `package.json`. */
const SCRIPT_RUNNERS = /^(?:npm|yarn|pnpm|bun|vp|lerna)$/;

/** Whether a script or a workflow mentions, line by line and without being parsed, anything that publishes or says that it does. */
export function mentionsPublishing(text: string): boolean {
  const joined = /[\\`^]\r?\n/.test(text) ? text.replace(CONTINUED, " ") : text;
  for (let found = search(joined, 0); found;) {
    const end = joined.indexOf("\n", found.index);
    const line = joined.slice(joined.lastIndexOf("\n", found.index) + 1, end < 0 ? undefined : end);
    if (!QUIET.has(line) && lineMentions(line, joined)) return true;
    found = end < 0 ? null : search(joined, end);
  }
  return false;
}

/** Lines that mention nothing whatever stands around them: workflows are alike, and most use the same actions. */
const QUIET = new Set<string>();

function search(text: string, from: number): RegExpExecArray | null {
  HINT.lastIndex = from;
  return HINT.exec(text);
}

/** The same of what stands behind the `#` of a comment. */
export function commentMentions(comment: string): boolean {
  HINT.lastIndex = 0;
  return HINT.test(comment) && lineMentions(`# ${comment}`, comment);
}

function lineMentions(line: string, text: string): boolean {
  const comment = /^\s*(?:-\s+)?#+/.exec(line)?.[0];
  const written = line.slice(comment?.length ?? 0).trim();
  // A word of a list; a step that is nothing but a command is a mistake.
  if (comment === undefined && /^-\s[^:]*$/.test(written)) {
    return heard(line, commandMentions(written.slice(1), false, true));
  }
  const [, key, value] =
    /^(?:-\s+)?["']?([\w-]+)["']?:(?:\s([^]*))?$/.exec(written)?.map((part) => part?.trim()) ?? [];
  if (key === "uses") {
    const uses = (value ?? "").replace(/^["']|["'\s][^]*$/g, "");
    const name = actionName(uses);
    const rows = PUBLISH_ACTIONS.filter(({ actions }) => actions.includes(name));
    if (rows.length > 0) return rows.some((row) => mayPublish(row, text));
    if (!actionSaysRelease(uses.toLowerCase())) return heard(line, namesPublisher(uses));
    return namesPublisher(uses) || textHandsCredential(text);
  }
  if (key !== undefined && (value === undefined || value === "" || NO_COMMAND.test(key))) {
    return heard(line, false);
  }
  const commands = (value ?? written).split(/&&|\|\||[;|]/);
  // What a comment says, or an input of an action holds, is a command only where it names a publisher.
  const isScript = comment === undefined && (key === undefined || SCRIPT_KEYS.test(key));
  return heard(line, commands.some((command) => commandMentions(command, isScript, comment !== undefined)));
}

function heard(line: string, mentions: boolean): boolean {
  if (!mentions) QUIET.add(line);
  return mentions;
}

/** Whether an action that can publish may do so with the inputs that stand anywhere in the text. */
function mayPublish(row: PublishAction, text: string): boolean {
  if (row.arguments) {
    const given = text.matchAll(new RegExp(`\\b${row.arguments.input}:[ \\t]*["']?([^\\n]*)`, "g"));
    const { publishing } = row.arguments;
    if (![...given].some(([, value]) => publishing.test(value!) || /^[>|]/.test(value!))) return false;
  }
  return Object.entries(row.when ?? {}).every(([input, wanted]) =>
    wanted === "given" ? text.includes(`${input}:`) : wanted.some((each) => text.includes(each))
  );
}

/** Whether another action, or a workflow, is called like one that publishes. */
function namesPublisher(uses: string): boolean {
  // A workflow of another repository that is called like one that publishes.
  if (/\/\.github\/workflows\/[^@]{0,200}(?:publish|release|deploy|pypi|crates|npm)/i.test(uses)) {
    return true;
  }
  const name = actionName(uses);
  const mint = MINT_ACTIONS[name];
  return (mint !== undefined && !mint.ordinary) ||
    (!(name in COMMAND_INPUTS) && actionSaysPublish(uses.toLowerCase())) ||
    /^[.$]\//.test(uses) && saysPublish(uses);
}

function commandMentions(command: string, isScript: boolean, comment: boolean): boolean {
  const known = command.trim().replace(EXPRESSION, (expression, at: number) => {
    return at === 0 && /publish|release/i.test(expression) ? "$PUBLISH" : "$X";
  });
  const words = known.split(/[\s"'`,()[\]{}<>]+/, MAX_WORDS).filter((word) => word !== "");
  const [first = "", second] = words;
  if (
    SAYERS.test(first) && commandsOfProgram(first).length === 0 &&
    !/\$\(|`/.test(known)
  ) return false;
  if (first === "dotnet" && second === "publish") return false;
  const programs = words.map((word) =>
    word.split(/[/\\]/).at(-1)!.replace(/(?:@|==).*$|\.(?:exe|cmd|bat|js)$/g, "")
  );
  const rows = programs.flatMap(commandsOfProgram);
  const fits = (part: string | RegExp) =>
    part === "*" || words.some((word) => typeof part === "string" ? part === word : part.test(word));
  if (rows.some(({ verbs }) => verbs.some((verb) => verb.every(fits)))) return true;
  if ([...known.matchAll(OF_ARRAY)].some(([, program]) => commandsOfProgram(program!).length > 0)) {
    return true;
  }
  if (comment) return false;
  return words.some((word, index) =>
    wordMentions(word, index, words) || isScript && nameMentions(word, index, words, programs)
  );
}

/** Whether a word says by itself that something is published. */
function wordMentions(word: string, index: number, words: readonly string[]): boolean {
  const plain = plainWord(word);
  if (plain === null) return false;
  return isFile(plain)
    ? saysPublish(plain.split("/").at(-1)!) && startsProgram(index, words)
    : PUBLISH_WORD.test(plain);
}

/** Whether it does where it stands in a script, as the name of a program, a file or a task. */
function nameMentions(
  word: string,
  index: number,
  words: readonly string[],
  programs: readonly string[],
): boolean {
  const plain = plainWord(word);
  if (plain === null || isFile(plain)) return false;
  if (index === 0) return /^(?:deploy|upload|push)$/.test(plain) || words.length === 1 && saysPublish(plain);
  if (/^(?:release|upload)$/.test(plain) && (words[0]!.startsWith("$") || isFile(words[index - 1]!))) {
    return true;
  }
  return taskSaysPublish(plain) &&
    programs.slice(0, index).some((program) =>
      RUNNERS.test(program) ||
      (TASK_RUNNERS.test(program) && (!SCRIPT_RUNNERS.test(program) || saysPublish(plain)))
    );
}

/** A word as it names something; `null` for an option. */
function plainWord(word: string): string | null {
  const target = /^--(?:targets?|tasks?)=(.*)$/.exec(word)?.[1];
  return target ?? (word.startsWith("-") ? null : word);
}

function isFile(word: string): boolean {
  return word.includes("/") || /\.\w+$/.test(word);
}

/** Whether a word stands where a program does. */
function startsProgram(index: number, words: readonly string[]): boolean {
  const before = words.slice(0, index).findLast((word) => !word.startsWith("-"));
  // The word before may be the value of an option: `uv run --directory src release.py`.
  return before === undefined || BEFORE_PROGRAM.test(before) || words[index - 2]?.startsWith("--") === true;
}
