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
  const byId = new Map(jobs.map((job) => [job.id, job]));
  return jobs.map((job) => {
    const absentNeed = job.live === "no" ? null : absent(job, byId, needs);
    return absentNeed ? { ...job, live: "no" as const, absentNeed } : job;
  });
}

function absent(job: Job, byId: ReadonlyMap<string, Job>, needs: Needs): Job["absentNeed"] | null {
  const own = kindsOf(job);
  if (own === null || own.size === 0) return null;
  const seen = new Set([job]);
  for (const each of seen) {
    for (const written of needs.get(each.id) ?? []) {
      const needed = byId.get(written.value);
      if (!needed || seen.has(needed)) continue;
      const theirs = kindsOf(needed);
      if (needed.condition && theirs?.isDisjointFrom(own)) {
        return { name: asSetting("needs", written), condition: needed.condition };
      }
      seen.add(needed);
    }
  }
  return null;
}

/** What a pipeline with a job can be for; `null` where a run by hand or by schedule may be for anything. */
function kindsOf({ triggers = [] }: Job): ReadonlySet<string> | null {
  const kinds = new Set(triggers.map(({ event }) => event));
  return kinds.isSubsetOf(KINDS) ? kinds : null;
}

/** Those of branches, tags and merge requests; none is of two. */
const KINDS: ReadonlySet<string> = new Set(["push", "tag", "merge_request_event"]);
