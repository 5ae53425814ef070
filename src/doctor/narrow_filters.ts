import type { Start } from "../pipelines/starts.ts";
import type { Trigger } from "../pipelines/trigger.ts";
import type { Publishing, Report, Subject } from "./rule.ts";

/** Three numbers of a version, of which the last one may have but one digit. */
const ONE_DIGIT = /\[0-9\]\+\\?\.\[0-9\]\+\\?\.\[0-9\]$/;

/** Filters for tags through which the tenth patch of a version does not get, where nothing else starts a release by itself. */
export function* narrowFilters({ publishing }: Pick<Subject, "publishing">): Iterable<Report> {
  for (const [pipeline, jobs] of Map.groupBy(publishing, (each) => each.pipeline)) {
    if (pipeline.vendor !== "github") continue;
    for (const trigger of pipeline.triggers) {
      if (trigger.tags?.length !== 1 || !ONE_DIGIT.test(trigger.tags[0]!)) continue;
      const job = jobs.find((each) => isStartedBy(trigger, each, publishing));
      if (!job) continue;
      yield {
        severity: "info",
        message:
          `No tag that ends in 1.2.10 starts ${pipeline.file}, which publishes with ${job.invocation.client}`,
        at: trigger.at,
        label: "its filter ends in one digit",
        related: [{ at: job.invocation.at, message: "would publish" }],
        why: [
          "In a filter of GitHub `[0-9]` is one digit, and `[0-9]+` one or more. The tenth patch of a version would start nothing, and nobody would say so.",
        ],
        next: ["write `[0-9]+` at its end, too"],
      };
    }
  }
}

/** Whether a trigger starts a job, and nothing else starts anything that publishes to the same registry, but people. */
function isStartedBy(
  trigger: Trigger,
  { starts, invocation }: Publishing,
  all: readonly Publishing[],
): boolean {
  const publishes = (start: Start) => start.publishes !== "no";
  return starts.some((start) => start.trigger === trigger && publishes(start)) &&
    all.filter((each) => each.invocation.kind === invocation.kind).every((each) =>
      each.starts.filter(publishes).every((start) =>
        start.trigger === trigger || start.trigger.event === "workflow_dispatch"
      )
    );
}
