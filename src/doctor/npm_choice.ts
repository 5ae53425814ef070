import { intersects, subset, validRange } from "../formats/version_range.ts";
import type { Answer, Setting, Step } from "../pipelines/model.ts";
import type { PlacedCommand } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import { asksBefore } from "../pipelines/asking.ts";
import type { Location } from "../problem.ts";
import { commandsBefore, stepsUntil } from "./before_publishing.ts";
import { commandText, requestedVersion } from "./client_choice.ts";
import type { Publishing, Subject } from "./rule.ts";
import { variablesAt } from "./variables.ts";

/** A version of npm that a job may publish with, by what decides it. */
export interface NpmChoice {
  /** `Node 20`, `npm 8` */
  readonly name: string;
  /** Whether it can be one that uses OIDC. */
  readonly fits: boolean;
  /** The range of versions of Node, or of npm itself, that decides it. */
  readonly range: string;
  readonly tool: "node" | "npm";
  readonly at: Location;
  /** The file that the step takes the version from, where it stands in one. */
  readonly file: Location | null;
  /** The step's setting that is the version, where it is one. */
  readonly setting: Setting | null;
  /** Whether it is that of some legs of the job's matrix. */
  readonly leg: boolean;
}

/** The first npm that exchanges the OIDC token of this CI, for what the step does. */
export function firstNpm({ pipeline, invocation }: Publishing): keyof typeof NODES {
  if (invocation.args[0] === "stage") return "11.15.0";
  return pipeline.vendor === "circleci" ? "11.11.0" : "11.5.1";
}

/** The versions of Node that bring such an npm, as far as that is known: 24.14.0 has 11.9.0, 24.17.0 and 26.2.0 have 11.13.0. */
const NODES = {
  "11.5.1": ">=24.5.0",
  "11.11.0": ">=24.14.1",
  "11.15.0": "^24.18.0 || ^25.0.0 || >=26.3.0",
} as const;

/** The first version of Node that brings such an npm. */
export function firstNode(job: Publishing): string {
  return NODES[firstNpm(job)].split(" ")[0]!.replace(/^\D+/, "");
}

/** Names of the lines of Node that are supported for long, by their number. */
const LTS = new Map(
  "argon boron carbon dubnium erbium fermium gallium hydrogen iron jod krypton".split(" ")
    .map((name, index) => [name, `${4 + 2 * index}`]),
);

/** Every npm that a step may find; `"unsaid"` where nothing in the job says which, `null` where nobody can know. */
export function npmChoices(job: Publishing, subject: Subject): readonly NpmChoice[] | "unsaid" | null {
  const requested = requestedVersion("npm", job, subject);
  if (requested) return one(npmChoice(requested.version, requested.at, firstNpm(job)));
  const changed = changesElsewhere(subject) || /\bcorepack\b/.test(commandText(job, subject));
  if (changed) return null;
  const last = [...changesOf(job, subject)].at(-1);
  return last ? last.after : inImage(job);
}

/** An npm that a job installs, and the Node that is there then. */
export interface NpmInstalled {
  readonly npm: NpmChoice;
  readonly nodes: readonly NpmChoice[];
}

/** Every npm that a job certainly installs before it publishes, where the Node that runs it is known. */
export function npmInstalls(job: Publishing, subject: Subject): NpmInstalled[] {
  return [...changesOf(job, subject)].flatMap(({ before, change, sure }) => {
    const npm = Array.isArray(change) && change[0]?.tool === "npm" ? change[0] : null;
    const nodes = Array.isArray(before) ? before : [];
    return sure && npm && nodes.length > 0 && nodes.every(({ tool }) => tool === "node")
      ? [{ npm, nodes }]
      : [];
  });
}

/** Those of the choices that do not do, where they are legs of a matrix in each of which the step runs; none otherwise. */
export function unfitLegs(
  publishing: Publishing,
  choices: readonly NpmChoice[],
  does: (choice: NpmChoice) => boolean,
): readonly NpmChoice[] {
  const [first] = choices;
  if (!choices.every(({ leg, at }) => leg && at === first!.at)) return [];
  const { job, step } = publishing;
  const asked = [job.condition, step.condition, step.run, ...step.env.values(), ...step.with.values()];
  // What differs from leg to leg, or may.
  const differs = asked.some((setting) => /\b(?:matrix|strategy|steps|env)\b/.test(setting?.value ?? ""));
  return differs || step.inner.length > 0 || asksBefore(publishing)
    ? []
    : choices.filter((choice) => !does(choice));
}

