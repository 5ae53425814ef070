import type { DeclaredPolicy, Package } from "../../config/project.ts";
import type { PublishingJob } from "../../pipelines/publishing_jobs.ts";
import {
  claimedFile,
  environmentRule,
  isUnread,
  jobsOf,
  refusalOf,
  same,
  settingsOf,
  tokenJobsOf,
  vendorOf,
} from "../claims.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** A publisher record with an environment matches only jobs that run in it. */
export const publisherEnvironmentMismatch: Rule = {
  code: "publisher-environment-mismatch",
  severity: "error",
  phase: "trust policy (declared)",
  *check(subject) {
    for (const pkg of subject.project.packages) {
      const policy = pkg.trustPolicy;
      // A record without environment accepts every one.
      if (!policy || policy.environment === null || isUnread(subject, pkg)) continue;
      const jobs = jobsOf(subject, pkg);
      const isDeclared = (job: PublishingJob) => claimedFile(job, pkg.kind).file === policy.workflow;
      const declared = jobs.filter(isDeclared);
      const compared = jobs.length === 0
        ? tokenJobsOf(subject, pkg).filter((job) => isDeclared(job) || !isThere(subject, policy.workflow))
        : declared.length > 0
        ? declared
        : jobs;
      const reported = new Set<string>();
      for (const job of compared) {
        // A called workflow is in the environment that each caller names.
        const place = JSON.stringify([job.job.at.path, job.job.at.start.offset, job.job.environment?.names]);
        if (reported.has(place)) continue;
        reported.add(place);
        const report = compare(job, pkg, policy, policy.environment);
        const told = report && jobs.length === 0 ? notYet(report, pkg) : report;
        if (told) yield { package: pkg.name, ...told };
      }
    }
  },
};

/** What publishes may be hidden in the declared workflow, while there is one. */
function isThere({ pipelines }: Subject, workflow: string): boolean {
  const meant = vendorOf(workflow, pipelines);
  return pipelines.some(({ file, vendor }) => file === workflow && vendor === meant);
}

/** A job that publishes with a token stops at nothing of this, until it is given up for OIDC. */
function notYet(report: Report, { registry }: Package): Report | null {
  return report.severity === "unverified" ? null : {
    ...report,
    severity: "info",
    why: [`The job publishes with a token so far. With OIDC ${registry.label} would refuse it.`],
  };
}

function compare(
  { pipeline, job, invocation }: PublishingJob,
  pkg: Package,
  policy: DeclaredPolicy,
  wanted: string,
): Report | null {
  const how = environmentRule(pkg.kind, pipeline.vendor);
  const setting = job.environment;
  const declared = {
    at: policy.environmentAt ?? policy.at,
    message: `declared; ${pkg.registry.label} compares ${
      how === "exact" ? "letter by letter" : "without letter case"
    }`,
  };
  const register = (name: string) => `or register "${name}" at ${settingsOf(pkg)}, and in ${policy.at.path}`;
  if (!setting) {
    return {
      message: `${pkg.name} expects environment "${wanted}", job "${job.id}" runs in none`,
      at: job.at,
      label: "no `environment:` here",
      related: [{ at: invocation.at, message: `publishes ${pkg.name}` }, declared],
      why: [refusalOf(pkg.registry)],
      next: [`add \`environment: ${wanted}\` to job "${job.id}"`],
    };
  }
  const matching = setting.names?.filter((name) => same(name, wanted, how));
  if (setting.names && matching?.length === setting.names.length) return null;
  if (setting.names && matching?.length === 0) {
    const names = setting.names.map((name) => `"${name}"`).join(" or ");
    const cased = setting.names.find((name) => same(name, wanted, "caseless"));
    return {
      message: `${pkg.name} expects environment "${wanted}", job "${job.id}" runs in ${names}`,
      at: setting.at,
      label: cased === undefined
        ? "claimed as `environment`"
        : "claimed as `environment`, in other letter case",
      related: [declared],
      why: [refusalOf(pkg.registry)],
      next: [`run the job in "${wanted}"`, register(cased ?? setting.names[0]!)],
    };
  }
  return {
    severity: "unverified",
    message: setting.names
      ? `${pkg.name} expects environment "${wanted}", which job "${job.id}" does not always run in`
      : `${pkg.name} expects environment "${wanted}", and only a run tells in which one job "${job.id}" is`,
    at: setting.at,
    label: "known when it runs",
    related: [declared],
    next: [`write \`environment: ${wanted}\`, or see to it that every publishing run is in it`],
  };
}
