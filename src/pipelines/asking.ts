import type { Location } from "../problem.ts";
import type { WithSecrets } from "./given_secrets.ts";
import type { Pipeline, PublishInvocation, Setting } from "./model.ts";
import type { PublishingJob } from "./publishing_jobs.ts";

/** Conditions of a script: of a shell, and of PowerShell. In `npm test` nothing is asked. */
const CONDITIONS =
  /(?:^|[\s;&|('"])(?:if|case|(?<![\w-][ \t])test|unless|elif|\[\[?)(?=[\s(])|\bswitch\s*\(|\|\||\bexit\b/;
/** Programs that do something; what others say before an `&&` may be the answer to a question. */
const WORKS =
  /^(?:npm|pnpm|yarn|bun|npx|cargo|pip3?|python3?|uv|poetry|hatch|maturin|twine|make|\.\/gradlew|mvn|gem|bundle|dotnet|go|rustup|corepack|apt|apt-get|apk|yum|dnf|brew|choco|tar|unzip|chmod|sed|cat|ls|pwd|touch|sleep|cd|cp|mv|rm|mkdir|echo|printf|export|source|git (?:add|commit|push|pull|fetch|checkout|config))(?![\w-])(?!.*\s(?:-c|view|info|show)\b)/;
/** The head of a function, in either language. */
const FUNCTION = /\(\s{0,9}\)\s{0,99}\{|\bfunction\s[^{]{1,200}\{/gi;
/** What a script knows of the run that it is in. */
const RUN = /\bGITHUB_(?:REF|HEAD_REF|BASE_REF|EVENT)|\bgithub\.(?:event|ref|head_ref|base_ref)/;

const INPUT = String.raw`(?:github\.event\.)?inputs\.[\w-]{1,100}`;
const REF = String.raw`github\.(?:ref|ref_name|event\.release\.tag_name)`;
const EVENT = String.raw`github\.event_name\s{0,9}==\s{0,9}'\w{1,40}'`;
/** What people write who start the run, alone or in place of the ref: that says nothing of what runs of other events are for. */
const BY_HAND = new RegExp(
  String
    .raw`\$\{\{\s{0,9}(?:${EVENT}\s{0,9}&&\s{0,9})?(?:${INPUT}(?:\s{0,9}\|\|\s{0,9}${REF})?|${REF}\s{0,9}\|\|\s{0,9}${INPUT})\s{0,9}\}\}`,
  "g",
);

/** What a script of the project may ask without a condition: what it is run for, or what ends it where that is not there. */
const RUN_OF_SCRIPT =
  /branch|(?<!--)tag|(?<![a-z])ref(?![a-z])|_EVENT|-exact-match|\$\{\w{1,99}:?\?|\bthrow\b|\b(?:check|verify|assert|ensure|guard)[-_:]\w/i;
/** An argument that may be any option, or none. */
const SOME_OPTION =
  /^(?:\$\{?(?:[@*]|\w*(?:arg|opt|flag|extra|dry|param)\w*)(?![a-z]).*|\$\{\w+:?\+.*|\ue000+)$/i;

/** Whether something may leave the publishing out that is no `if:`: what scripts ask, or an input that an expression decides. */
export function mayRefrain(job: PublishingJob, as: WithSecrets["script"] = (script) => script): boolean {
  const { called, step, invocation } = job;
  if (scriptMayRefrain(invocation, as) || step.inner.length > 0) return true;
  if ([...step.with.values()].some(({ value }) => value.includes("${{") && RUN.test(value))) return true;
  // What stands behind the command decides nothing about it: `npm publish || true` publishes.
  if (step.run !== null && asks(as(textBefore(step.run, invocation.at, called)))) return true;
  // A check that ends the run where it is not one for a release.
  return called.jobs.flatMap(({ steps }) => steps).some(({ run }) =>
    run !== null && RUN.test(run.value) && /\bexit [1-9]/.test(run.value)
  );
}

/** Whether the script of the project in which a command stands may leave it out; of one in the pipeline that is asked elsewhere. */
export function scriptMayRefrain(
  { inScript, before, args }: PublishInvocation,
  as: WithSecrets["script"] = (script) => script,
): boolean {
  if (inScript === null) return false;
  return before === undefined || args.some((word) => SOME_OPTION.test(word)) ||
    before.map((text) => text.replace(/^[ \t]*#.*$/gm, "")).some((text) =>
      RUN_OF_SCRIPT.test(text) || asks(as(text.search(FUNCTION) < 0 ? withoutClosed(text) : text))
    );
}

/** More blocks inside of one another than anybody writes. */
const MOST_BLOCKS = 10;

/** A script of a shell without its blocks that end before its end, and end nothing. */
function withoutClosed(script: string): string {
  let left = script;
  for (let depth = 0; depth < MOST_BLOCKS; depth++) {
    const next = left.replace(
      /(?<=^|[\s;&|(])if\s(?:(?!(?<=[\s;&|(])(?:if|fi)(?![\w-]))[^])*(?<=[\s;])fi(?![\w-])/g,
      (block) => /\b(?:exit|return|exec|kill|set|trap|cd|continue|break)\b/.test(block) ? block : "",
    );
    if (next === left) break;
    left = next;
  }
  return left;
}

/** What stands before a command in a script: all of it where the command is in a function, which other lines call. */
export function scriptBefore(text: string, start: number): string {
  const before = text.slice(0, start);
  return isInFunction(before) ? text : before;
}

/** Whether the step's script asks anything before it publishes. */
export function asksBefore({ step, invocation, called }: PublishingJob): boolean {
  return step.run !== null && asks(textBefore(step.run, invocation.at, called));
}

/** Whether it asks there, or its action is told, which ref or event the run is for, or a step of the job ends it by that: then it is not for all of them. */
export function asksForRun(job: PublishingJob): boolean {
  const { called, step } = job;
  if ([...step.with.values()].some(({ value }) => isOfRun(value))) return true;
  const ends = job.job.steps.some(({ run, condition, continueOnError }) =>
    run !== null && condition === null && !continueOnError && /\bexit [1-9]/.test(run.value) &&
    isOfRun(run.value)
  );
  if (ends) return true;
  const script = step.run && asksBefore(job) ? textBefore(step.run, job.invocation.at, called) : "";
  return isOfRun(script) ||
    [called.env, job.job.env, step.env].some((settings) =>
      [...settings.values()].some(({ name, value }) => script.includes(name) && isOfRun(value))
    );
}

/** Whether a text says something of the run that only the event and its ref decide. */
function isOfRun(text: string): boolean {
  return RUN.test(text.replace(BY_HAND, ""));
}

/** Whether a script asks anything. */
export function asks(script: string): boolean {
  if (CONDITIONS.test(script)) return true;
  const joined = script.replace(/\\\r?\n|\d?>&\d/g, " ");
  return joined.split("&&").slice(0, -1).some((part) => {
    const command = part.split(/[\n;|&]/).at(-1)!.replace(/^(?:["'({\s]|(?:do|then|sudo|\w+=\S*)\s)+/, "");
    return command !== "" && !WORKS.test(command);
  });
}

/** What a script holds before a place, as the file has it; all of it where the place is elsewhere, or in a function, which other lines call. */
function textBefore({ value, at }: Setting, place: Location, { path, text }: Pipeline): string {
  if (at.path !== path || place.path !== path) return value;
  const before = text.slice(at.start.offset, Math.max(place.start.offset, at.start.offset));
  return isInFunction(before) ? value : before;
}

function isInFunction(before: string): boolean {
  const head = [...before.matchAll(FUNCTION)].at(-1);
  const braces = head ? before.slice(head.index).replace(/[^{}]/g, "") : "";
  return braces.split("{").length > braces.split("}").length;
}
