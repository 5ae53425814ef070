import { isList, isTable, isText, type Located, type Table, textOf, typeName } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import { plainLine } from "../host/redact.ts";
import type { Location, Problem } from "../problem.ts";
import { suggest } from "../suggest.ts";
import type { Keys, Spec } from "./spec.ts";

/** What a file holds that its schema does not allow, and what it allows and nobody heeds. */
export interface Verdict {
  readonly problems: readonly Problem[];
  readonly ignored: readonly { readonly key: string; readonly why: string; readonly at: Location }[];
  /** Where secrets stand, which must not be shown. */
  readonly secrets: readonly Location[];
}

/** Holds a configuration against its schema; everything that is wrong, in the order of the schema and the file. */
export function checkConfig(source: SourceText, root: Located<Table>, keys: Keys): Verdict {
  const checker = new Checker(source);
  checker.table(root, keys, { label: source.path, path: "" });
  return checker;
}

/** Where a table stands: for messages (`[[package]] "my-crate"`) and for the headers of its tables (`package`). */
interface Place {
  readonly label: string;
  readonly path: string;
}

class Checker implements Verdict {
  readonly problems: Problem[] = [];
  readonly ignored: { key: string; why: string; at: Location }[] = [];
  readonly secrets: Location[] = [];

  constructor(readonly source: SourceText) {}

  table(table: Located<Table>, keys: Keys, place: Place): void {
    for (const [key, value] of table.value) {
      const spec = Object.hasOwn(keys, key) ? keys[key]! : null;
      if (spec) this.#value(key, value, spec, place);
      else this.#unknown(key, value, keys, place);
    }
    const missing = Object.entries(keys).filter(([key, spec]) => spec.required && !table.value.has(key));
    for (const [key, spec] of missing) this.#missing(key, spec, table, place);
  }

  #value(key: string, value: Located, spec: Spec, place: Place): void {
    const path = place.path ? `${place.path}.${key}` : key;
    switch (spec.type) {
      case "text":
        return isText(value)
          ? this.#text(key, value, spec)
          : this.#wrongType(key, value, "a string", `${key} = "…"`);
      case "texts":
        if (isList(value) && value.value.every(isText)) return;
        return this.#wrongType(key, value, "a list of strings", `${key} = ["…"]`);
      case "table":
        if (!isTable(value)) return this.#wrongType(key, value, "a table", `[${path}]`);
        return this.table(value, spec.keys, { label: labelOf(`[${path}]`, place), path });
      case "tables":
        if (!isList(value) || !value.value.every(isTable)) {
          return this.#wrongType(key, value, "a list of tables", `[[${path}]]`);
        }
        for (const each of value.value) {
          this.table(each, spec.keys, { label: named(`[[${path}]]`, each), path });
        }
        return;
      case "named":
        if (!isTable(value)) return this.#wrongType(key, value, "a table of tables", `[${path}.NAME]`);
        for (const [name, each] of value.value) {
          if (spec.names && !spec.names.pattern.test(name)) {
            this.#badName(name, each, spec.names.says, path);
            continue;
          }
          const inner = { label: `[${path}.${plainLine(name)}]`, path: `${path}.${plainLine(name)}` };
          if (isTable(each)) this.table(each, spec.keys, inner);
          else this.#wrongType(name, each, "a table", inner.label);
        }
        return;
      case "ignored":
        if (spec.why) this.ignored.push({ key, why: spec.why, at: value.keyAt ?? value.at });
    }
  }

  #text(key: string, text: Located<string>, spec: Spec & { type: "text" }): void {
    const refusal = spec.refuse?.(text.value);
    if (refusal?.code === "literal-secret") this.secrets.push(text.at);
    if (refusal) return this.#report(text.at, refusal);
    if (spec.choices && !spec.choices.includes(text.value)) {
      const near = suggest(text.value, spec.choices);
      const all = spec.choices.map((choice) => `"${choice}"`).join(", ");
      return this.#badValue(key, text, `one of ${all}`, near);
    }
    if (spec.form && !spec.form.pattern.test(text.value)) {
      const mended = spec.form.mend?.(text.value) ?? null;
      this.#badValue(
        key,
        text,
        spec.form.says,
        mended !== null && spec.form.pattern.test(mended) ? mended : null,
      );
    }
  }

  #badName(name: string, value: Located, must: string, path: string): void {
    this.#report(value.keyAt ?? value.at, {
      code: "bad-value",
      message: `the name of [${path}.NAME] is "${plainLine(name, 80)}", and must be ${must}`,
      next: [`write ${must}`],
    });
  }

  #badValue(key: string, text: Located<string>, must: string, near: string | null): void {
    this.#report(text.at, {
      code: "bad-value",
      message: `${key} is "${plainLine(text.value, 80)}", and must be ${must}`,
      next: [near ? `did you mean "${plainLine(near, 80)}"?` : `write ${must}`],
    });
  }

  #wrongType(key: string, value: Located, expected: string, example: string): void {
    this.#report(value.at, {
      code: "wrong-type",
      message: `"${plainLine(key, 80)}" is ${typeName(value)}, and must be ${expected}`,
      next: [`write ${example}`],
    });
  }

  #unknown(key: string, value: Located, keys: Keys, place: Place): void {
    if (isText(value) && /token|password|secret|auth/i.test(key)) this.secrets.push(value.at);
    const all = Object.entries(keys);
    const heeded = all.filter(([, spec]) => spec.type !== "ignored");
    // A table of another tool may hold nothing that is heeded.
    const known = heeded.length > 0 ? heeded : all;
    const [synonym] = known.find(([, spec]) => spec.instead?.includes(key.toLowerCase())) ?? [];
    const near = synonym ?? suggest(key, known.map(([name]) => name));
    this.#report(value.keyAt ?? value.at, {
      code: "unknown-key",
      message: `unknown key "${plainLine(key, 80)}" in ${place.label}`,
      next: [
        near
          ? `did you mean ${headerOf(near, keys[near]!, place)}?`
          : `it can hold ${known.map(([name]) => name).join(", ")}`,
      ],
    });
  }

  #missing(key: string, spec: Spec, table: Located<Table>, place: Place): void {
    const example = spec.type === "text"
      ? spec.choices?.map((choice) => `${key} = "${choice}"`).join(" or ")
      : undefined;
    this.#report(table.at, {
      code: "missing-key",
      message: `${place.label} has no "${key}"`,
      next: [`add ${example ?? `${key} = "…"`}: ${spec.help.charAt(0).toLowerCase()}${spec.help.slice(1)}`],
    });
  }

  #report(at: Location, problem: Problem): void {
    this.problems.push(this.source.problem(at, problem));
  }
}

/** `[[package]] "my-crate"`. */
function named(header: string, table: Located<Table>): string {
  const name = textOf(table, "name") ?? textOf(table, "code");
  return name ? `${header} "${plainLine(name.value, 80)}"` : header;
}

/** `[package.trust_policy] of "my-crate"`. */
function labelOf(header: string, place: Place): string {
  const owner = /"[^"]*"$/.exec(place.label)?.[0];
  return owner ? `${header} of ${owner}` : header;
}

/** A key as it would be written at that place. */
function headerOf(key: string, spec: Spec, place: Place): string {
  const path = place.path ? `${place.path}.${key}` : key;
  if (spec.type === "table") return `[${path}]`;
  if (spec.type === "tables") return `[[${path}]]`;
  return spec.type === "named" ? `[${path}.NAME]` : `"${key}"`;
}
