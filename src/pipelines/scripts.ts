import { withLibraries } from "../formats/on_demand.ts";
import { joined } from "../formats/shell.ts";
import { isRefused, type Taken } from "./asked_variables.ts";
import { scriptBefore } from "./asking.ts";
import { DEEPEST_SCRIPT, isSpent, spend, tooMuch } from "./budget.ts";
import type { Location } from "../problem.ts";
import { type Invocation, invocations } from "./commands.ts";
import type { Surroundings, Variable } from "./credentials.ts";
import { isTest } from "./file_target.ts";
import { callsOf, isFunction } from "./function_calls.ts";
import { changesLogin } from "./git_credentials.ts";
import { asCommand, publishingCommand, textPublishes } from "./hints.ts";
import type { NamedPublish, PublishInvocation, StartedCommand, StartedScript, Unseen } from "./model.ts";
import { inRepository } from "./places.ts";
import { settingsLetPublish, withSettings } from "./publisher_settings.ts";
import type { ProjectSource } from "./project_files.ts";
import { published } from "./publishing.ts";
import type { Files } from "./repository.ts";
import { type Interpreter, interpreterOf, type Script, scriptOf } from "./script.ts";
import { commandsIn } from "./started_commands.ts";
import { type Target, targetOf } from "./targets.ts";

export { type Interpreter, interpreterOf, type Script, scriptOf };

/** Where a script stands, and how it is run. */
export interface ScriptContext extends Interpreter {
  readonly files: Files;
  readonly around: Surroundings;
  /** Where it starts, relative to the root (`.`); `null` where nobody can know. */
  readonly directory: string | null;
  /** Where the action lies that the script is a part of; absent for one of a pipeline. */
  readonly action?: string;
  /** Where the file lies that the script is; absent where it is no file of its own. */
  readonly own?: string;
  /** Whether the file is a test. */
  readonly isTest?: boolean;
  /** What the scripts that have started it have taken in; absent where none has. */
  readonly taken?: Taken;
}

/** What a script comes to. */
export interface ScriptRead {
  readonly publishes: readonly PublishInvocation[];
  /** What it starts that may publish and cannot be read. */
  readonly unseen: readonly Unseen[];
  /** What it starts and a shell reads; absent where there is nothing. */
  readonly started?: readonly StartedScript[];
  /** The commands in there that rules ask about; absent where there are none. */
  readonly startedCommands?: readonly StartedCommand[];
  /** The scripts of the project among it that may leave a credential behind, with what they see; absent where there are none. */
  readonly leaving?: readonly Script[];
}

/** What only scripts name that deal with credentials. */
const CREDENTIAL = /auth|token|login|passw|credential|secret|npmrc|pypirc|GITHUB_ENV/i;
/** Nobody starts more of them. */
const MOST_LEAVING = 30;

