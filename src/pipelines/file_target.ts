import { joined } from "../formats/shell.ts";
import { SourceText } from "../formats/positions.ts";
import type { Invocation } from "./commands.ts";
import {
  asCommand,
  handsUpload,
  publishingCommand,
  publishingWords,
  saysElsewhere,
  saysPublish,
  textPublishes,
} from "./hints.ts";
import { mentionsPublishing } from "./mentions.ts";
import type { NamedPublish } from "./model.ts";
import { inRepository } from "./places.ts";
import { fileSource, inDirectory, type ProjectSource } from "./project_files.ts";
import type { Files } from "./repository.ts";
import type { Target, TargetContext } from "./targets.ts";

const SHELLS = /^(?:ba|z|da|k)?sh$/;

/** A secret that is called like a registry, or what publishes to one. */
const REGISTRY_SECRET = /\bsecrets\.[\w-]*(?:npm|pypi|maven|sonatype|ossrh|cargo|crates|nuget|rubygems)/i;

/** Whether a source says that it publishes, or starts what does. */
export function mentions({ script }: ProjectSource): boolean {
  return mentionsPublishing(script.text);
}

/** A path beside the action that is being run. */
export function inAction(path: string, action: string | undefined): string {
  const rest = /^(?:\$\{?GITHUB_ACTION_PATH\}?|\$\{\{\s*github\.action_path\s*\}\})\/(.*)$/.exec(path)?.[1];
  return rest === undefined || action === undefined ? path : `$GITHUB_WORKSPACE/${inDirectory(action, rest)}`;
}

/** A file that a command runs, and the shell that it names for it. */
export interface StartedFile {
  readonly path: string;
  /** Empty for a program that is no shell; `null` where the file says it. */
  readonly shell: string | null;
}

/** What a command starts that is a file. */
export async function fileTarget(
  { path: written, shell }: StartedFile,
  invocation: Invocation,
  directory: string | null,
  { files, around }: Pick<TargetContext, "files" | "around">,
): Promise<Target> {
  const { args } = invocation;
  const { path, text } = await fileAt(written, directory, around.checkouts, files);
  const wraps = publishingCommand(args.join(" ")) !== null && !args.includes("--dry-run");
  const says = saysPublish((path ?? written).split("/").at(-1)!);
  const reference = path ?? written;
  // What is installed on the machine is none of the project's.
  if (path?.startsWith("/")) return { reference, sources: null, mayPublish: wraps };
  if (text === null) {
    return {
      reference,
      sources: null,
      mayPublish: says || wraps ||
        !saysElsewhere(reference) && (isHandedToken(invocation, written, around) ||
            args.some((word) => /^(?:publish|upload|release)$/.test(word) || REGISTRY_SECRET.test(word))),
    };
  }
  const source = fileSource(
    text,
    path!,
    directory,
    shell === "" ? "node" : shell,
    argsOf(invocation, written),
  );
  if (!("script" in source)) {
    // A test may say how something is published, and publishes nothing.
    if (isTest(path!)) {
      return { reference, sources: null, mayPublish: wraps };
    }
    const asked = args.includes("publish") && !saysElsewhere(reference);
    const named = says ? publishingWords(text) !== null : textPublishes(text);
    const mayPublish = !onlyChecks(args) && (wraps || asked || named);
    const names = mayPublish && !wraps && named ? namedIn(text, path!) : null;
    // Findings show the lines that they point at.
    if (names) await files.text(path!);
    return { reference, sources: null, mayPublish, ...names ? { names } : {} };
  }
  return { reference, sources: [source], whole: true, mayPublish: wraps || mentions(source) };
}

/** Where a file lies, relative to the root of the repository, and its text; `null` where it is not there, or nobody can know. */
async function fileAt(
  written: string,
  directory: string | null,
  checkouts: readonly string[],
  files: Files,
): Promise<{ readonly path: string | null; readonly text: string | null }> {
  const inWorkspace = written.replace(
    /^\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|CIRCLE_WORKING_DIRECTORY|WORKSPACE|PWD)\}?\//,
    "./",
  );
  const from = inWorkspace === written || /PWD/.test(written) ? directory : ".";
  const path = joined(from, inWorkspace);
  // The repository may lie in a directory of the workspace, and may have one of the same name.
  const below = inRepository(path ?? written, checkouts);
  for (const each of new Set([path === null && below === written ? null : below, path])) {
    const inside = each !== null && !each.startsWith("/") && !each.startsWith("..");
    const text = inside ? await files.peek(each) : null;
    if (text !== null) return { path: each, text };
  }
  return { path, text: null };
}

/** Whether a program that is not there is given a token, by its step, with which one can only publish. */
function isHandedToken(
  { program, args }: Invocation,
  written: string,
  { env }: TargetContext["around"],
): boolean {
  return !/^(?:source|\.)$/.test(program) && !/node_modules\//.test(written) && !isTest(written) &&
    !onlyChecks(args) &&
    [...env].some(([name, { value, scope }]) => OWN.test(scope) && handsUpload(name, value));
}

const OWN = /^(?:step|command)$/;

/** Whether a file calls itself a test, which may say how something is published, or start a script that would. */
export function isTest(path: string): boolean {
  return /(?:^|\/)(?:tests?|__tests__)\/|[._](?:test|spec)\.\w+$/.test(path);
}

/** Whether a program is asked to do nothing yet. */
export function onlyChecks(args: readonly string[]): boolean {
  return args.some((word) => /^(?:check|--check|--dry-run|--help)$/.test(word));
}

/** The words that a script is started with; `null` where the shell that reads it may have others, or calls its functions. */
function argsOf({ program, args }: Invocation, path: string): readonly (string | null)[] | null {
  if (program === "source" || program === ".") return null;
  const words = args.slice(SHELLS.test(program) ? args.indexOf(path) + 1 : 0);
  const known = words.findIndex((word) => /[$`*?[\ue000]/.test(word));
  // One that nobody knows may be several, or none.
  return known < 0 ? words : words.map((word, index) => index < known ? word : null);
}

/** What says in the text of a program that it publishes. */
export function namedIn(text: string, path: string): NamedPublish | null {
  const source = new SourceText(text, path);
  const found = publishingWords(source.body);
  return found &&
    { words: asCommand(found.text), at: source.span(found.index, found.index + found.text.length) };
}
