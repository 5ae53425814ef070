import type { Surroundings } from "./credentials.ts";
import { isUploadArgument, isUploadVariable, saysPublish, shownAs, textHandsUpload } from "./hints.ts";
import { EXPRESSION, type Invocation } from "./commands.ts";
import type { CredentialUse, Unseen } from "./model.ts";
import { INTERPRETERS, OTHERS, SAYERS, TASK_RUNNERS } from "./programs.ts";
import { commandsOfProgram } from "./publishers.ts";
import type { Script } from "./script.ts";

/** Programs that everybody has, or that test and build, and upload nothing. */
const ORDINARY =
  /^(?:[:.]|sleep|exit|return|true|false|shift|unset|source|eval|find|tar|zip|unzip|gzip|gunzip|chmod|chown|ln|date|basename|dirname|realpath|readlink|head|tail|sort|uniq|cut|tr|wc|base64|gpg|openssl|ssh|ssh-add|ssh-keygen|scp|rsync|install|printenv|pwd|diff|cmp|md5sum|sha\d+sum|shasum|seq|expr|let|uname|whoami|id|kill|wait|ps|du|df|stat|file|(?:ba|z|da|k)?sh|pwsh|powershell|cmd|pytest|coverage|mypy|ruff|black|flake8|pylint|isort|pre-commit|rustup|rustc|go|javac?|jar|gcc|cc|cmake|ninja|meson|g?make|just|podman|kubectl|op|vault|keyring|security|conda|mamba|micromamba|anaconda)$/i;
/** Shells, and what everybody runs tasks with that stand in a file: what they do is read there, and may be somebody else's words. */
const RUNS_FILES = /^(?:(?:ba|z|da|k)?sh|pwsh|powershell|cmd|g?make|just)$/i;
/** What `dotnet` can by itself, and publishes nothing; `dotnet run`, and what it does not know, is a program. */
const OF_DOTNET =
  /^(?:-.*|build|test|restore|pack|publish|clean|nuget|tool|new|add|remove|list|package|reference|sln|solution|workload|msbuild|vstest|format|store|sdk|help|build-server|dev-certs|user-secrets|watch|ef)$/;
/** Tasks of Gradle that upload nothing, whatever they are given. */
const HARMLESS_TASK =
  /^(?:[\w-]*:)*(?:build\w*|test\w*|check\w*|assemble\w*|clean\w*|jar|classes|compile\w*|verify\w*|lint\w*|detekt\w*|spotless\w*|apiCheck|apiDump|dokka\w*|javadoc|sign\w*|wrapper|help|tasks|properties|projects|dependencies\w*|dependencyUpdates|sonar\w*|jacoco\w*|kover\w*|koverXmlReport|bootJar|bootRun|shadowJar|run\w*|stage\w*|publish\w*ToMavenLocal)$/i;
/** What is written down is for a later step. */
const STORES =
  /\.pypirc|\.npmrc|\.netrc|auth\.toml|gem\/credentials|credentials\.toml|settings\.xml|gradle\.properties|GITHUB_(?:ENV|OUTPUT)/;
/** What goes with a token, and is none. */
const NO_TOKEN = /user|login|mail|url|(?<!gem_)host/i;
const NO_TOKENS = /\bsecrets\.[\w-]{0,60}?(?:user|login|mail|url|(?<!gem_)host)/gi;

/** Whether a step is handed the credential of a registry from which nobody has to read with one, as far as names tell. */
export function isHanded(text: string, { env }: Pick<Surroundings, "env">): boolean {
  return text.includes("secrets.") && textHandsUpload(text.replace(NO_TOKENS, "")) ||
    [...env].some(([name, { value, scope }]) =>
      scope === "step" && !NO_TOKEN.test(`${name} ${value}`) && isUploadVariable(name, value)
    );
}

/**
 * The one that gets it: a program that nobody knows here, with it among its arguments; or in a script that has none which would use it and
 * does not store it.
 */
export function handedTool({ text, placeOf }: Script, commands: readonly Invocation[]): Unseen | null {
  if (STORES.test(text)) return null;
  const programs = commands.filter(({ last, program }) => last && !SAYERS.test(program));
  const asked = programs.filter((each) => !isHarmless(each));
  const given = asked.filter(mayTake).map((tool) => ({ tool, keys: keysAmong(tool) }))
    .find(({ keys }) => keys.length > 0);
  const tool = given?.tool ?? (programs.some(isKnown) ? undefined : asked.find(isTool));
  if (!tool) return null;
  const at = placeOf(tool.start, tool.end);
  if (!given) return { reference: shownAs(tool), at };
  return {
    reference: shownAs({ ...tool, args: tool.args.filter((_, index) => saysWhat(tool, index)) }),
    at,
    credentials: credentialsIn(given.keys, tool, { text, placeOf }),
  };
}

