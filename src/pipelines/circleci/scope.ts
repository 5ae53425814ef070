import { entriesOf, get, isTable, isText, type Located } from "../../formats/located.ts";
import type { Parameters } from "./parameters.ts";

/** Something that a name means, and where the names in it are looked up. */
export interface Found {
  readonly located: Located;
  readonly scope: Located;
}

/** What a name means in a configuration or in an orb that is written in it; the orb as written when it lies elsewhere. */
export function lookedUp(
  scope: Located,
  kind: "commands" | "jobs" | "executors",
  name: string,
): Found | { readonly orb: string; readonly at: Located["at"] } | null {
  const [prefix, rest] = name.split("/");
  if (rest === undefined) {
    const located = get(scope, kind, name);
    return located ? { located, scope } : null;
  }
  const orb = get(scope, "orbs", prefix!);
  if (isText(orb)) return { orb: orb.value, at: orb.at };
  const located = get(orb, kind, rest);
  return located && orb ? { located, scope: orb } : null;
}

/** The parameters of a command, a job or an executor: as given, else by default. */
export function parametersOf(definition: Located, given: Parameters): Parameters {
  const values = new Map<string, Located>();
  for (const [name, declared] of entriesOf(definition, "parameters")) {
    const value = given.get(name) ?? get(declared, "default");
    if (value) values.set(name, value);
  }
  return values;
}

/** The values that a use gives, without those that mean something by themselves. */
export function givenBy(use: Located | undefined, reserved: readonly string[] = []): Parameters {
  return new Map(isTable(use) ? entriesOf(use).filter(([name]) => !reserved.includes(name)) : []);
}
