import type { Publishing, Report, Subject } from "./rule.ts";

/** What `reportOf` says of jobs, those that publish if no others are named, for each of GitHub's workflows the first. */
export function* onceAWorkflow(
  subject: Subject,
  reportOf: (publishing: Publishing, subject: Subject) => Report | null,
  all: readonly Publishing[] = subject.publishing,
): Iterable<Report> {
  const jobs = new Map(all.map((each) => [each.job, each]));
  const seen = new Set<string>();
  for (const publishing of jobs.values()) {
    const { vendor, path } = publishing.pipeline;
    if (vendor !== "github" || seen.has(path)) continue;
    const report = reportOf(publishing, subject);
    if (!report) continue;
    seen.add(path);
    yield report;
  }
}
