import { ownTable } from "../formats/own_table.ts";
import { sorted } from "../pipelines/arguments.ts";
import type { Step } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";

/** Commands that install packages, by program; `""`: the program alone. Of npm with all that it takes for them (npm/cli lib/utils/cmd-list.js). */
const COMMANDS = ownTable<readonly string[]>({
  npm: [
    ...["install", "add", "i", "in", "ins", "inst", "insta", "instal", "isnt", "isnta", "isntal", "isntall"],
    ...["ci", "clean-install", "ic", "install-clean", "isntall-clean"],
    ...["install-test", "it", "install-ci-test", "clean-install-test", "cit", "sit"],
  ],
  pnpm: ["install", "i", "add", "install-test", "it", "ci", "clean-install", "ic", "install-clean"],
  yarn: ["install", "add", ""],
  bun: ["install", "i", "add", "a", "ci"],
  pip: ["install"],
  pip3: ["install"],
  pipx: ["install"],
  pipenv: ["install", "sync"],
  poetry: ["install", "sync", "add"],
  pdm: ["install", "sync", "add"],
  uv: ["sync", "add", "pip install", "pip sync", "tool install"],
  bundle: ["install", ""],
});

/** Actions that install what the project lists: unless an input says no, or when one asks for it. */
const ACTIONS = ownTable<{ readonly input: string; readonly unasked: boolean }>({
  "pnpm/action-setup": { input: "run_install", unasked: false },
  "pnpm/setup": { input: "install", unasked: true },
});

/** Whether an action installs what the project lists, and what that runs. */
export function installsByAction({ uses, with: inputs }: Step): boolean {
  const action = uses ? ACTIONS[actionName(uses.value)] : undefined;
  if (!action) return false;
  const asked = inputs.get(action.input)?.value.trim() ?? "";
  if (asked === "" || asked === "null") return action.unasked;
  return asked !== "false" && !/\$\{\{|--ignore-scripts/.test(asked);
}

/** Options whose value is the next word. */
const VALUED = [
  ...["--prefix", "-C", "--dir", "--cwd", "--directory", "--project", "--filter", "--workspace"],
  ...["--registry", "--cache", "--network-timeout", "--loglevel", "--omit", "--include"],
  ...["--with", "--without", "--only", "--group", "-G", "--extra", "--python", "--package"],
  ...["-r", "--requirement", "--constraint", "--index-url", "--extra-index-url", "--find-links"],
];
/** A command of a package manager. */
interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Whether a command installs packages. */
export function installs(command: Command): boolean {
  return wordsBehind(command) !== null;
}

/** Commands that take no names of packages: they install what the project lists, whatever else is there. */
const NAMELESS =
  /^(?:npm (?:ci|clean-install|ic|install-clean|isntall-clean|install-ci-test|clean-install-test|cit|sit)|pnpm (?:ci|clean-install|ic)|bun ci|pipenv sync|(?:yarn|poetry|pdm|uv|bundle) (?:install|sync))$/;

/** Whether it installs what the project lists, not only packages that the command names. */
export function installsListed(command: Command): boolean {
  const behind = wordsBehind(command);
  const isNameless = behind !== null && NAMELESS.test(`${command.program} ${verbOf(command)}`);
  const words = behind?.filter((word) => !isExpression(word) || !isNameless && !givesOptions(word)) ?? null;
  return words !== null &&
    (words.length === 0 || words.some((word) => /^\.(?:\/?$|\[)/.test(word)) ||
      command.args.some((word) => /^(?:-r|--requirement(?:=.*)?)$/.test(word)));
}

/** Whether what it installs may run code of its own on the way. */
export function runsScripts({ args }: Command): boolean {
  return !args.some((word) =>
    word === "--ignore-scripts" || isExpression(word) && word.includes("--ignore-scripts")
  );
}

/** Whether an option may be among its arguments that nobody can see here. */
export function hasOpenOptions({ args }: Command): boolean {
  return args.some((word) => isExpression(word) && !givesOptions(word));
}

/** Whether an argument is what GitHub fills in, and nothing else. */
function isExpression(word: string): boolean {
  return word.startsWith("${{") && word.indexOf("}}") === word.length - 2;
}

/** One of two texts, whatever is asked for it. */
const CHOICE = /&&\s{0,9}'([^']{0,300})'\s{0,9}\|\|\s{0,9}'([^']{0,300})'\s{0,9}\}\}$/;

/** Whether an expression comes to options, or to nothing. */
function givesOptions(expression: string): boolean {
  const [, ...texts] = CHOICE.exec(expression) ?? [];
  return texts.length > 0 && texts.every((text) => /^\s*(?:-\S*(?:\s+|$)){0,20}$/.test(text));
}

/** Verbs that bring more than the package alone: its tests, and what they depend on. What building alone brings, the verify build of `cargo publish` brings too. */
const RUNS = ownTable<readonly string[]>({
  cargo: ["test", "t", "bench", "nextest"],
  dotnet: ["test"],
});

/** Whether a command runs the project's tests, and with them the code of its dependencies; its programs may be what publishes. */
export function runsDependencies({ program, args }: Command): boolean {
  const [verb = ""] = args.filter((word) => !/^[-+]/.test(word));
  return RUNS[program]?.includes(verb) === true;
}

function verbOf({ args }: Command): string {
  return sorted(args, VALUED).words[0] ?? "";
}

/** The words behind the command, `null` where it installs nothing. */
function wordsBehind({ program, args }: Command): readonly string[] | null {
  const { words } = sorted(args, VALUED);
  const [first = "", second = ""] = words;
  const verbs = COMMANDS[program] ?? [];
  // The program alone installs, unless it is asked for its version.
  if (first === "" && args.some((word) => /^(?:--version|-v|--help|-h)$/.test(word))) return null;
  if (verbs.includes(first)) return words.slice(1);
  return verbs.includes(`${first} ${second}`) ? words.slice(2) : null;
}
