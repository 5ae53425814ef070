import type { Publishing, Report, Subject } from "./rule.ts";

/** What `reportOf` says of jobs, those that publish if no others are named, for each of GitHub's workflows the first; it is told of the rest of them. */
export function* onceAWorkflow(
  subject: Subject,
  reportOf: (publishing: Publishing, subject: Subject, rest: readonly Publishing[]) => Report | null,
  all: readonly Publishing[] = subject.publishing,
): Iterable<Report> {
  const jobs = new Map(all.map((each) => [each.job, each]));
  const own = [...jobs.values()].filter(({ pipeline }) => pipeline.vendor === "github");
  for (const same of Map.groupBy(own, ({ pipeline }) => pipeline.path).values()) {
    for (const [index, publishing] of same.entries()) {
      const report = reportOf(publishing, subject, same.slice(index + 1));
      if (!report) continue;
      yield report;
      break;
    }
  }
}
