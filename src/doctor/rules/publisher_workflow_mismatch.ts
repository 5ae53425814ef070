import { literally } from "../../formats/literally.ts";
import type { Package } from "../../config/project.ts";
import type { Pipeline } from "../../pipelines/model.ts";
import { publishers, type PublishingJob, startsByItself } from "../../pipelines/publishing_jobs.ts";
import type { Label } from "../../report/finding.ts";
import {
  CLAIM_RULES,
  claimedFile,
  isUnread,
  jobsOf,
  pathOf,
  refusalOf,
  repositoryRule,
  same,
  settingsOf,
  tokenJobsOf,
  vendorOf,
} from "../claims.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** A publisher record names one workflow file of one repository; renaming either breaks publishing without a sign until the release. */
export const publisherWorkflowMismatch: Rule = {
  code: "publisher-workflow-mismatch",
  severity: "error",
  phase: "trust policy (declared)",
  *check(subject) {
    for (const pkg of subject.project.packages) {
      if (!pkg.trustPolicy) continue;
      const reports = [repository(subject, pkg) ?? workflow(subject, pkg), running(subject, pkg)];
      for (const report of reports) if (report) yield { package: pkg.name, ...report };
    }
  },
};

type Declared = Package & { readonly trustPolicy: NonNullable<Package["trustPolicy"]> };

function repository({ remote, remotes, pipelines }: Subject, pkg: Package): Report | null {
  const { repository: declared, repositoryAt, at, workflow: file } = (pkg as Declared).trustPolicy;
  if (declared === null || remote === null) return null;
  const how = repositoryRule(pkg.kind, vendorOf(file, pipelines));
  const fold = (text: string) => how === "exact" ? text : text.toLowerCase();
  const suffix = new RegExp(`[/:]${literally(fold(declared))}(?:\\.git)?/?$`);
  if (same(remote, declared, how) || remotes.some((address) => suffix.test(fold(address)))) return null;
  if (same(remote, declared, "caseless")) {
    return {
      severity: "unverified",
      message: `${pkg.name} expects repository "${declared}", and the git remote says "${remote}"`,
      at: repositoryAt ?? at,
      label: "declared in other letter case",
      why: [
        `${pkg.registry.label} compares letter by letter with what a job claims. That is the name as its forge shows it; a git remote works in any letter case.`,
      ],
      next: ["write both as the repository's page shows it, and look at the record at " + settingsOf(pkg)],
    };
  }
  return {
    message: `${pkg.name} expects repository "${declared}", this one is "${remote}"`,
    at: repositoryAt ?? at,
    label: "declared",
    why: [
      "The git remote tells which repository this is; a job claims it as `repository`.",
      refusalOf(pkg.registry),
    ],
    next: [
      `after a rename or transfer: register "${remote}" at ${settingsOf(pkg)}, and here`,
      "in a fork, leave it as it is: a fork does not publish",
    ],
  };
}

function workflow(subject: Subject, pkg: Package): Report | null {
  const { workflow: declared, workflowAt } = (pkg as Declared).trustPolicy;
  if (isUnread(subject, pkg)) return null;
  const jobs = jobsOf(subject, pkg);
  if (jobs.some((job) => claimedFile(job, pkg.kind).file === declared)) return null;
  const meant = vendorOf(declared, subject.pipelines);
  const there = subject.pipelines.find(({ file, vendor }) => file === declared && vendor === meant);
  if (!there) {
    const withToken = jobs.length === 0 ? tokenJobsOf(subject, pkg) : [];
    return { at: workflowAt, label: "declared", ...missing(subject, pkg, declared, [...jobs, ...withToken]) };
  }
  const called = jobs.find((job) => job.pipeline === there || job.called.path === there.path);
  if (called) return { at: workflowAt, label: "declared", ...otherEnd(pkg, declared, called) };
  const own = publishers(there, { kind: pkg.kind, package: pkg.name });
  if (own.some((job) => job.live !== "no" && startsByItself(there))) return null;
  return { at: workflowAt, label: "declared", ...silent(pkg, there, own, jobs) };
}

function missing(
  subject: Subject,
  pkg: Package,
  declared: string,
  jobs: readonly PublishingJob[],
): Omit<Report, "at"> {
  const [job] = jobs;
  const lost = subject.lost.get(declared);
  const meant = vendorOf(declared, subject.pipelines);
  const near = subject.pipelines.find(({ file, vendor }) =>
    vendor === meant && plainName(file) === plainName(declared)
  );
  const renamed = subject.pipelines.find(({ path }) => path === lost?.renamedTo);
  const now = job ? claimedFile(job, pkg.kind).file : near?.file ?? renamed?.file;
  const history = lost &&
    (lost.renamedTo
      ? `${lost.renamedTo.split("/").at(-1)} was ${declared} until commit ${lost.commit} of ${lost.date}.`
      : `${declared} was removed by commit ${lost.commit} of ${lost.date}.`);
  return {
    message: `${pkg.name} expects workflow "${declared}", which does not exist` +
      (job
        ? `; "${now}" publishes it${job.invocation.keyless === "no" ? " with a token" : ""}`
        : near
        ? `; there is "${near.file}"`
        : ""),
    related: published(pkg, jobs),
    why: [...history ? [history] : [], refusalOf(pkg.registry)],
    next: now === undefined
      ? [
        `add ${pathOf(declared)}, or register the file that publishes at ${settingsOf(pkg)}, and here`,
      ]
      : [
        `rename ${now} ${history ? "back " : ""}to ${declared}`,
        `or register "${now}" at ${settingsOf(pkg)}, and here`,
      ],
  };
}

