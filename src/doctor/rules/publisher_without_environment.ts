import type { Ecosystem, Job, Vendor } from "../../pipelines/model.ts";
import { CLAIM_RULES, claimedFile, jobsOf, settingsOf } from "../claims.ts";
import { listed, placesOf, publishPlaces } from "../clients.ts";
import { meantForOidc, towards } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** Whose publisher records can name an environment; JSR's name the repository alone, and pub.dev's the tag. */
const BOUND: Readonly<Partial<Record<Vendor, readonly (Ecosystem | null)[]>>> = {
  github: ["npm", "pypi", "crates", "rubygems", "nuget", null],
  gitlab: ["npm", "pypi", "crates"],
};

/** A publisher record binds the repository and the file name of the workflow, not the ref; only an environment does. */
export const publisherWithoutEnvironment: Rule = {
  code: "publisher-without-environment",
  severity: "warning",
  phase: "trust policy (local)",
  *check(subject) {
    // What cannot be read is worth this where it names a command that publishes to such a registry.
    const named = subject.suspected.filter(({ suspected, invocation }) =>
      suspected === "named" && invocation.kind !== null
    );
    const outsiders = [...subject.publishing, ...named].filter((job) =>
      BOUND[job.pipeline.vendor]?.includes(job.invocation.kind) && !job.job.environment &&
      !assumesRole(job) && meantForOidc(subject, job) !== "no"
    );
    for (const alike of Map.groupBy(outsiders, ({ job }) => job).values()) yield outside(alike);
    for (const pkg of subject.project.packages) {
      if (!pkg.trustPolicy || pkg.trustPolicy.environment !== null) continue;
      const [inside] = jobsOf(subject, pkg).filter(({ job }) => job.environment?.name);
      if (inside) yield unbound(subject, pkg, inside.job);
    }
  },
};

/** RubyGems' roles for API keys have conditions of their own, on any claim. */
function assumesRole({ job }: Publishing): boolean {
  return job.steps.some((step) => step.with.has("role-to-assume"));
}

function outside(alike: readonly Publishing[]): Report {
  const [{ job, pipeline: { vendor } }] = alike as [Publishing, ...Publishing[]];
  const files = new Set(alike.map((each) => {
    const { kind } = each.invocation;
    return kind && kind in CLAIM_RULES
      ? claimedFile(each, kind as keyof typeof CLAIM_RULES).file
      : each.called.file;
  }));
  const targets = [...new Set(alike.map(({ invocation }) => towards(invocation)))].filter((each) =>
    each !== ""
  )
    .map((each) => each.replace(/^ to /, ""));
  const sure = alike.some(({ suspected }) => !suspected);
  return {
    ...sure ? {} : { confidence: "likely" },
    // Not every plan of GitLab has environments that some branches may not use.
    ...vendor === "gitlab" ? { severity: "info" } : {},
    message: `Job "${job.id}" ${sure ? "publishes" : "may publish"}${
      targets.length > 0 ? ` to ${listed(targets)}` : ""
    } in no environment, so any branch can publish`,
    at: job.at,
    label: "has no `environment:`",
    related: sure ? publishPlaces(alike) : placesOf(alike, "may publish here"),
    why: [
      `A publisher record names the ${vendor === "gitlab" ? "project" : "repository"} and ${
        listed([...files])
      }, and no branch: whoever can push a branch can change that file on it and publish.`,
    ],
    next: [
      vendor === "gitlab"
        ? "let the job run in a protected environment, into which only those deploy who may release (Settings → CI/CD)"
        : "let the job run in an environment that only your release branches or tags may use (Settings → Environments)",
      "and name the environment in the publisher record",
    ],
  };
}

function unbound(_subject: Subject, pkg: Subject["project"]["packages"][number], job: Job): Report {
  return {
    message: `${pkg.name}'s trust policy names no environment, so a job outside "${
      job.environment!.name
    }" can publish too`,
    at: pkg.trustPolicy!.at,
    label: "no `environment`",
    related: [{ at: job.environment!.at, message: `job "${job.id}" runs in this one` }],
    package: pkg.name,
    why: [
      "A record without an environment matches every job of the workflow, on every branch that carries the file.",
    ],
    next: [`register the environment "${job.environment!.name}" at ${settingsOf(pkg)}, and here`],
  };
}
