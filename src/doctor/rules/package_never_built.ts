import { plainLine } from "../../host/redact.ts";
import type { Report, Rule } from "../rule.ts";

/** npm packs what is there: where nothing builds what a package consists of, it is published without it. */
export const packageNeverBuilt: Rule = {
  code: "package-never-built",
  severity: "warning",
  confidence: "likely",
  phase: "packages",
  *check({ unbuilt }) {
    for (const { job: { job, invocation }, entry } of unbuilt) {
      yield {
        message: `${entry.at.path} names ${
          plainLine(entry.value)
        }, and job "${job.id}" publishes without building it`,
        at: entry.at,
        label: "git ignores it, so a checkout does not have it",
        related: [{ at: invocation.at, message: "packs what is there" }],
        why: [
          `${invocation.client} says nothing of files that are missing: the release succeeds, and nobody can load the package.`,
        ],
        next: [
          "build it in a step before",
          'or let npm do it: a script "prepack" in package.json, e.g. "prepack": "npm run build"',
        ],
      } satisfies Report;
    }
  },
};
