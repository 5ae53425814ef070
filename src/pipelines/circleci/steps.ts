import { entriesOf, get, isList, isTable, isText, type Located, textOf } from "../../formats/located.ts";
import type { Answer, Unseen } from "../model.ts";
import { isOrbOfReports, soundsLikeOtherWork, soundsLikePublishing } from "../outside.ts";
import { all, negated, truthOf } from "./conditions.ts";
import { type Parameters, withParameters } from "./parameters.ts";
import { givenBy, lookedUp, parametersOf } from "./scope.ts";

/** A step that runs a script, checks the repository out, or one of an orb that nobody can read from here. */
export interface Expanded {
  /** What stands behind `run:`; `undefined` for the others. */
  readonly run: Located | undefined;
  /** The directory into which it checks the repository out. */
  readonly checkout?: string;
  readonly parameters: Parameters;
  readonly live: Answer;
  readonly at: Located["at"];
  readonly unseen: readonly Unseen[];
}

/** Where steps stand. */
export interface StepScope {
  readonly scope: Located;
  readonly parameters: Parameters;
  readonly live: Answer;
  /** Names of the commands around. */
  readonly way: readonly string[];
  /** How many steps may still come. */
  readonly left: { count: number };
}

/** The steps of a job with those of the commands that it uses in their place; a command that uses itself, which CircleCI refuses, ends there. */
export function expandedSteps(list: Located | undefined, around: StepScope): Expanded[] {
  return isList(list) ? list.value.flatMap((step) => expand(step, around)) : [];
}

function expand(written: Located, around: StepScope): Expanded[] {
  if (--around.left.count < 0) return [];
  const step = isText(written) && written.value.includes("<<")
    ? withParameters(written, around.parameters)
    : written;
  if (isList(step)) return expandedSteps(step, around);
  const [name, body] = isText(step) ? [step.value, undefined] : entriesOf(step)[0] ?? [];
  if (name === undefined) return [];
  if (name === "run" || name === "deploy") {
    return body ? [{ ...plain(around), run: body, at: step.at, unseen: [] }] : [];
  }
  if (name === "when" || name === "unless") {
    const truth = truthOf(get(body, "condition"), around.parameters);
    const live = all([around.live, name === "when" ? truth : negated(truth)]);
    return expandedSteps(stepsIn(get(body, "steps"), around.parameters), { ...around, live });
  }
  if (name === "checkout" && !lookedUp(around.scope, "commands", name)) {
    const path = textOf(body && withParameters(body, around.parameters), "path")?.value ?? ".";
    return [{ ...plain(around), run: undefined, checkout: path, at: step.at, unseen: [] }];
  }
  if (name === "steps") return expandedSteps(stepsIn(body, around.parameters), around);
  return command(name, body, step, around);
}

function plain({ parameters, live }: StepScope): Pick<Expanded, "parameters" | "live"> {
  return { parameters, live };
}

/** A list of steps, or the parameter that holds one. */
function stepsIn(located: Located | undefined, parameters: Parameters): Located | undefined {
  return isText(located) ? withParameters(located, parameters) : located;
}

const DEEPEST = 20;

function command(name: string, body: Located | undefined, step: Located, around: StepScope): Expanded[] {
  const found = lookedUp(around.scope, "commands", name);
  if (!found) return [];
  if ("orb" in found) {
    const reference = `${found.orb} ${name.split("/")[1]}`;
    const own: Expanded[] = isHarmless(found.orb, name)
      ? []
      : [{ ...plain(around), run: undefined, at: step.at, unseen: [{ reference, at: step.at }] }];
    return [...own, ...handedSteps(givenBy(body), around)];
  }
  if (around.way.includes(name) || around.way.length >= DEEPEST) return [];
  const given = isTable(body) ? withParameters(body, around.parameters) : undefined;
  return expandedSteps(get(found.located, "steps"), {
    ...around,
    scope: found.scope,
    parameters: parametersOf(found.located, givenBy(given)),
    way: [...around.way, name],
  });
}

/** The steps that a command or a job of an orb is given to run, or not to: of all types of parameters only theirs has lists. */
export function handedSteps(given: Parameters, around: StepScope): Expanded[] {
  const live = all([around.live, "unknown"]);
  return [...given.values()].flatMap((value) =>
    expandedSteps(stepsIn(value, around.parameters), { ...around, live })
  );
}

/** CircleCI's own orbs are known: they publish where they say so. What others call so installs or tests. */
export function isHarmless(orb: string, name: string): boolean {
  const own = name.split("/")[1] ?? name;
  return soundsLikeOtherWork(own) || isOrbOfReports(orb) ||
    orb.startsWith("circleci/") && !soundsLikePublishing(own);
}
