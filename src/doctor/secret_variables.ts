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

/** Commands that can be given a token as an argument, and in a variable as well. */
const COMMANDS =
  /\b(cargo\s+(?:login|publish)|(?:npm|pnpm|yarn)\s+(?:config\s+set|set|publish)|yarn\s+npm\s+publish|twine\s+upload|uv\s+publish|poetry\s+(?:config|publish)|(?:flit|hatch|pdm|maturin|vsce|ovsx)\s+publish|maturin\s+upload)\b/g;

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
  for (const match of script.matchAll(COMMANDS)) {
    const lineStart = script.lastIndexOf("\n", match.index) + 1;
    if (/^\s*#/.test(script.slice(lineStart, match.index))) continue;
    for (const { name, start, end } of variablesIn(script, lineStart, match.index + match[0].length)) {
      // What the CI itself writes into the script is another matter.
      if (step.interpolations?.some(({ variable }) => variable === name)) continue;
      if (!isSecret(name, { called, job, step })) continue;
      const raw = source.textAt(run.at);
      const written = script.slice(start, end);
      const before = script.slice(0, start).split(written).length;
      const offset = run.at.start.offset - (source.text.length - source.body.length) +
        nth(raw, written, before);
      return {
        command: match[1]!.replace(/\s+/g, " "),
        variable: name,
        at: source.span(offset, offset + written.length),
      };
    }
  }
  return null;
}

/** Where a text stands in another one for the given time. */
function nth(text: string, part: string, time: number): number {
  let at = -1;
  for (let count = 0; count < time; count++) at = text.indexOf(part, at + 1);
  return Math.max(at, 0);
}

/** The variables that the shell fills in from `from` to the end of the command; quotes are those since the beginning of its line. */
function* variablesIn(script: string, lineStart: number, from: number) {
  let quote = "";
  for (let index = lineStart; index < script.length && script[index] !== "\n"; index++) {
    const sign = script[index]!;
    if (sign === "\\" && quote !== "'") index++;
    else if (quote ? sign === quote : sign === '"' || sign === "'") quote = quote ? "" : sign;
    else if (index < from || quote === "'") continue;
    else if (quote === "" && /[;&|<>#]/.test(sign)) return;
    else if (sign === "$") {
      const [written, braced, plain] =
        /^\$(?:env:)?(?:\{(\w+)\}|(\w+))/.exec(script.slice(index, index + 200)) ?? [];
      const option = /(?:^|\s)(?:-u|--user(?:name)?)[\s=]["']?$/.test(script.slice(lineStart, index));
      if (written && !option) yield { name: (braced ?? plain)!, start: index, end: index + written.length };
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
      run !== null && new RegExp(`\\b${name}=|\\bread\\b.*\\b${name}\\b`).test(run.value)
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