/** The same but for letter case and `.yml` or `.yaml`. */
function plainName(file: string): string {
  return file.toLowerCase().replace(/\.ya?ml$/, "");
}

function published(pkg: Package, jobs: readonly PublishingJob[]): Label[] {
  return jobs.slice(0, 3).map(({ invocation }) => ({ at: invocation.at, message: `publishes ${pkg.name}` }));
}

/** One workflow calls the other, and the declaration names the one at which the registry does not look. */
function otherEnd(pkg: Package, declared: string, job: PublishingJob): Omit<Report, "at"> {
  const seen = claimedFile(job, pkg.kind).file;
  const caller = CLAIM_RULES[pkg.kind].file === "caller";
  return {
    message: `${pkg.name} expects workflow "${declared}", but ${pkg.registry.label} will see ` +
      (caller ? `"${seen}", which calls it` : `"${seen}", which it calls`),
    related: [
      ...job.chain[0]?.calls ? [{ at: job.chain[0].calls.at, message: "called here" }] : [],
      ...published(pkg, [job]),
    ],
    why: [
      caller
        ? `${pkg.registry.label} reads the workflow that started (\`workflow_ref\`), not the one that is called.`
        : `${pkg.registry.label} reads the workflow that the job stands in (\`job_workflow_ref\`), not the one that started.`,
      refusalOf(pkg.registry),
    ],
    next: [`register "${seen}" at ${settingsOf(pkg)}, and here`],
  };
}

/** The declared workflow is there, and no step of it is seen to publish the package. */
function silent(
  pkg: Package,
  there: Pipeline,
  own: readonly PublishingJob[],
  elsewhere: readonly PublishingJob[],
): Omit<Report, "at"> & Partial<Pick<Report, "at">> {
  const what = `${pkg.name} expects workflow "${there.file}"`;
  const [dead] = own;
  if (dead && dead.live === "no") {
    return {
      message: `${what}, whose publishing step can never run`,
      related: [{ at: dead.invocation.at, message: "its `if:`, or that of its job, is always false" }],
      why: ["A release would end without an error and without a package."],
      next: ["make the condition true for a release, or remove the declaration"],
    };
  }
  const commented = there.commentedOut.find(({ kind }) => kind === null || kind === pkg.kind);
  if (commented) {
    return {
      message: `${what}, whose publishing step is commented out`,
      related: [{ at: commented.at, message: `would publish ${pkg.name}` }],
      why: ["A release would end without an error and without a package."],
      next: ["bring the step back, or remove the declaration"],
    };
  }
  const canRequest = there.jobs.some((job) => job.permissions.allows("id-token", "write") !== "no");
  const [other] = elsewhere;
  if (other && !canRequest && other.job.permissions.allows("id-token", "write") === "yes") {
    const seen = claimedFile(other, pkg.kind).file;
    return {
      message: `${what}, but "${seen}" publishes it`,
      related: published(pkg, elsewhere),
      why: [`No job of ${there.file} can request an OIDC token.`, refusalOf(pkg.registry)],
      next: [`publish from ${there.file}, or register "${seen}" at ${settingsOf(pkg)}, and here`],
    };
  }
  const remote = there.jobs.flatMap((job) => job.calls && !job.calls.pipeline ? [job.calls] : []);
  return {
    severity: "unverified",
    message: `${what}, and no step of it is seen to publish it`,
    related: remote.map(({ at, reference }) => ({ at, message: `${reference} cannot be read from here` })),
    why: ["The publishing may be hidden in a script, or in a workflow or action of another repository."],
    next: ["rehearse it, or let the workflow run `keyless publish` itself"],
  };
}

/** Doctor runs in a job that can request a token, from a workflow that is not the declared one. */
function running(subject: Subject, pkg: Package): Report | null {
  const { workflow: declared, workflowAt } = (pkg as Declared).trustPolicy;
  const job = subject.running;
  if (!job?.oidc || job.workflow === declared) return null;
  if (vendorOf(declared, subject.pipelines) !== "github") return null;
  const calls = subject.pipelines.some(({ file, jobs }) =>
    file === job.workflow && jobs.some((each) => each.calls)
  );
  if (calls && CLAIM_RULES[pkg.kind].file === "called") return null;
  const others = new Set(subject.project.packages.map((other) => other.trustPolicy?.workflow));
  if (others.has(job.workflow)) return null;
  return {
    severity: "warning",
    message:
      `${pkg.name} expects workflow "${declared}", and this job, which can request an OIDC token, runs in "${job.workflow}"`,
    at: workflowAt,
    label: "declared",
    why: ["GITHUB_WORKFLOW_REF names the workflow that registries see.", refusalOf(pkg.registry)],
    next: [
      `publish from ${declared}`,
      "where this job does not publish, leave it as it is, or leave `id-token: write` out of it",
    ],
  };
}