/** Only a script with one of these can publish, or start something that does; most have none, and parsing is what costs. */
const WORTH_PARSING = [
  /publi[sb]|upload|release(?!s\/)|deploy|\bpush|keyless|archives\b|sonatype|shipit|canary|\bnp\b|\beval\b|\bsource\b/i,
  // Package managers with a script's name, and programs with a file's or a target's.
  /\bnpm (?:\S+ ){0,8}(?:run|run-script|rum|urn|test|t|tst|start|stop|restart)\b|\bvp run |\b(?:run-[sp]|npm-run-all2?) |\b(?:yarn|pnpm|bun)(?= +(?!(?:install|add|i|cache|config|set|global|--version)\b)\S)/,
  /\buv run (?:\S{1,100} ){0,8}(?:-m|--module) /,
  /\b(?:deno|node|tsx|ts-node|g?make|just|tox|nox|python[\d.]*(?! -m (?:pip|venv|pytest|unittest)\b)|ruby|perl|php)(?!\S)/,
  /(?:^|[;&|({]|\b(?:sudo|bash|sh|zsh|env|time|exec|call|then|do|else|timeout \S{1,40}|[A-Z_]{1,60}=\S{0,200}))[ \t]{0,20}["']?(?:\$\{?\{?[\w. ]{1,60}\}?\}?\/|\.{0,2}\/)?[\w.@-]{1,100}\/\w/im,
  /(?:^|[\s;&|(/"'])[\w.-]+\.(?:sh|bash|ps1|cmd|bat|[cm]?js|ts|py)\b|^[ \t]*\.\s/im,
];

/** What a script publishes, by itself and by the scripts of the project that it starts, and those that they start. */
export async function readScript(script: Script, context: ScriptContext): Promise<ScriptRead> {
  return await read(script, context, null);
}

/** The command in the pipeline that starts the script; `null` for a script of the pipeline itself. */
type Starter = PublishInvocation["at"] | null;

/** The scripts that are being read, each started by the one before. */
type Trail = readonly ProjectSource[];

/** `ahead`: the texts that are run before it; `null` where nobody can know, and in the pipeline itself. */
async function read(
  script: Script,
  context: ScriptContext,
  starter: Starter,
  ahead: readonly string[] | null = null,
  trail: Trail = [],
): Promise<ScriptRead> {
  const { shell, options } = context;
  if (shell === null) return { publishes: [], unseen: foreign(script, starter) };
  if (!WORTH_PARSING.some((pattern) => pattern.test(script.text)) || rehearses(script, context)) {
    return { publishes: [], unseen: [] };
  }
  const publishes: PublishInvocation[] = [];
  const unseen: Unseen[] = [];
  const started: StartedScript[] = [];
  const startedCommands: StartedCommand[] = [];
  const leaving = new Map<string, Script>();
  let { around } = context;
  let taken: Taken = context.taken === null ? null : [...context.taken ?? []];
  const commands = await withLibraries(() => invocations(script.text, shell, options));
  const unread = (reference: string, own: Location, names?: NamedPublish) => {
    const where = starter ? { at: starter, inScript: own } : { at: own };
    unseen.push({ reference, ...where, ...names ? { names } : {} });
  };
  if (starter) spend(context.files, "followed", commands.length);
  for (const invocation of commands) {
    if (isSpent(context.files, "publishes")) {
      return { publishes, unseen: [...unseen, ...foreign(script, starter)] };
    }
    if (isRefused(invocation.asked, around, script.text, taken)) continue;
    const directory = placed(context.directory, invocation.directory, context.around.checkouts);
    const early = invocation.script ? await targetOf(invocation, directory, context) : null;
    const seen = early?.sources
      ? null
      : published(invocation, { ...context, around, placeOf: script.placeOf });
    if (seen) {
      const publish = await withSettings(seen, context.files);
      const answer = invocation.doubtful ? "unknown" : await settingsLetPublish(publish, context.files);
      const at = starter ?? publish.at;
      const before = ahead ? { before: [...ahead, scriptBefore(script.text, invocation.start)] } : {};
      if (answer === "yes") {
        publishes.push(starter ? { ...publish, at, inScript: publish.at, ...before } : publish);
      }
      spend(context.files, "publishes", 1);
      if (answer === "unknown") unread(invocation.doubtful ? publish.at.path : publish.client, publish.at);
      continue;
    }
    const target = early ?? await targetOf(invocation, directory, context);
    if (TAKES_IN.test(invocation.program)) taken = takenWith(taken, target);
    if (!target || context.isTest || isFunction(invocation, script)) continue;
    const at = script.placeOf(invocation.start, invocation.end);
    const spent = isSpent(context.files, "followed");
    if (trail.length >= DEEPEST_SCRIPT || !target.sources || spent) {
      const reference = target.mayPublish
        ? target.reference
        : spent && tooMuch(context.files, target.reference);
      if (reference) unread(reference, at, target.names);
      continue;
    }
    const before = !starter ? [] : ahead && [...ahead, scriptBefore(script.text, invocation.start)];
    const here = { ...context, around, taken: target.whole ? taken : null };
    const behind = TAKES_IN.test(invocation.program) ? script.text.slice(invocation.end) : null;
    const found = await followed(target, invocation, commands, here, starter ?? at, before, trail, behind);
    for (const each of found.startedCommands ?? []) startedCommands.push(each);
    for (const each of found.leaving ?? []) {
      if (leaving.size >= MOST_LEAVING || leaving.has(each.text)) continue;
      leaving.set(each.text, each);
      around = { ...around, scripts: [...around.scripts, each] };
    }
    // What it takes in fails where its functions are called.
    const tolerated = invocation.tolerated && !invocation.sourced;
    const swallows = starter !== null && tolerated ? { toleratedIn: at } : {};
    for (const { script: { text }, shell } of target.sources) {
      if (shell === "posix") started.push({ text, at });
    }
    // Findings show the lines that they point at.
    for (const { inScript } of [...found.publishes, ...found.unseen]) {
      if (inScript) await context.files.text(inScript.path);
      if (inScript && starter) await context.files.text(at.path);
    }
    const all = starter ? found.publishes : eachOnce(found.publishes);
    publishes.push(...all.map((each) =>
      each.tolerated ? each : {
        ...each,
        tolerated,
        ...swallows,
      }
    ));
    for (const each of found.unseen) unseen.push(each);
    // A wrapper that runs what its words are.
    if (found.publishes.length + found.unseen.length === 0 && publishingCommand(invocation.args.join(" "))) {
      unread(target.reference, at);
    }
  }
  return {
    publishes,
    unseen,
    ...started.length > 0 ? { started } : {},
    ...startedCommands.length > 0 ? { startedCommands } : {},
    ...leaving.size > 0 ? { leaving: [...leaving.values()] } : {},
  };
}

const TAKES_IN = /^(?:source|\.|eval)$/;

/** What a script has taken in once it has taken in another one; what that one takes in is not looked at. */
function takenWith(taken: Taken, target: Target | null): Taken {
  const texts = target?.sources?.map(({ script }) => script.text);
  return !taken || !texts || texts.some((text) => /^[ \t]*(?:source|\.|eval)[ \t]/m.test(text))
    ? null
    : [...taken, ...texts];
}

/** Whether a script asks a variable that its caller has set, and that says that nothing is to be published. */
function rehearses({ text }: Script, { around }: Pick<ScriptContext, "around">): boolean {
  if (!/dry_?run/i.test(text)) return false;
  return [...text.matchAll(/\$\{?(\w{0,60}dry_?run)\b/gi)].some(([, name]) =>
    /^(?:1|true|yes|on)$/i.test(around.env.get(name!)?.value ?? "")
  );
}

/** Scripts that start each other may come to one command on several ways. */
function eachOnce(publishes: readonly PublishInvocation[]): PublishInvocation[] {
  const key = ({ inScript, args, directory }: PublishInvocation) =>
    JSON.stringify([inScript?.path, inScript?.start.offset, args, directory]);
  return [...new Map(publishes.toReversed().map((each) => [key(each), each])).values()].toReversed();
}

/** `behind`: what stands behind the command in its script, where that takes the other one in. */
async function followed(
  target: Target,
  invocation: Invocation,
  commands: readonly Invocation[],
  context: ScriptContext,
  at: PublishInvocation["at"],
  ahead: readonly string[] | null,
  trail: Trail,
  behind: string | null,
): Promise<ScriptRead> {
  const publishes: PublishInvocation[] = [];
  const unseen: Unseen[] = [];
  const startedCommands: StartedCommand[] = [];
  const env = new Map(context.around.env);
  for (const [name, value] of [...invocation.variables, ...invocation.env]) {
    if (value === null) env.delete(name);
    else env.set(name, { value, scope: "command", at: null } satisfies Variable);
  }
  // What a script itself writes is nearer than what others have.
  const scripts = [...(target.sources ?? []).map(({ script }) => script), ...context.around.scripts];
  const before: string[] = [];
  const leaving: Script[] = [];
  for (const source of target.sources ?? []) {
    const { script, shell, options, directory, file } = source;
    // Those that start each other in a circle say nothing new.
    if (trail.some((each) => isSame(each, source))) continue;
    const seen = {
      files: context.files,
      around: { ...context.around, env, scripts },
      taken: context.taken ?? null,
    };
    if (target.whole && !rehearses(script, seen)) {
      for (const each of await commandsIn(source, behind, seen)) {
        startedCommands.push({ ...each, startedAt: at });
      }
    }
    const found = await read(
      script,
      {
        ...seen,
        shell,
        options: shell === "powershell"
          ? { ...options, calls: callsOf(invocation, script, commands) }
          : options,
        directory,
        ...file === undefined ? {} : { own: directoryOf(file), isTest: isTest(file) },
      },
      at,
      target.whole && ahead ? [...ahead, ...before] : null,
      [...trail, source],
    );
    before.push(script.text);
    publishes.push(...found.publishes);
    for (const each of found.unseen) unseen.push(each);
    for (const each of found.startedCommands ?? []) startedCommands.push(each);
    const isCredential = CREDENTIAL.test(script.text);
    // Findings show the lines that they point at, and rules ask what gives git another login.
    if (file !== undefined && (isCredential || changesLogin(script.text))) await context.files.text(file);
    if (isCredential) {
      leaving.push({ ...script, sees: { ...context.around, env, scripts: [] } });
    }
    leaving.push(...found.leaving ?? []);
  }
  return { publishes, unseen, leaving, startedCommands };
}

/** Whether two sources are one script with the same words. */
function isSame(one: ProjectSource, other: ProjectSource): boolean {
  return one.script.text === other.script.text && one.directory === other.directory &&
    `${one.options.args}` === `${other.options.args}`;
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))) || ".";
}

/** Where a command runs, relative to the root. */
function placed(from: string | null, to: string | null, checkouts: readonly string[]): string | null {
  const path = inRepository(to === null ? null : joined(from, to), checkouts);
  return path === null || path.startsWith("/") || path.startsWith("..") ? null : path;
}

/** A script in a language that is not read here, or that is not read to its end. */
function foreign({ text, placeOf }: Script, starter: Starter): Unseen[] {
  if (!textPublishes(text)) return [];
  const found = publishingCommand(text) ?? { text: text.trim().split("\n")[0]!, index: text.search(/\S/) };
  const reference = asCommand(found.text);
  const own = placeOf(found.index, found.index + found.text.length);
  return [starter ? { reference, at: starter, inScript: own } : { reference, at: own }];
}
