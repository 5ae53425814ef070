import { entriesOf, get, isList, isTable, type Located, textOf } from "../formats/located.ts";
import { valuesByMatrix } from "./matrix.ts";
import type { EnvironmentSetting, Settings } from "./model.ts";
import { textAsSeen } from "./settings.ts";

/** Every text that an input can be, in lower case its name; `""` where it may be left out. `null` when nobody can know. */
export type InputValues = (name: string) => readonly string[] | null;

/** A job's `environment:`, as a string or as an object with a name; `null` when it has none. */
export function environmentOf(job: Located, inputs: InputValues): EnvironmentSetting | null {
  const setting = get(job, "environment");
  const name = isTable(setting) ? get(setting, "name") : setting;
  if (!name || name.value === null || name.value === "" || isTable(name) || isList(name)) return null;
  const text = String(name.value);
  if (!text.includes("${{")) return { name: text, names: [text], at: name.at };
  const names = valuesByMatrix(text, job) ?? byInput(text, inputs);
  // What happens without a name is not said here.
  const known = names?.includes("") ? null : names;
  return { name: known?.length === 1 ? known[0]! : null, names: known, at: name.at };
}

/** `${{ inputs.KEY }}`, also with `|| 'another'` for where it is left out. */
function byInput(text: string, inputs: InputValues): readonly string[] | null {
  const [, key, other = ""] =
    /^\s*\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*(?:\|\|\s*'([^']*)'\s*)?\}\}\s*$/.exec(text) ?? [];
  const values = key === undefined ? null : inputs(key.toLowerCase());
  return values && [...new Set(values.map((value) => value || other))];
}

/** What the inputs of a called workflow are, as its caller gives them. */
export function givenInputs(given: ReadonlyMap<string, string>): InputValues {
  const values = new Map([...given].map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => {
    const value = values.get(name);
    return value === undefined || value.includes("${{") ? null : [value];
  };
}

/** What the inputs of a workflow can be that people start by hand, and events without inputs, too: only a choice is limited. */
export function chosenInputs(events: Located | undefined, othersStartIt: boolean): InputValues {
  const choices = new Map(
    entriesOf(events, "workflow_dispatch", "inputs").map(([name, input]) => [name.toLowerCase(), input]),
  );
  return (name) => {
    const input = choices.get(name);
    const options = get(input, "options");
    // Who calls it from another repository may give it anything.
    if (textOf(input, "type")?.value !== "choice" || !isList(options) || get(events, "workflow_call")) {
      return null;
    }
    return [...options.value.map(textAsSeen), ...othersStartIt ? [""] : []];
  };
}

/** The inputs among whose values people choose who start a workflow by hand; the value of each is its type. */
export function switchesOf(events: Located | undefined): Settings {
  return new Map(
    entriesOf(events, "workflow_dispatch", "inputs").flatMap(([name, input]) => {
      const type = textOf(input, "type");
      return type?.value === "boolean" || type?.value === "choice"
        ? [[name, { name, value: type.value, at: type.at, keyAt: input.keyAt ?? input.at }]]
        : [];
    }),
  );
}
