import { get, isList, isTable, isText, type Located, textOf } from "../../formats/located.ts";
import type { Job } from "../model.ts";
import { asSetting } from "../settings.ts";
import { flattened } from "./reference.ts";

/** Jobs by name, with what they need for sure, as written. */
export type Needs = ReadonlyMap<string, readonly Located<string>[]>;

/** What a job needs in every pipeline that it is in: of this pipeline, not optional, and no rule needs something else. */
export function strictNeeds(job: Located): readonly Located<string>[] {
  const [needs, rules] = [get(job, "needs"), get(job, "rules")];
  if (!isList(needs) || isList(rules) && flattened(rules).some((rule) => get(rule, "needs"))) return [];
  return flattened(needs).flatMap((need) => {
    if (!isTable(need)) return isText(need) ? [need] : [];
    if (["optional", "project", "pipeline", "parallel"].some((key) => get(need, key))) return [];
    return textOf(need, "job") ?? [];
  });
}

/** Jobs as they are, and without life those that need one which is in none of their pipelines: GitLab makes no such pipeline. */
export function withoutRefused(jobs: readonly Job[], needs: Needs): readonly Job[] {
  const places = new Map(jobs.map((job) => [job.id, { job, kinds: kindsOf(job) }]));
  // Many jobs run for the same, and need the same.
  const found = new Map<string, Map<Job, Job["absentNeed"]>>();
  return jobs.map((job) => {
    const own = job.live === "no" ? null : places.get(job.id)!.kinds;
    if (own === null || own.size === 0) return job;
    const key = [...own].sort().join(" ");
    const known = found.get(key) ?? new Map<Job, Job["absentNeed"]>();
    found.set(key, known);
    const absentNeed = absent(job, own, known, 0);
    return absentNeed ? { ...job, live: "no" as const, absentNeed } : job;
  });

  function absent(
    job: Job,
    own: ReadonlySet<string>,
    known: Map<Job, Job["absentNeed"]>,
    depth: number,
  ): Job["absentNeed"] {
    if (known.has(job) || depth > DEEPEST) return known.get(job);
    known.set(job, undefined);
    for (const written of needs.get(job.id) ?? []) {
      const needed = places.get(written.value);
      if (!needed) continue;
      const { condition } = needed.job;
      const found = condition && needed.kinds?.isDisjointFrom(own)
        ? { name: asSetting("needs", written), condition }
        : absent(needed.job, own, known, depth + 1);
      if (!found) continue;
      known.set(job, found);
      return found;
    }
  }
}

/** So many jobs are looked at, one behind the other. */
const DEEPEST = 1000;

/** What a pipeline with a job can be for; `null` where a run by hand or by schedule may be for anything. */
function kindsOf({ triggers = [] }: Job): ReadonlySet<string> | null {
  const kinds = new Set(triggers.map(({ event }) => event));
  return kinds.isSubsetOf(KINDS) ? kinds : null;
}

/** Those of branches, tags and merge requests; none is of two. */
const KINDS: ReadonlySet<string> = new Set(["push", "tag", "merge_request_event"]);
