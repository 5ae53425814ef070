import { entriesOf, get, isTable, isText, type Located, textsOf } from "../../formats/located.ts";
import { unresolvable } from "../unresolvable.ts";
import type { Assembly } from "./include.ts";
import { deepMerge } from "./merge.ts";

/** Levels of `extends` that GitLab follows. */
const DEEPEST = 11;

/** A configuration whose jobs have everything that they extend. */
export interface Extended {
  readonly root: Located;
  /** Jobs that extend something that cannot be read from here, with the first such thing. */
  readonly partial: ReadonlyMap<string, Located<string>>;
}

/** Puts into every job what it extends: of several the last one wins, and the job's own keys win over all. */
export function extended(root: Located, assembly: Assembly): Extended {
  const done = new Map<string, Located>();
  const partial = new Map<string, Located<string>>();

  const resolve = (name: string, way: readonly string[]): Located => {
    const known = done.get(name);
    const job = get(root, name)!;
    if (known) return known;
    const bases = basesOf(job);
    if (bases.length === 0) return job;
    let merged: Located | null = null;
    for (const base of bases) {
      const under = get(root, base.value);
      const on = [...way, name];
      if (on.includes(base.value) || on.length >= DEEPEST) {
        assembly.problems.push(refused(name, base, on.includes(base.value) ? "itself" : "too many levels"));
      } else if (!isTable(under)) {
        partial.set(name, partial.get(name) ?? base);
        if (!assembly.incomplete) assembly.problems.push(missing(name, base));
      } else {
        const part = resolve(base.value, on);
        const far = partial.get(name) ?? partial.get(base.value);
        if (far) partial.set(name, far);
        merged = merged ? deepMerge(merged, part, assembly.budget) : part;
      }
    }
    const whole = merged ? deepMerge(merged, job, assembly.budget) : job;
    done.set(name, whole);
    return whole;
  };

  const entries = entriesOf(root).map(([name, value]) =>
    [name, isTable(value) ? resolve(name, []) : value] as const
  );
  return { root: { ...root, value: new Map(entries) }, partial };
}

function basesOf(job: Located): readonly Located<string>[] {
  const written = get(job, "extends");
  return isText(written) ? [written] : textsOf(written);
}

function refused(job: string, { value, at }: Located<string>, where: string) {
  return unresolvable(
    at,
    where === "itself"
      ? `Job "${job}" extends "${value}", which leads back to itself`
      : `Job "${job}" extends "${value}" over more than ${DEEPEST} levels`,
    "GitLab makes no pipeline of it.",
  );
}

function missing(job: string, { value, at }: Located<string>) {
  return unresolvable(
    at,
    `Job "${job}" extends "${value}", which does not exist`,
    "GitLab makes no pipeline of it.",
  );
}