/** Whether one of everybody's programs is asked for what uploads nothing. */
function isHarmless({ program, args }: Invocation): boolean {
  const [first = ""] = args;
  if (program === "dotnet") return first !== "nuget" && OF_DOTNET.test(first);
  return isGradle(program) && args.every((word) => word.startsWith("-") || HARMLESS_TASK.test(word)) ||
    args.some((word) => /^--?(?:help|version|dry-?run|check)$/.test(word));
}

function isGradle(program: string): boolean {
  return program === "gradle" || program === "gradlew";
}

/** Whether it would use a token, or somebody knows what it does. */
function isKnown({ program, args: [first = ""] }: Invocation): boolean {
  if (program === "dotnet") return first === "nuget";
  return commandsOfProgram(program).length > 0 || OTHERS.test(program) || TASK_RUNNERS.test(program);
}

/** Whether a program is no file or script of the repository, whose text says what it does, and none that everybody knows. */
function isTool({ program, written, module, script }: Invocation): boolean {
  return script === null && /^[A-Za-z][\w-]*$/.test(program) &&
    (module || !/[/$`\ue000]|\.\w+$/.test(written)) &&
    !ORDINARY.test(program) && !INTERPRETERS.test(program);
}

/** Whether a program that is given a key would publish with it; what is a file only where its words say so. */
function mayTake(tool: Invocation): boolean {
  const { program, written, args } = tool;
  if (isGradle(program)) return true;
  if (program === "dotnet") return !isKnown(tool);
  if (isTool(tool) && commandsOfProgram(program).length === 0 && !OTHERS.test(program)) return true;
  const isFile = RUNS_FILES.test(program) || INTERPRETERS.test(program) || /[/.]/.test(written);
  return isFile && args.some((word, index) => !isAboutSecret(args, index) && saysPublish(word));
}

/** Whether an argument says what a program is to do, and not with what: of Gradle the tasks. */
function saysWhat({ program, args }: Invocation, index: number): boolean {
  const isOption = args[index]!.startsWith("-") || VALUED.test(args[index - 1] ?? "");
  return !isAboutSecret(args, index) && !(isGradle(program) && isOption);
}

/** Options of Gradle that take the next word. */
const VALUED =
  /^(?:-[pxIbcg]|--(?:project-dir|exclude-task|init-script|warning-mode|console|max-workers|gradle-user-home))$/;

/** An argument that is a secret, with the name of its option. */
interface Key {
  readonly option: string;
  readonly value: string;
}

/** The arguments that are keys of a registry. */
function keysAmong({ args }: Invocation): Key[] {
  return args.flatMap((word, index): Key[] => {
    const [, own = "", value = word] = /^(--?[^=]+)=(.*)$/s.exec(word) ?? [];
    const option = own || optionBefore(args, index) || "";
    const isKey = isUploadArgument(option, value) && !NO_TOKEN.test(`${option} ${value}`);
    return isKey ? [{ option, value }] : [];
  });
}

function optionBefore(args: readonly string[], index: number): string | null {
  return /^--?[A-Za-z][\w.-]*$/.exec(args[index - 1] ?? "")?.[0] ?? null;
}

/** Whether an argument has a secret in it, or is the option in front of one. */
function isAboutSecret(args: readonly string[], index: number): boolean {
  const names = (word: string | undefined) => word?.includes("secrets.") ?? false;
  return names(args[index]) || names(args[index + 1]) && optionBefore(args, index + 1) !== null;
}

/** The secrets of keys, each where the command has it. */
function credentialsIn(keys: readonly Key[], { start, end }: Invocation, script: Script): CredentialUse[] {
  const options = new Map(
    keys.flatMap(({ option, value }) =>
      [...value.matchAll(EXPRESSION)].map(([expression]) => [expression, option] as const)
    ),
  );
  const written = script.text.slice(start, end);
  return [...written.matchAll(EXPRESSION)].flatMap(({ 0: value, index }): CredentialUse[] => {
    const name = options.get(value);
    const secret = /(?<![\w.-])secrets\.(?!GITHUB_TOKEN\b)([\w-]+)/i.exec(value)?.[1];
    if (name === undefined || secret === undefined) return [];
    options.delete(value);
    const at = script.placeOf(start + index, start + index + value.length);
    return [{ source: "option", name, value, holds: "token", secret, scope: "command", at }];
  });
}
