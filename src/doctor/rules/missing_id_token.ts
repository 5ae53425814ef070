import { outputIn } from "../../pipelines/credentials.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import type { Package, Project } from "../../config/project.ts";
import type { Location } from "../../problem.ts";
import type { Job } from "../../pipelines/model.ts";
import { type PublishingJob, startsByItself } from "../../pipelines/publishing_jobs.ts";
import type { Label } from "../../report/finding.ts";
import { claimedFile, goesTo } from "../claims.ts";
import { clientsOf, placesOf, publishPlaces } from "../clients.ts";
import { idTokenFix } from "../id_token_fix.ts";
import { couldUseOidc, publicTarget, wantsOtherOidc } from "../oidc.ts";
import type { Report, Rule } from "../rule.ts";
import { variablesAt } from "../variables.ts";

/** A job that publishes keyless needs `id-token: write`; a job's block replaces the workflow's, so it is easy to lose. */
export const missingIdToken: Rule = {
  code: "missing-id-token",
  severity: "error",
  phase: "trust policy (local)",
  *check({ project, publishing }) {
    // What a called workflow may do is told by its callers; where none is here, that is all there is to say.
    const live = publishing.filter((job) =>
      job.pipeline.vendor === "github" && job.invocation.keyless !== "no" &&
      job.job.permissions.allows("id-token", "write") !== "yes"
    );
    const seen = new Set<Location>();
    const expected = new Set(live.filter((job) => expectsOidc(job, project)));
    for (const first of [...expected, ...live]) {
      if (seen.has(first.job.at)) continue;
      seen.add(first.job.at);
      const alike = live.filter((each) =>
        expected.has(each) === expected.has(first) &&
        each.chain.every((job, level) => job === first.chain[level])
      );
      const packages = project.packages.filter((pkg) => alike.some((job) => publishesIt(job, pkg)));
      const answer = first.job.permissions.allows("id-token", "write");
      if (answer === "no" && expected.has(first)) yield refused(first, alike, packages);
      else if (answer === "no") {
        const unseen = alike.filter((job) => !isHandedOutput(job));
        const lost = lostGrant(first, alike);
        if (lost) yield lost;
        else if (unseen.length > 0) yield nothingSeen(unseen[0]!, unseen);
      } else if (expected.has(first) || leavesToDefault(first)) {
        yield { severity: "unverified", ...undecided(first, alike) };
      }
    }
  },
};

/** Whether a step publishes with OIDC for sure, or is meant to. */
function expectsOidc(job: PublishingJob, { packages }: Project): boolean {
  return job.invocation.keyless === "yes" || job.job.permissions.misspelt("id-token") !== null ||
    packages.some((pkg) =>
      publishesIt(job, pkg) && pkg.trustPolicy?.workflow === claimedFile(job, pkg.kind).file
    );
}

/** Whether a called job asks for an OIDC token, has no other credential in sight, and its callers write no permissions at all. */
function leavesToDefault({ chain: [first], job, invocation }: PublishingJob): boolean {
  return first !== job && first!.permissions.from === "default" &&
    job.permissions.written("id-token")?.value === "write" && publicTarget(invocation) !== null &&
    invocation.credentials.every(({ holds }) => holds === "none");
}

function publishesIt({ invocation }: PublishingJob, pkg: Package): boolean {
  return (invocation.kind === null || invocation.kind === pkg.kind) &&
    (invocation.packages.length === 0 || invocation.packages.includes(pkg.name)) &&
    goesTo(invocation, pkg.registry);
}

function refused(job: PublishingJob, alike: readonly PublishingJob[], packages: readonly Package[]): Report {
  const { chain } = job;
  const cannot = (each: Job) => each.permissions.allows("id-token", "write") === "no";
  // A called job cannot have more than its caller, so the outermost one that lacks it is where it is lost.
  const culprit = chain.find(cannot) ?? job.job;
  const { at, from, replaced } = culprit.permissions;
  const caller = culprit !== job.job;
  const names = packages.map((pkg) => pkg.name);
  const typo = culprit.permissions.misspelt("id-token");
  const related: Label[] = [
    ...replaced ? [{ at: replaced, message: "what the workflow grants …" }] : [],
    ...names.length > 0 && alike.length === 1
      ? placesOf(alike, `publishes ${names.join(", ")}`)
      : publishPlaces(alike),
    ...caller
      ? [{ at: job.job.at, message: `job "${job.job.id}" is called with no more than its caller may do` }]
      : [],
  ];
  return {
    message: `Job "${job.job.id}" publishes with ${clientsOf(alike)} but cannot request an OIDC token`,
    at: typo?.at ?? at ?? culprit.at,
    label: typo
      ? `there is no scope \`${typo.name}\`; it is written \`id-token\``
      : replaced
      ? "… but a job's block replaces it; scopes that it does not name become none"
      : from === "default"
      ? "no permissions are written, and none of the defaults has id-token"
      : culprit.permissions.written("id-token")
      ? "id-token is named here, and not with `write`"
      : "scopes that are not named here are none",
    related,
    package: names.length === 1 ? names[0]! : null,
    why: ["The exchange would stop before it starts: GitHub gives this job no token to send."],
    next: [
      typo
        ? `write \`id-token: write\` for \`${typo.name}\``
        : `add \`id-token: write\` to the permissions of job "${culprit.id}"`,
    ],
    fix: idTokenFix(job, culprit),
  };
}

