import { sourceIn, type SourceText } from "../formats/positions.ts";
import type { Job, Pipeline, Step } from "../pipelines/model.ts";
import type { Location } from "../problem.ts";
import { variablesAt } from "./variables.ts";

/** A secret that a shell puts into the arguments of a command. */
export interface SecretArgument {
  /** `twine upload` */
  readonly command: string;
  readonly variable: string;
  readonly at: Location;
  /** The command that starts the script; `null` when it stands in the pipeline. */
  readonly startedAt: Location | null;
  /** Where the script asks the shell to print every command with its arguments; `null` where it does not. */
  readonly printedBy: Location | null;
}

/** What may stand between a program and its verb: its version, and options that take no value. */
export const GAP = String
  .raw`(?:(?:@|==)[\w.^~*-]{1,40})?(?:\s{1,40}--?[\w-]{1,30}(?:=\S{0,100})?){0,3}\s{1,40}`;

/** A command that can be given a token as an argument, and in a variable as well. */
const COMMAND = new RegExp(
  String
    .raw`(?:cargo${GAP}(?:login|(?:(?:workspaces|ws)${GAP})?publish)|curl(?=[^\n]{0,400}\bpush\.fury\.io\b)|(?:npm|pnpm|pn|yarn)${GAP}(?:config${GAP}set|set|publish)|yarn${GAP}npm${GAP}publish|twine${GAP}upload|uv${GAP}publish|poetry${GAP}(?:config|publish)|(?:flit|hatch|pdm|maturin|vsce|ovsx)${GAP}publish|maturin${GAP}upload)\b`,
  "y",
);

/** A command without its program's version and the options in front of its verb. */
export function commandOf(written: string): string {
  return written.replace(/(?:@|==)\S+/, "").replace(/\s+-\S+/g, "").replace(/\s+/g, " ");
}

/** Where a script stands that may put a secret into arguments. */
interface Place {
  readonly called: Pipeline;
  readonly job: Job;
  readonly step: Step;
}

/** The first variable with a secret among the arguments of such a command in a step; `null` where there is none. */
export function secretArgument(
  step: Step,
  place: Omit<Place, "step">,
  sources: ReadonlyMap<string, string>,
): SecretArgument | null {
  const script = step.script ?? step.run;
  const source = script && sourceIn(sources, script.at.path);
  if (!script || !source) return null;
  return firstIn(script.value, source, script.at, { ...place, step, file: null });
}

/** The same of the scripts that a step starts and that publish. */
export function secretArgumentsInFiles(
  step: Step,
  place: Omit<Place, "step">,
  sources: ReadonlyMap<string, string>,
): SecretArgument[] {
  const started = new Map(
    step.publishes.flatMap(({ inScript, at }) => inScript ? [[inScript.path, at] as const] : []),
  );
  return [...started].flatMap(([path, startedAt]): SecretArgument[] => {
    const source = OTHER_SCRIPTS.test(path) ? null : sourceIn(sources, path);
    if (!source) return [];
    const all = source.span(0, source.body.length);
    const found = firstIn(source.body, source, all, { ...place, step, file: source.body });
    return found ? [{ ...found, startedAt }] : [];
  });
}

/** Files that hold the scripts of several commands, or none of a shell. */
const OTHER_SCRIPTS =
  /(?:^|\/)(?:(?:GNU)?[Mm]akefile|\.?[Jj]ustfile)$|\.(?:json|ya?ml|mk|just|toml|[cm]?[jt]s|py|rb)$/;

/** A line that asks the shell to print what it runs. */
const PRINTS = /^[ \t]*set[ \t]+(?:-[a-wyz]*x[a-z]*|-o[ \t]+xtrace)\b|^#!.{0,80}\s-[a-wyz]*x[a-z]*[ \t]*$/m;

function firstIn(
  text: string,
  source: SourceText,
  at: Location,
  place: Place & Written,
): SecretArgument | null {
  if (!text.includes("$")) return null;
  // Commands that go on in the next line are one command.
  const script = text.replace(/\\\r?\n/g, (end) => " ".repeat(end.length));
  const begins = at.start.offset - (source.text.length - source.body.length);
  const placeOf = (start: number, end: number) => {
    const written = script.slice(start, end);
    if (!source.textAt(at).includes(written)) return at;
    const offset = begins + nth(source.textAt(at), written, script.slice(0, start).split(written).length);
    return source.span(offset, offset + written.length);
  };
  const asked = new Set<string>();
  for (const { command, name, start, end } of variablesIn(script)) {
    // What the CI itself writes into the script is another matter.
    const interpolated = place.step.interpolations?.some(({ variable }) => variable === name);
    if (asked.has(name) || interpolated) continue;
    if (asked.add(name).size > MOST_VARIABLES) return null;
    if (!isSecret(name, place)) continue;
    const printed = PRINTS.exec(script.slice(0, start));
    return {
      command,
      variable: name,
      at: placeOf(start, end),
      startedAt: null,
      printedBy: printed && placeOf(printed.index, printed.index + printed[0].length),
    };
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
      command = commandOf(found);
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

/** What is known of the script itself. */
interface Written {
  /** What is in a file: there the shell alone fills in; `null` for a step's own script. */
  readonly file: string | null;
}

/** Whether a variable certainly has a secret that somebody has stored. */
function isSecret(name: string, place: Place & Written, depth = 0): boolean {
  const { called, job, file } = place;
  // Everything that may set it before.
  const scripts = [...job.steps.flatMap(({ run }) => run?.value ?? []), ...file === null ? [] : [file]];
  const sets = new RegExp(`\\bread\\b.{0,100}\\b${name}\\b|\\b${name}=(\\S*)`, "g");
  const set = scripts.flatMap((script) => [...script.matchAll(sets)].map(([, value = ""]) => value));
  const value = set[0] ?? variablesAt(place).get(name)?.value;
  const other = /^["']?\$\{?(\w+)\}?["']?;?$/.exec(value ?? "")?.[1];
  const isOther = other !== undefined && other !== name && depth < 3;
  if (set.length > 0) return set.length === 1 && isOther && isSecret(other, place, depth + 1);
  switch (called.vendor) {
    case "github":
      return /^\s*\$\{\{\s*secrets\.(?!GITHUB_TOKEN\b)[\w-]+\s*\}\}\s*$/i.test(value ?? "");
    case "jenkins":
      if (value !== undefined || file === null) {
        return /^credentials\(/.test(value ?? "") && !name.endsWith("_USR");
      }
      return isCalledSecret(name, place);
    default:
      if (isOther) return isSecret(other, place, depth + 1);
      // A variable that no file defines is one of the project or of a context.
      return value === undefined && isCalledSecret(name, place);
  }
}

function isCalledSecret(name: string, { job }: Place): boolean {
  return CALLED_SECRET.test(name) && !BY_CI.test(name) &&
    !job.idTokens.some(({ variable }) => variable === name);
}
