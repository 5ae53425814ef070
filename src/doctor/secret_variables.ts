import { sourceIn } from "../formats/positions.ts";
import type { Job, Pipeline, Step } from "../pipelines/model.ts";
import type { Location } from "../problem.ts";
import { variablesAt } from "./variables.ts";

/** A secret that a shell puts into the arguments of a command. */
export interface SecretArgument {
  /** `twine upload` */
  readonly command: string;
  readonly variable: string;
  readonly at: Location;
}

/** A command that can be given a token as an argument, and in a variable as well. */
const COMMAND =
  /(?:cargo\s{1,9}(?:login|publish)|(?:npm|pnpm|pn|yarn)\s{1,9}(?:config\s{1,9}set|set|publish)|yarn\s{1,9}npm\s{1,9}publish|twine\s{1,9}upload|uv\s{1,9}publish|poetry\s{1,9}(?:config|publish)|(?:flit|hatch|pdm|maturin|vsce|ovsx)\s{1,9}publish|maturin\s{1,9}upload)\b/y;

/** The first variable with a secret among the arguments of such a command in a step; `null` where there is none. */
export function secretArgument(
  step: Step,
  { called, job }: { readonly called: Pipeline; readonly job: Job },
  sources: ReadonlyMap<string, string>,
): SecretArgument | null {
  const { run } = step;
  const source = run && sourceIn(sources, run.at.path);
  if (!run || !source) return null;
  // Commands that go on in the next line are one command.
  const script = run.value.replace(/\\\r?\n/g, (end) => " ".repeat(end.length));
  const asked = new Set<string>();
  for (const { command, name, start, end } of variablesIn(script)) {
    // What the CI itself writes into the script is another matter.
    const interpolated = step.interpolations?.some(({ variable }) => variable === name);
    if (asked.has(name) || interpolated) continue;
    if (asked.add(name).size > MOST_VARIABLES) return null;
    if (!isSecret(name, { called, job, step })) continue;
    const written = script.slice(start, end);
    const before = script.slice(0, start).split(written).length;
    const offset = run.at.start.offset - (source.text.length - source.body.length) +
      nth(source.textAt(run.at), written, before);
    return { command, variable: name, at: source.span(offset, offset + written.length) };
  }
  return null;
}

/** Nobody gives one script more of them. */
const MOST_VARIABLES = 50;

/** Where a text stands in another one for the given time. */
function nth(text: string, part: string, time: number): number {
  let at = -1;
  for (let count = 0; count < time; count++) at = text.indexOf(part, at + 1);
  return Math.max(at, 0);
}

/** The variables that the shell fills in among the arguments of such commands, in order. */
function* variablesIn(script: string) {
  let quote = "";
  let command: string | null = null;
  for (let index = 0; index < script.length; index++) {
    const sign = script[index]!;
    if (sign === "\n" || quote === "" && /[;&|<>]/.test(sign)) {
      command = null;
      if (sign === "\n") quote = "";
    } else if (quote === "" && sign === "#" && /^\s?$/.test(script[index - 1] ?? "")) {
      const end = script.indexOf("\n", index);
      index = (end < 0 ? script.length : end) - 1;
    } else if (sign === "\\" && quote !== "'") index++;
    else if (quote ? sign === quote : sign === '"' || sign === "'") quote = quote ? "" : sign;
    else if (command === null) {
      COMMAND.lastIndex = index;
      const found = quote === "" && !/\w/.test(script[index - 1] ?? "")
        ? COMMAND.exec(script)?.[0]
        : undefined;
      if (found === undefined) continue;
      command = found.replace(/\s+/g, " ");
      index += found.length - 1;
    } else if (sign === "$" && quote !== "'") {
      const [written, braced, plain] =
        /^\$(?:env:)?(?:\{(\w+)(?::?[-?][^{}]*)?\}|(\w+))/.exec(script.slice(index, index + 200)) ?? [];
      const isName = /(?:^|\s)(?:-u|--user(?:name)?)[\s=]["']?$/.test(
        script.slice(Math.max(0, index - 20), index),
      );
      if (written && !isName) {
        yield { command, name: (braced ?? plain)!, start: index, end: index + written.length };
      }
    }
  }
}

/** What people call a variable that has a secret. */
const CALLED_SECRET = /(?:TOKEN|PASS|PASSWORD|PASSWD|SECRET|API_?KEY|AUTH|CREDENTIALS?)$/i;
/** What the CI sets itself. */
const BY_CI = /^(?:CI|CIRCLE|GITLAB)_/;

/** Whether a variable certainly has a secret that somebody has stored. */
function isSecret(name: string, place: { called: Pipeline; job: Job; step: Step }, depth = 0): boolean {
  const { called, job } = place;
  if (
    job.steps.some(({ run }) =>
      run !== null && new RegExp(`\\b${name}=|\\bread\\b.{0,100}\\b${name}\\b`).test(run.value)
    )
  ) {
    return false;
  }
  const value = variablesAt(place).get(name)?.value;
  switch (called.vendor) {
    case "github":
      return /^\s*\$\{\{\s*secrets\.(?!GITHUB_TOKEN\b)\w+\s*\}\}\s*$/i.test(value ?? "");
    case "jenkins":
      return /^credentials\(/.test(value ?? "") && !name.endsWith("_USR");
    default: {
      const other = /^\$\{?(\w+)\}?$/.exec(value ?? "")?.[1];
      if (other !== undefined && other !== name && depth < 3) return isSecret(other, place, depth + 1);
      // A variable that no file defines is one of the project or of a context.
      return value === undefined && CALLED_SECRET.test(name) && !BY_CI.test(name) &&
        !job.idTokens.some(({ variable }) => variable === name);
    }
  }
}
