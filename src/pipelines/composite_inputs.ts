import { holdsSecret } from "../host/secret_names.ts";
import { entriesOf, get, type Located } from "../formats/located.ts";
import type { Location } from "../problem.ts";
import type { Surroundings } from "./credentials.ts";
import type { Settings } from "./model.ts";
import { textAsSeen } from "./settings.ts";
import { replaced } from "./replaced.ts";
import type { Script } from "./script.ts";

/** What the action's steps see as `inputs`: what the caller gives, declared or not, with its own inputs put in, else the default. */
export function inputsOf(
  action: Located,
  given: Settings,
  around: Surroundings,
): Pick<Surroundings, "inputs" | "givenAt"> {
  const inputs = new Map<string, string>();
  const givenAt = new Map<string, Location>();
  const defaults = new Map(
    entriesOf(action, "inputs").map(([name, input]) => [name, textAsSeen(get(input, "default"))]),
  );
  for (const name of new Set([...defaults.keys(), ...given.keys()])) {
    const setting = given.get(name);
    const value = setting?.value ?? defaults.get(name) ?? "";
    const outer = /^\s*\$\{\{\s*inputs\.([\w-]+)\s*\}\}\s*$/.exec(value)?.[1];
    inputs.set(name, outer === undefined ? value : around.inputs.get(outer) ?? value);
    const at = (outer === undefined ? undefined : around.givenAt.get(outer)) ?? setting?.at;
    if (at) givenAt.set(name, at);
  }
  return { inputs, givenAt };
}

/** The inputs of a composite action whose texts are known, by their names in lower case. */
export function knownInputs({ inputs }: Surroundings): ReadonlyMap<string, string> {
  return new Map(
    [...inputs].filter(([, value]) => !value.includes("${{")).map((
      [name, value],
    ) => [name.toLowerCase(), value]),
  );
}

const INPUT = /\$\{\{\s{0,9}inputs\.([\w-]+)\s{0,9}\}\}/gi;
/** What means the same in any place of a script. */
const PLAIN = /^[\w.:/@-]{1,100}$/;

/** A script as GitHub fills it in with the inputs that are known; what may be a secret stays away. */
export function withInputs(script: Script, around: Surroundings): Script {
  if (around.inputs.size === 0 || !script.text.includes("inputs.")) return script;
  const known = knownInputs(around);
  const { text, original } = replaced(script.text, INPUT, ([written, name = ""]) => {
    const value = known.get(name.toLowerCase()) ?? "";
    return PLAIN.test(value) && !holdsSecret(name) ? value : written;
  });
  return { ...script, text, placeOf: (start, end) => script.placeOf(original(start), original(end)) };
}
