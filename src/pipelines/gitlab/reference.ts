import { isList, isTable, isText, type Located } from "../../formats/located.ts";
import { unresolvable } from "../unresolvable.ts";
import type { Assembly } from "./include.ts";

/** Levels of `!reference` that GitLab follows. */
const DEEPEST = 10;
const TAG = "!reference";

/** `located` with what its `!reference [job, key]` name in `root` in their place; nothing where they lead nowhere. */
export function dereferenced(
  located: Located,
  root: Located,
  assembly: Assembly,
  way: readonly string[] = [],
): Located {
  if (!assembly.budget.spend(1)) return { ...located, value: null };
  if (isTable(located)) {
    const entries = [...located.value].map(([key, value]) =>
      [key, dereferenced(value, root, assembly, way)] as const
    );
    return { ...located, value: new Map(entries) };
  }
  if (!isList(located)) return located;
  if (located.tag !== TAG) {
    return { ...located, value: located.value.map((item) => dereferenced(item, root, assembly, way)) };
  }
  const keys = located.value.map((item) => String(item.value));
  const name = keys.join(", ");
  const nothing = { value: null, at: located.at, keyAt: located.keyAt };
  if (way.includes(name) || way.length >= DEEPEST) {
    assembly.problems.push(unresolvable(
      located.at,
      `!reference [${name}] ${way.includes(name) ? "leads back to itself" : "is nested too deeply"}`,
      "GitLab makes no pipeline of it.",
    ));
    return nothing;
  }
  const target = follow(root, located.value);
  if (!target) {
    if (!assembly.incomplete) {
      assembly.problems.push(unresolvable(
        located.at,
        `!reference [${name}] names something that does not exist`,
        "GitLab makes no pipeline of it.",
      ));
    }
    return nothing;
  }
  return { ...dereferenced(target, root, assembly, [...way, name]), keyAt: located.keyAt };
}

function follow(root: Located, keys: readonly Located[]): Located | undefined {
  let here: Located | undefined = root;
  for (const key of keys) {
    if (isTable(here)) here = here.value.get(String(key.value));
    else if (isList(here) && !isText(key)) here = here.value[Number(key.value)];
    else return undefined;
  }
  return here === root ? undefined : here;
}

/** The scalars of a value, of lists in lists one after the other. */
export function flattened(located: Located | undefined): readonly Located[] {
  if (!located || located.value === null) return [];
  return isList(located) ? located.value.flatMap(flattened) : [located];
}
