import { type Invocation, sorted } from "./commands.ts";
import type { Surroundings } from "./credentials.ts";
import { namesUploadToken, saysPublish, shownAs, taskSaysPublish } from "./hints.ts";
import { OTHERS, SAYERS, TASK_RUNNERS } from "./programs.ts";
import { commandsOfProgram } from "./publishers.ts";
import { wordsPublish } from "./inner_scripts.ts";
import type { Target } from "./targets.ts";

/** A program that is called like the registry to which it publishes. */
const NAMES_REGISTRY = /npm|pypi|gem|crate|nuget|packages/i;

/** Package managers, and their verbs behind which packages stand, whatever these are called. */
const INSTALLERS = /^(?:npm|pnpm|yarn|bun|poetry|pdm|uv|rye|pixi|mise|composer)$/;
const PACKAGES_FOLLOW =
  /^(?:i|in|install|add|ci|require|sync|uninstall|un|remove|rm|update|upgrade|up|view|info|show|outdated|why|dist-tag|deprecate)$/;

/** What is called like publishing, and assembles a release on this machine: hexdocs.pm/mix, "mix release". */
const ASSEMBLES = /^mix release\b/;

/** Options behind which a directory stands, or a name of something else than a task. */
const TAKES_PLACE =
  /^--?(?:[a-z-]*(?:dir|directory|destination|out|output|path|prefix|profile|config(?:uration)?)|o|c|d)$/i;

/** A program that is no file here: what its name and its words say. */
export function namedProgram(
  { program, written, args }: Invocation,
  around: Pick<Surroundings, "env">,
): Target | null {
  // With a word behind it, it says which version.
  const isQuestion = args.some((word) => /^--(?:dry-run|help)$/.test(word)) || args.at(-1) === "--version";
  const line = [written, ...args].join(" ");
  if (SAYERS.test(program) || isQuestion || ASSEMBLES.test(line)) return null;
  const reference = shownAs({ written, args });
  const unseen = { reference, sources: null, mayPublish: true };
  const [word = ""] = args.filter((each) => !each.startsWith("-"));
  if (/[$`\ue000]/.test(written)) {
    return saysPublish(written) || args.some((each) => /^(?:publish|upload|release)$/.test(each))
      ? unseen
      : null;
  }
  if (TASK_RUNNERS.test(program)) {
    if (
      INSTALLERS.test(program) &&
      sorted(args, []).words.slice(0, 2).some((each) => PACKAGES_FOLLOW.test(each))
    ) return null;
    const said = args.some((each, index) =>
      !TAKES_PLACE.test(args[index - 1] ?? "") &&
      taskSaysPublish(/^(?:--(?:targets?|tasks?)=)?(?!-)([\w@:.,-]+)$/.exec(each)?.[1] ?? "")
    );
    const own = commandsOfProgram(program).some(({ verbs }) => verbs.some(([first]) => first === word));
    return said && !own ? unseen : null;
  }
  if (uploadsByItself(program, args) && hasUploadToken(around)) return unseen;
  if (OTHERS.test(program)) {
    return /^(?:docker|helm)$/.test(program) && wordsPublish([written, ...args]) ? unseen : null;
  }
  // A function of PowerShell: of those that come with it, these alone publish packages.
  if (/^[A-Z]\w*-[A-Z]\w*$/.test(written) && !/^Publish-(?:Module|Script|PSResource)$/.test(written)) {
    return null;
  }
  if (wordsPublish(args)) return unseen;
  if (commandsOfProgram(program).length > 0) return null;
  const says = saysPublish(program) && (args.length === 0 || NAMES_REGISTRY.test(program));
  return word === "publish" || says ? unseen : null;
}

/** Whether a program of one's own, or a subcommand of cargo that is one, is asked to publish. */
function uploadsByItself(program: string, args: readonly string[]): boolean {
  const rows = commandsOfProgram(program);
  const isOwn = program === "cargo"
    ? !rows.some(({ verbs }) => verbs.some(([first]) => first === args[0]))
    : rows.length === 0 && !OTHERS.test(program);
  return isOwn && args.some((word) => /^(?:publish|upload|release)$/.test(word));
}

/** Whether a command sees a token to upload with. */
function hasUploadToken({ env }: Pick<Surroundings, "env">): boolean {
  return [...env.values()].some(({ value }) => namesUploadToken(value));
}