type Choices = ReturnType<typeof npmChoices>;

/** What happens to the npm that is found, step by step. */
function* changesOf(job: Publishing, subject: Subject) {
  let before = inImage(job);
  for (const { step, condition } of stepsUntil(job)) {
    for (const change of effectsOf(step, job, subject)) {
      const after = condition ? either(before, change) : change;
      yield { before, change, after, sure: condition === null && step.continueOnError === null };
      before = after;
    }
  }
}

function either(one: Choices, other: Choices): Choices {
  return Array.isArray(one) && Array.isArray(other) ? [...one, ...other] : null;
}

/** Images of Node and of CircleCI say which version they have. */
function inImage(job: Publishing): Choices {
  const { container } = job.job;
  if (!container) return "unsaid";
  const version = /^(?:docker\.io\/)?(?:library\/)?(?:cimg\/)?node:(\d[\d.]*)(?![\w.])/.exec(container.value)
    ?.[1];
  return version === undefined ? null : one(nodeChoice(version, container.at, firstNpm(job)));
}

/** What a step does to the npm that is found, in order. */
function effectsOf(step: Step, job: Publishing, subject: Subject): Choices[] {
  if (step.uses) return ofAction(step, step.uses, job, subject);
  const own = commandsBefore(step, job, subject.sources).flatMap((command) => {
    const installed = ofCommand(command, firstNpm(job));
    return installed === undefined ? [] : [installed];
  });
  return step.run && OTHER_WAYS.test(step.run.value) ? [...own, null] : own;
}

/** Managers of versions, and changes of where programs are looked for. */
const OTHER_WAYS =
  /\b(?:nvm|fnm|volta|asdf|mise|proto|nodenv|nodebrew|devbox|nix(?:-shell)?|corepack (?:enable|use|up|install|prepare)(?: +[\w@.:-]+)* +npm|n (?:\d|lts|latest|install))\b|GITHUB_PATH|\bPATH=|nodesource|nodejs\.org\/dist|npmjs\.(?:com|org)\/install\.sh|\b(?:apt|apt-get|brew|yum|dnf|apk|choco|winget|snap)\b[^\n]{0,300}\b(?:node|nodejs|npm)\b|\b(?:yarn|pnpm|bun) [^\n]*\b(?:global|-g)\b[^\n]*\bnpm\b/;
/** Names of actions that may set up another Node or npm. */
const OTHER_ACTIONS =
  /node|npm|nvm|volta|mise|asdf|nix|devbox|hermit|proto|pkgx|environment|setup|install|prepare|bootstrap/;
/** Actions with such names that leave both alone, beside those of GitHub. */
const SPARING =
  /^(?:pnpm\/action-setup|oven-sh\/setup-bun|denoland\/setup-deno|astral-sh\/setup-uv|ruby\/setup-ruby|bahmutov\/npm-install|taiki-e\/install-action|moonrepo\/setup-rust|docker\/setup-[\w-]+|actions-rust-lang\/setup-rust-toolchain|[\w-]+\/setup-(?:go|java|python|rust|zig|dart|gcloud|terraform|chrome|firefox|kubectl|helm|protoc|buf|just|task|gradle|php|dotnet))$/;

