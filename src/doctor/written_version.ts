import { inside } from "../config/paths.ts";
import { entriesOf } from "../formats/located.ts";
import { literally } from "../formats/literally.ts";
import { joined } from "../formats/shell.ts";
import { plainLine } from "../host/redact.ts";
import { type Invocation, invocations } from "../pipelines/commands.ts";
import { commandsOf } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { Step } from "../pipelines/model.ts";
import type { Location } from "../problem.ts";
import { stepsUntil } from "./before_publishing.ts";
import { startsOwnFiles } from "./own_files.ts";
import type { Publishing, Subject } from "./rule.ts";

/** What may write another version before it is published. */
const WRITES =
  /(?<!--)\bversion\b|package\.json|\bpkg set\b|\bjq\b|bump|changeset|release-it|semantic-release|standard-version|\blerna\b|\bnx\b/i;
const BY_ACTION = /version|bump|release|semver|tag|changeset/;
/** A ref that is handed over: a file of the project that gets one is likely to make a version of it. */
const REF = /\$[{\w. ]{0,60}(?:ref|tag)/i;

/** Whether a script may write a version. */
export function mayWriteVersion(text: string): boolean {
  return WRITES.test(text) || text.split("\n").some((line) => REF.test(line) && startsOwnFiles(line));
}

/** Whether an action may, or something that cannot be read. */
export function isVersionedBy({ uses, unseen }: Step): boolean {
  return unseen.length > 0 || uses !== null && BY_ACTION.test(actionName(uses.value));
}

/** A prerelease that a job writes into the manifest of what it publishes. */
export interface WrittenPrerelease {
  /** The version as written, or what makes one: `npm version prerelease`. */
  readonly version: string;
  /** The tag that goes by its name. */
  readonly tag: string;
  /** Whether a file of the project runs after it, which may write another one. */
  readonly open: boolean;
  /** The filter of tags that lets it through, where the tag is the version; `others`: there are ways in for releases, too. */
  readonly filter?: { readonly pattern: string; readonly others: boolean };
  readonly at: Location;
}

/** What the last command that writes the version makes of it; `"unknown"` where something may write it that cannot be read. */
type Written = WrittenPrerelease | "unknown" | null;

/**
 * The prerelease that is in a manifest for sure when a job publishes it, because a step before has written it there; `null` where
 * nothing has, or where anything else may have since.
 */
export function writtenPrerelease(
  job: Publishing,
  manifest: string,
  subject: Subject,
): WrittenPrerelease | null {
  const scripts = scriptsOf(job, manifest, subject);
  if (scripts.some(mayWriteVersion)) return null;
  let last: Written = null;
  for (const { step, condition } of stepsUntil(job)) {
    const { run } = step;
    if (isVersionedBy(step)) last = "unknown";
    if (run === null) continue;
    const commands = invocations(run.value);
    const places = commandsOf(step, subject.sources);
    const isLast = step.publishes.includes(job.invocation);
    const before = (index: number) =>
      !isLast || places[index]!.at.start.offset < job.invocation.at.start.offset;
    const sure = condition === null && step.continueOnError === null && !ASKS.test(run.value);
    let read = 0;
    for (const [index, command] of commands.entries()) {
      if (!before(index) || index >= places.length) break;
      const found = versionBy(command, run.value);
      if (found === null) continue;
      const own = inDirectory(command, step.directory ?? null) === manifest;
      last = sure && own ? prereleaseIn(found, command, places[index]!.at, job) : "unknown";
      // What a filter has made is moved to its place in the same line.
      const line = run.value.indexOf("\n", command.end);
      read = command.program !== "jq" ? command.end : line < 0 ? run.value.length : line;
    }
    const end = isLast ? commands.findIndex((_, index) => !before(index)) : -1;
    const rest = run.value.slice(read, end < 0 ? undefined : commands[end]!.start).replace(SAID, "");
    if (mayWriteVersion(rest)) last = "unknown";
    else if (last !== null && last !== "unknown" && startsOwnFiles(rest)) last = { ...last, open: true };
  }
  if (last === null || last === "unknown") return null;
  return { ...last, open: last.open || scripts.some(startsOwnFiles) };
}

/** Scripts of a package that its package manager runs by itself. */
const BY_ITSELF = /^(?:pre|post)?(?:version|publish|publishOnly|prepare|pack|install)$/;

/** The scripts of `package.json` that run on the way, as far as their names tell. */
function scriptsOf({ job }: Publishing, manifest: string, { manifests }: Subject): string[] {
  const texts = job.steps.map(({ run }) => run?.value ?? "").join("\n");
  return [...new Set(["package.json", manifest])]
    .flatMap((path) => entriesOf(manifests.get(path)?.root, "scripts"))
    .filter(([name]) =>
      BY_ITSELF.test(name) || new RegExp(`(?<![\\w:-])${literally(name)}(?![\\w:-])`).test(texts)
    )
    .map(([, { value }]) => String(value));
}

/** A script that may leave a command out. */
const ASKS =
  /(?:^|[\s;&|(])(?:if|case|while|until|for|function|test|\[\[?)(?=\s)|\|\||\(\s*\)\s*\{|\b(?:exit|return)\b/;
/** A comment, and what is only said, or left for later steps. */
const SAID = /(?<=^|\s)#.*$|^[ \t]*echo\b[^>\n]*(?:>>[ \t]*"?\$\{?GITHUB_\w+\}?"?[ \t]*)?$/gm;

function inDirectory({ directory }: Invocation, step: string | null): string | null {
  const place = step === null || directory === null ? null : joined(step, directory);
  return place === null ? null : inside(place, "package.json");
}

/** Options of `npm version` that take the next word, and those with which it is about other packages. */
const VALUED = /^(?:-m|--(?:message|preid|loglevel|tag-version-prefix))$/;
const ELSEWHERE = /^(?:-w|-ws|-C|--(?:workspaces?|prefix))(?:=|$)/;

/** Nobody writes a version in more letters. */
const LONGEST = 1000;
const SAVES = /(?:\bmv|\bcp|\bsponge|\btee|>)[^\n|>]{0,200}package\.json/;

/** The version, or the kind of one, that a command writes into `package.json`: `null` where it writes none. */
function versionBy({ program, args }: Invocation, script: string): string | null {
  if (!["npm", "pnpm", "sed", "jq"].includes(program) || args.some((word) => word.length > LONGEST)) {
    return null;
  }
  const words = args.filter((word, index) => !word.startsWith("-") && !VALUED.test(args[index - 1] ?? ""));
  const isNpm = program === "npm" || program === "pnpm";
  const elsewhere = args.some((word) => ELSEWHERE.test(word));
  if (isNpm && words[0] === "version" && words.length > 1) return elsewhere ? "" : words[1]!;
  if (program === "npm" && words[0] === "pkg" && words[1] === "set") {
    const version = words.map((word) => /^version=(.*)$/s.exec(word)?.[1]).find((each) => each !== undefined);
    return version === undefined ? null : elsewhere ? "" : version;
  }
  const edits = args.includes("package.json") || args.includes("./package.json");
  if (program === "sed" && edits && args.some((word) => /^(?:-\w*i|--in-place)/.test(word))) {
    const made = args.map((word) =>
      /"version"\s*:\s*"[^"]*"(?:(?!"version").)*"version"\s*:\s*"([^"]+)"/s.exec(word)?.[1]
    );
    return made.find((each) => each !== undefined) ?? null;
  }
  const saved = program === "jq" && edits && SAVES.test(script);
  return saved ? byFilter(args) : null;
}

/** The version that a filter of jq writes: a text, or a variable with one. */
function byFilter(args: readonly string[]): string | null {
  const [, text, name] =
    args.map((word) => /^\s*\.version\s*=\s*(?:"([^"]*)"|\$(\w+))\s*$/.exec(word)).find((each) => each) ?? [];
  const given = args.findIndex((word, index) => word === name && args[index - 1] === "--arg");
  return text ?? (given < 0 ? null : args[given + 1] ?? null);
}

/** What the shell or GitHub puts in: a variable, a command, an expression. */
const FILLED = /\$\{\{.*?\}\}|\$\((?:[^()]|\([^()]*\))*\)|\$\{?\w+\}?|`[^`]*`|\ue000+/gs;
const KINDS = /^(?:prerelease|prepatch|preminor|premajor)$/;
/** What stands behind numbers, or behind a version that is not known and goes on with a word for prereleases. */
const PRERELEASE =
  /^v?(?:\d+|\0)\.(?:\d+|\0)\.(?:\d+|\0)-\S+$|^\0-(?:alpha|beta|rc|canary|next|nightly|dev|pre|preview|snapshot|experimental|edge|insiders|unstable)\b\S*$/i;

function prereleaseIn(
  written: string,
  { args, variables }: Invocation,
  at: Location,
  job: Publishing,
): WrittenPrerelease | "unknown" {
  const variable = /^\$\{?(\w+)\}?$/.exec(written)?.[1];
  const text = (variable === undefined ? null : variables.get(variable)) ?? written;
  if (KINDS.test(text)) {
    const preid = /(?:^| )--preid[= ](\S+)/.exec(args.join(" "))?.[1];
    return { version: `npm version ${text}`, tag: tagOf(preid ?? ""), open: false, at };
  }
  if (NAME_OF_REF.test(text)) return byFilterOfTags(job, at) ?? "unknown";
  const known = text.replace(FILLED, "\0");
  if (!PRERELEASE.test(known)) return "unknown";
  const word = /-([a-z]+)(?![\w\0])/i.exec(known)?.[1] ?? "";
  return { version: plainLine(text, 60), tag: tagOf(word), open: false, at };
}

/** The name of the tag, with or without its `v`. */
const NAME_OF_REF =
  /^(?:\$GITHUB_REF_NAME|\$\{(?:GITHUB_REF_NAME(?:#v)?|GITHUB_REF#refs\/tags\/v?)\}|\$\{\{\s*github\.ref_name\s*\}\})$/;
/** A word for prereleases behind what stands for numbers. */
const FOR_PRERELEASES = /[\d*+\]]-(alpha|beta|rc|canary|next|nightly|dev|pre|preview)(?![a-z-])/i;

/** The prerelease that a tag is for sure, by a filter which lets nothing else through. */
function byFilterOfTags({ starts }: Publishing, at: Location): WrittenPrerelease | null {
  const patterns = starts.flatMap(({ trigger, ref, publishes }) =>
    ref === "tag" && publishes === "yes" ? trigger.tags ?? [] : []
  );
  const pattern = patterns.find((each) => !each.startsWith("!") && FOR_PRERELEASES.test(each));
  if (pattern === undefined) return null;
  const others = starts.some(({ publishes }) => publishes === "unknown") ||
    patterns.some((each) => !FOR_PRERELEASES.test(each));
  const version = plainLine(pattern, 60);
  return {
    version,
    tag: tagOf(FOR_PRERELEASES.exec(pattern)![1]!),
    open: false,
    filter: { pattern: version, others },
    at,
  };
}

function tagOf(word: string): string {
  return /^[a-z]+$/i.test(word) ? word : "next";
}
