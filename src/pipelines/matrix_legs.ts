import { entriesOf, get, isList, type Located } from "../formats/located.ts";
import type { Surroundings } from "./credentials.ts";
import type { Script } from "./script.ts";
import { readScript, type ScriptContext, type ScriptRead } from "./scripts.ts";
import { textAsSeen } from "./settings.ts";

/** The values of one leg of a job's matrix. */
export type Leg = ReadonlyMap<string, Located>;

/** More of them are not looked at one by one. */
const MOST_LEGS = 20;

/** The legs of a job whose matrix is written out; none where nobody can know them. */
export function legsOf(job: Located): readonly Leg[] {
  const matrix = get(job, "strategy", "matrix");
  const lists = entriesOf(matrix).filter(([key]) => key !== "include");
  const include = get(matrix, "include");
  // What `include` adds to which leg, and what `exclude` takes out, is left to GitHub.
  if (lists.length > 0 && (include || get(matrix, "exclude"))) return [];
  if (lists.length === 0) {
    const legs = isList(include) ? include.value.map((leg) => new Map(entriesOf(leg))) : [];
    return legs.length > MOST_LEGS ? [] : legs;
  }
  let legs: readonly Leg[] = [new Map()];
  for (const [key, values] of lists) {
    if (!isList(values) || values.value.length * legs.length > MOST_LEGS) return [];
    legs = legs.flatMap((leg) => values.value.map((value) => new Map([...leg, [key, value]])));
  }
  return legs;
}

/** What is left out of sight because the matrix decides which program it is. */
const BY_MATRIX = /\$\{\{\s{0,9}matrix\./;

/** A command that runs a script, a task or a target which the matrix names. */
const RUNS_BY_MATRIX =
  /\b(?:npm|pnpm|yarn|bun|vp|run-[sp]|npm-run-all2?|g?make|just|tox|nox)(?:[ \t]{1,9}[\w-]{1,40}){0,4}[ \t]{1,9}["']?(?:[\w:-]{1,40})?\$\{\{\s{0,9}matrix\./;

/** A script read once for each leg of the matrix, where only that tells what is run; else what is read without. */
export async function readInLegs(
  script: Script,
  context: ScriptContext,
  legs: () => readonly Leg[],
): Promise<ScriptRead> {
  const read = await readScript(script, context);
  const isNothing = read.publishes.length + read.unseen.length === 0;
  const isNamed = isNothing
    ? RUNS_BY_MATRIX.test(script.text)
    : read.unseen.some(({ reference }) => BY_MATRIX.test(reference));
  if (!isNamed) return read;
  const reads: ScriptRead[] = [];
  for (const leg of legs()) {
    reads.push(
      await readScript(filledScript(script, leg), { ...context, around: inLeg(context.around, leg) }),
    );
  }
  if (reads.length === 0) return read;
  const { started = [], startedCommands = [] } = isNothing
    ? {
      started: reads.flatMap((each) => each.started ?? []),
      startedCommands: reads.flatMap((each) => each.startedCommands ?? []),
    }
    : read;
  return {
    publishes: distinct(reads.flatMap(({ publishes }) => publishes)),
    unseen: distinct(reads.flatMap(({ unseen }) => unseen)),
    ...started.length > 0 ? { started } : {},
    ...startedCommands.length > 0 ? { startedCommands } : {},
  };
}

/** What is the same in several legs, once. */
function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** What a step of one leg sees. */
function inLeg(around: Surroundings, leg: Leg): Surroundings {
  const env = [...around.env].map(([name, variable]) =>
    [name, { ...variable, value: filled(variable.value, leg).text }] as const
  );
  const inputs = [...around.inputs].map(([name, value]) => [name, filled(value, leg).text] as const);
  return { ...around, env: new Map(env), inputs: new Map(inputs) };
}

/** A script as one leg runs it; its parts stand where they are written. */
function filledScript({ text, placeOf, ...rest }: Script, leg: Leg): Script {
  const { text: own, writtenAt } = filled(text, leg);
  return { ...rest, text: own, placeOf: (start, end) => placeOf(writtenAt(start), writtenAt(end)) };
}

/** An expression that one leg answers. */
const ASKED = /\$\{\{\s{0,9}(?:matrix\.([\w.-]+)|secrets\[\s{0,9}matrix\.([\w.-]+)\s{0,9}\])\s{0,9}\}\}/g;

/** A text with the values of a leg, and where a place of it is written. */
function filled(text: string, leg: Leg): { text: string; writtenAt(offset: number): number } {
  /** Behind each value: how far the text has come, and what is written. */
  const behind = [{ own: 0, written: 0 }];
  let own = "";
  let done = 0;
  for (const { 0: whole, 1: key, 2: secret, index } of text.matchAll(ASKED)) {
    const value = valueIn(leg, key, secret);
    if (value === null) continue;
    own += text.slice(done, index) + value;
    done = index + whole.length;
    behind.push({ own: own.length, written: done });
  }
  return {
    text: own + text.slice(done),
    writtenAt(offset) {
      let [low, high] = [0, behind.length];
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (behind[middle]!.own <= offset) low = middle;
        else high = middle;
      }
      const { own, written } = behind[low]!;
      return Math.min(written + offset - own, behind[high]?.written ?? text.length);
    },
  };
}

/** What an expression comes to in a leg; `null` where that is not sure. */
function valueIn(leg: Leg, key: string | undefined, secret: string | undefined): string | null {
  const [name = "", ...part] = (key ?? secret ?? "").split(".");
  const value = textAsSeen(get(leg.get(name), ...part));
  if (value === "" || value.includes("${{")) return null;
  if (secret === undefined) return value;
  return /^\w+$/.test(value) ? `\${{ secrets.${value} }}` : null;
}
