import type { Asked } from "../formats/shell.ts";
import type { Surroundings } from "./credentials.ts";

/** Texts that a script, or one that has started it, has taken in; `null` where nobody can know what they are. */
export type Taken = readonly string[] | null;

/** What says yes or no. */
const SWITCH = /^(?:true|false|yes|no|on|off|1|0)$/i;
/** Variables that runners and package managers set. */
const SET_BY_OTHERS = /^(?:CI$|GITHUB_|RUNNER_|ACTIONS_|npm_)/;
/** A line that hands on variables without naming them, and programs that set some for the one that they start. */
const HANDS_ON =
  /^(?!.*(?:\w=|<<)).*\bGITHUB_ENV\b|\b(?:dotenvx?|env-cmd|doppler|infisical|chamber|direnv|mise|sops|teller|vault|op run)\b/m;

/** Whether a command is not run, because the environment answers otherwise than it has to. */
export function isRefused(
  asked: readonly Asked[],
  around: Surroundings,
  own: string,
  taken: Taken,
): boolean {
  return asked.some((each) => {
    const value = answerOf(each, around, own, taken);
    return value !== null && (value === each.equals) !== each.wanted;
  });
}

/** What a variable is, or what stands for it where nothing sets it; `null` where nobody can know. */
function answerOf(
  { name, otherwise, equals }: Asked,
  { env, scripts, isWritten }: Surroundings,
  own: string,
  taken: Taken,
): string | null {
  const variable = env.get(name);
  const isNear = variable?.scope === "command" || variable?.scope === "step";
  // Who starts a pipeline may set what its file sets.
  if (!isWritten && variable?.scope !== "command") return null;
  if (taken === null || isSetElsewhere(name, isNear ? NONE : scripts, own, taken)) return null;
  if (variable) return /[$\ue000]/.test(variable.value) ? null : variable.value || otherwise;
  return SWITCH.test(equals) && !SET_BY_OTHERS.test(name) ? otherwise : null;
}

/** Earlier scripts cannot set what a step or a command is given. */
const NONE: Surroundings["scripts"] = [];

/** Whether another script may set a variable. Many commands of a script ask for the same one. */
function isSetElsewhere(
  name: string,
  scripts: Surroundings["scripts"],
  own: string,
  taken: readonly string[],
): boolean {
  const ofScripts = KNOWN.get(taken) ?? new WeakMap<Surroundings["scripts"], Map<string, boolean>>();
  KNOWN.set(taken, ofScripts);
  const known = ofScripts.get(scripts) ?? new Map<string, boolean>();
  ofScripts.set(scripts, known);
  const mention = new RegExp(String.raw`(?<![\w$]|\$\{[#!]?)${name}(?!\w)`);
  const isSet = known.get(name) ??
    [...scripts.map(({ text }) => text).filter((text) => text !== own), ...taken].some((text) =>
      HANDS_ON.test(text) || mention.test(uncommented(text))
    );
  known.set(name, isSet);
  return isSet;
}

/** By what one script has taken in, which no other one has. */
const KNOWN = new WeakMap<readonly string[], WeakMap<Surroundings["scripts"], Map<string, boolean>>>();

function uncommented(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, "");
}
