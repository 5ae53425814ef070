import type { Pipeline } from "./model.ts";
import { jobsIn } from "./worth_reading.ts";

/** A workflow in which nothing publishes, as a pipeline of which nothing else is known. */
export function skimmed(path: string, text: string): Pipeline {
  return {
    vendor: "github",
    path,
    file: path.split("/").at(-1)!,
    name: null,
    text,
    triggers: [],
    env: new Map(),
    permissionsAt: null,
    concurrency: null,
    jobs: [],
    commentedOut: [],
    unseen: [],
    wantedSecrets: new Map(),
    skimmedJobs: jobsIn(text),
  };
}
