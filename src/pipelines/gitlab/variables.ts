import { entriesOf, get, isList, isTable, type Located } from "../../formats/located.ts";
import type { Settings } from "../model.ts";
import { asSetting, textAsSeen } from "../settings.ts";

/** `variables:`; each is a value, or a table with one. */
export function variablesOf(located: Located | undefined): Settings {
  return new Map(
    entriesOf(located).map(([name, written]) => {
      const value = isTable(written) ? get(written, "value") : written;
      return [name, asSetting(name, { ...value ?? { ...written, value: null }, keyAt: written.keyAt })];
    }),
  );
}

/** `secrets:` puts what a store holds into variables. */
export function secretsOf(located: Located | undefined): Settings {
  return new Map(
    entriesOf(located).map(([name, written]) => {
      const [store, path] = entriesOf(written).find(([key]) => /vault|secrets_manager/.test(key)) ??
        ["secret"];
      const value = `${store}: ${textAsSeen(path) || textAsSeen(get(path, "path")) || name}`;
      return [name, { name, value, at: written.at, keyAt: written.keyAt ?? written.at }];
    }),
  );
}

/** What `parallel: matrix:` gives a variable in its legs; `null` when it gives it nothing. */
function byMatrix(job: Located, name: string): readonly string[] | null {
  const matrix = get(job, "parallel", "matrix");
  const values = isList(matrix)
    ? matrix.value.flatMap((leg) => {
      const value = get(leg, name);
      return isList(value) ? value.value : value ? [value] : [];
    })
    : [];
  return values.length > 0 ? values.map(textAsSeen) : null;
}

/** Every text that `$NAME` in `text` can come to; `null` when nobody can know before the run. */
export function expanded(
  text: string,
  env: ReadonlyMap<string, { readonly value: string }>,
  job: Located,
  depth = 0,
): readonly string[] | null {
  const [written, braced, plain] = /\$(?:\{(\w+)\}|(\w+))/.exec(text) ?? [];
  if (written === undefined) return /[$\ue000]/.test(text) ? null : [text];
  const name = (braced ?? plain)!;
  const values = byMatrix(job, name) ?? (env.has(name) ? [env.get(name)!.value] : null);
  // A value may name other variables, and in the end itself.
  if (!values || depth > 5 || values.length > 100) return null;
  const all = values.map((value) => expanded(text.replace(written, () => value), env, job, depth + 1));
  return all.includes(null) ? null : [...new Set(all.flatMap((each) => each!))].slice(0, 100);
}
