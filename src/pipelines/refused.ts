import { entriesOf, get, isTable, type Located, typeName } from "../formats/located.ts";
import { keySetTwice, misspeltKey, refusal } from "./refusal.ts";
import { refusedJob } from "./refused_job.ts";
import { needsInCircle } from "./refused_needs.ts";
import { refusedPermissions } from "./refused_permissions.ts";
import { refusedTrigger } from "./refused_trigger.ts";
import type { PlacedProblem } from "./repository.ts";
import { WORKFLOW_KEYS } from "./workflow_keys.ts";

/** The first place where a workflow is written in another way than GitHub reads, so that it runs none of it; `null` where there is none. */
export function refusedShape(root: Located): PlacedProblem | null {
  return misspeltKey(root, WORKFLOW_KEYS, "at the top level") ?? keySetTwice(root) ??
    refusedTrigger(root) ?? refusedPermissions(get(root, "permissions")) ?? refusedJobs(root);
}

function refusedJobs(root: Located): PlacedProblem | null {
  const jobs = get(root, "jobs");
  const next = "give each job a name: `jobs: { publish: … }`";
  if (!jobs || jobs.value === null) {
    return refusal(jobs?.keyAt ?? entriesOf(root)[0]?.[1].keyAt ?? root.at, "it has no jobs", next);
  }
  if (!isTable(jobs)) {
    return refusal(jobs.at, `the jobs are ${typeName(jobs)}, where it reads a table`, next);
  }
  const all = entriesOf(jobs);
  const ids = all.map(([id]) => id);
  for (const [id, job] of all) {
    const found = refusedJob(id, job, ids);
    if (found) return found;
  }
  return needsInCircle(all);
}