function ofAction(
  { with: inputs, inner }: Step,
  uses: Setting,
  job: Publishing,
  subject: Subject,
): Choices[] {
  const name = actionName(uses.value);
  if (name === "actions/setup-node") {
    const version = inputs.get("node-version");
    const file = inputs.get("node-version-file");
    if (version && version.value !== "") return [ofSetting(version, job)];
    return file && file.value !== "" ? [ofFile(file, job, subject)] : [];
  }
  if (inner.length > 0 || /^(?:actions|github)\//.test(name) || SPARING.test(name)) return [];
  return name.startsWith(".") || name.startsWith("$") || OTHER_ACTIONS.test(name) ? [null] : [];
}

function ofSetting(setting: Setting, job: Publishing): Choices {
  const first = firstNpm(job);
  if (!setting.value.includes("${{")) return one(nodeChoice(setting.value, setting.at, first, { setting }));
  const variable = /^\s*\$\{\{\s*env\.(\w+)\s*\}\}\s*$/.exec(setting.value)?.[1];
  const leg = variable === undefined;
  const values = leg
    ? job.job.byMatrix?.(setting.value) ?? null
    : [variablesAt(job).get(variable)?.value ?? "${{"];
  const choices = values?.map((value) => nodeChoice(value, setting.at, first, { leg })) ?? [null];
  return choices.every((each) => each !== null) ? choices : null;
}

function ofFile(setting: Setting, job: Publishing, { settings }: Subject): Choices {
  const path = setting.value.replace(/^\.\//, "");
  const stated = settings.versions.find(({ tool, at }) => tool === "node" && at.path === path);
  return stated ? one(nodeChoice(stated.version, setting.at, firstNpm(job), { file: stated.at })) : null;
}

function one(choice: NpmChoice | null): Choices {
  return choice && [choice];
}

/** Whether a choice is npm 11 or newer, which Node 24 brings. */
export function isNpm11({ tool, range }: NpmChoice): Answer {
  const wanted = tool === "npm" ? ">=11" : ">=24";
  return subset(range, wanted) ? "yes" : intersects(range, wanted) ? "unknown" : "no";
}

/** Whether a choice may be npm 6 or older, which Node 14 brings. */
export function mayBeNpm6({ tool, range }: NpmChoice): boolean {
  // Of what is left open the newest is taken.
  return range !== "*" && intersects(range, tool === "npm" ? "<7" : "<15");
}

/** The npm that comes with a version of Node, as setup-node understands it; `null` for a word that it may understand otherwise. */
function nodeChoice(
  written: string,
  at: Location,
  first: keyof typeof NODES,
  { file = null, setting = null, leg = false }: Partial<Pick<NpmChoice, "file" | "setting" | "leg">> = {},
): NpmChoice | null {
  const word = written.trim().replace(/^v/, "").toLowerCase();
  const version = LTS.get(word.replace(/^lts\//, "")) ?? word;
  const newest = /^(?:lts\/\*|latest|node|current|stable)$/.test(version);
  const range = newest ? "*" : validRange(version);
  if (range === null || version === "") return null;
  const fits = intersects(range, NODES[first]);
  return { name: `Node ${word}`, fits, range, tool: "node", at, file, setting, leg };
}

/** The npm that a command installs; `undefined` when it installs none, `null` where nobody knows which. */
function ofCommand({ program, args, at }: PlacedCommand, first: string): Choices | undefined {
  const global = args.some((word) => /^(?:-g|--global|--location=global)$/.test(word));
  const verb = args.find((word) => !word.startsWith("-")) ?? "";
  if (program !== "npm" || !global || !/^(?:i|in|ins|install|add|up|update|upgrade)$/.test(verb)) {
    return undefined;
  }
  const word = args.find((each) => /^npm(?:@|$)/.test(each));
  return word === undefined ? undefined : one(npmChoice(word.slice("npm@".length) || "latest", at, first));
}

/** A version, range or tag of npm itself. */
function npmChoice(version: string, at: Location, first: string): NpmChoice | null {
  const tag = /^(?:next|latest)(?:-(\d+))?$/.exec(version);
  const range = tag ? tag[1] ?? "*" : validRange(version);
  if (range === null) return null;
  const fits = intersects(range, `>=${first}`);
  return { name: `npm ${version}`, fits, range, tool: "npm", at, file: null, setting: null, leg: false };
}

/** Whether a script of the project may install another npm: which of them run before is not known. */
function changesElsewhere({ sources }: Subject): boolean {
  return [...sources].some(([path, text]) =>
    !/\.ya?ml$/.test(path) &&
    /\bnpm[^\n;&|]{0,300}(?:\s-g\b|--global\b)[^\n;&|]{0,300}\bnpm\b|\bnvm (?:use|install)\b|\bcorepack (?:enable|prepare) npm\b/
      .test(text)
  );
}
