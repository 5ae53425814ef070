import { entriesOf, get, type Located } from "../formats/located.ts";
import type { Location } from "../problem.ts";
import type { Surroundings } from "./credentials.ts";
import type { Settings } from "./model.ts";
import { textAsSeen } from "./settings.ts";

/** What the action's steps see as `inputs`: what the caller gives, with its own inputs put in, else the default. */
export function inputsOf(
  action: Located,
  given: Settings,
  around: Surroundings,
): Pick<Surroundings, "inputs" | "givenAt"> {
  const inputs = new Map<string, string>();
  const givenAt = new Map<string, Location>();
  for (const [name, input] of entriesOf(action, "inputs")) {
    const setting = given.get(name);
    const value = setting?.value ?? textAsSeen(get(input, "default"));
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