/** A job whose block takes away what the workflow grants, with no token in sight; `null` for any other. */
function lostGrant(publishing: PublishingJob, alike: readonly PublishingJob[]): Report | null {
  const { job, called, chain } = publishing;
  const { at, written, writtenAbove } = job.permissions;
  const granted = writtenAbove("id-token");
  const without = alike.every(({ invocation }) =>
    publicTarget(invocation) && invocation.credentials.every(({ holds }) => holds === "none")
  );
  // The grant may be for another job, which signs or deploys.
  const forOthers = called.jobs.some(({ steps }) => steps.some(wantsOtherOidc));
  if (chain.length > 1 || granted?.value !== "write" || !at || written("id-token") || !without || forOthers) {
    return null;
  }
  return {
    severity: "warning",
    message: `Job "${job.id}" publishes with ${
      clientsOf(alike)
    } and no token in sight, and loses the id-token that the workflow grants`,
    at,
    label: "… but a job's block replaces it; scopes that it does not name become none",
    related: [
      { at: granted.at, message: "what the workflow grants …" },
      ...publishPlaces(alike),
    ],
    why: [
      "GitHub gives this job no OIDC token. Without a token from elsewhere the registry refuses the upload.",
    ],
    next: [
      `add \`id-token: write\` to the permissions of job "${job.id}"`,
      "where a file that an earlier step makes, or a setting of the machine, holds a token, take id-token out of the workflow's permissions",
    ],
    fix: async () => {
      const fix = await idTokenFix(publishing, job);
      return fix && { ...fix, safe: false };
    },
  };
}

/** Whether a step before, or a job before, hands it a credential: a vault, a program of one's own. */
function isHandedOutput({ called, job, step, invocation }: PublishingJob): boolean {
  const ids = allSteps(job.steps).map(({ id }) => id?.toLowerCase());
  const variables = variablesAt({ called, job, step });
  return invocation.credentials.some(({ value }) => {
    const name = /^\\?\$\{?(?:env:)?(\w+)\}?$/.exec(value.trim())?.[1];
    const output = outputIn(value) ?? outputIn(variables.get(name ?? "")?.value ?? "");
    const [from, id] = output?.toLowerCase().split(".") ?? [];
    return from === "needs" || from === "steps" && ids.includes(id);
  });
}

function nothingSeen({ job, invocation }: PublishingJob, alike: readonly PublishingJob[]): Report {
  const takesOidc = alike.some((each) => couldUseOidc(each.invocation));
  return {
    severity: "unverified",
    message: `Job "${job.id}" publishes with ${clientsOf(alike)}, and ${
      takesOidc ? "neither a token nor id-token is" : "no token is"
    } in sight`,
    at: invocation.at,
    label: "with which credential?",
    related: [
      ...placesOf(alike, "and here").filter(({ at }) => at !== invocation.at),
      ...job.permissions.at && takesOidc ? [{ at: job.permissions.at, message: "no id-token here" }] : [],
    ],
    why: ["A file that an earlier step makes, or a setting of the machine, may hold the token."],
    next: [
      takesOidc ? "for OIDC: add `id-token: write` to the job's permissions" : "hand the step its token",
      "where there is a token, leave it as it is",
    ],
  };
}

function undecided(job: PublishingJob, alike: readonly PublishingJob[]): Report {
  const [first] = job.chain as [Job, ...Job[]];
  const what = `Job "${job.job.id}" publishes with ${clientsOf(alike)}`;
  const at = first.permissions.at ?? first.at;
  const related = publishPlaces(alike);
  if (!startsByItself(job.pipeline)) {
    return {
      message: `${what}, and who calls it decides whether it can request an OIDC token`,
      at,
      related,
      why: ["A called workflow can have no more permissions than the job that calls it."],
      next: ["see to it that every caller's job has `id-token: write`"],
    };
  }
  if (first.permissions.allows("id-token", "write") !== "no") {
    return {
      message: `${what}, and what its permissions say cannot be read`,
      at,
      label: "neither scopes nor read-all or write-all",
      related,
      why: ["GitHub knows a list of scopes, `read-all`, `write-all` and `{}`, and takes no expression here."],
      next: ["write the scopes that the job needs, `id-token: write` among them"],
    };
  }
  return {
    message: `${what}, and the repository's default decides whether it can request an OIDC token`,
    at,
    label: `no permissions are written for job "${first.id}"`,
    related: [...related, ...placeOfBlock(job.job)],
    why: [
      "Where the default is read and write, a called workflow of the same repository gets the id-token that it asks for; where it is read-only, GitHub does not start the run.",
    ],
    next: [`add \`id-token: write\` to the permissions of job "${first.id}"`],
    fix: idTokenFix(job, first),
  };
}

function placeOfBlock({ permissions }: Job): Label[] {
  return permissions.at ? [{ at: permissions.at, message: "asks for it" }] : [];
}
