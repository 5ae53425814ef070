import type { Package } from "../config/project.ts";
import { get, textOf } from "../formats/located.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { claimedFile, jobsOf } from "./claims.ts";
import { meantForOidc } from "./oidc.ts";
import { publishesPackage } from "./published_packages.ts";
import type { Subject } from "./rule.ts";

/** So many policies are written out, and so many names of packages that share one. */
const FEW = 3;

/**
 * What to write into keyless.toml so that doctor can compare it, made from the jobs that publish with OIDC; `null` where none does, or
 * where a package declares one already. Only what is sure: what is pasted unread must not be false.
 */
export function suggestedPolicy(subject: Subject): string | null {
  const { packages } = subject.project;
  if (packages.some(({ trustPolicy }) => trustPolicy !== null)) return null;
  const known = packages.flatMap((pkg) => {
    const policy = policyOf(pkg, subject);
    return policy === null ? [] : [{ pkg, policy }];
  });
  const alike = [...Map.groupBy(known, ({ policy }) => policy)];
  const blocks = alike.slice(0, FEW).map(([policy, [first, ...others]]) =>
    [
      ...header(first!.pkg, subject),
      policy,
      ...sharedBy(others.map(({ pkg }) => pkg.name)),
      ...[first!, ...others].flatMap(({ pkg }) => platformsOf(pkg, subject)).slice(0, FEW),
    ].join("\n")
  );
  const left = alike.slice(FEW).reduce((sum, [, each]) => sum + each.length, 0);
  const more = left > 0 ? [`# and ${left} more, of other workflows or environments`] : [];
  return blocks.length > 0 ? [...blocks, ...more].join("\n\n") : null;
}

/** The policy of a package; `null` where its jobs differ in what they claim, or nobody knows whether it is this package that they publish. */
function policyOf(pkg: Package, subject: Subject): string | null {
  const jobs = jobsOf(subject, pkg).filter((job) =>
    // A record for CircleCI names ids of its own and no file.
    job.pipeline.vendor !== "circleci" && meantForOidc(subject, job) !== "no" &&
    publishesPackage(job.invocation, pkg, subject.project) !== "no"
  );
  if (!jobs.some((job) => isSure(job, pkg, subject))) return null;
  const policies = new Set(jobs.map((job) => written(job, pkg)));
  return policies.size === 1 ? [...policies][0]! : null;
}

/** What a job claims, as a policy; `null` where only the run decides. */
function written(job: PublishingJob, pkg: Package): string | null {
  const { environment } = job.job;
  return environment && environment.name === null ? null : [
    "[package.trust_policy]",
    `workflow = ${text(claimedFile(job, pkg.kind).file)}`,
    ...environment ? [`environment = ${text(environment.name!)}`] : [],
  ].join("\n");
}

/** Whether a job publishes this very package, and not perhaps another one. */
function isSure(job: PublishingJob, pkg: Package, subject: Subject): boolean {
  if (publishesAll(job, subject)) return true;
  const { packages, unpublished } = subject.project;
  const alone = !unpublished.some(({ kind, reason }) => kind === pkg.kind && OUTSIDE.test(reason));
  const answer = publishesPackage(job.invocation, pkg, subject.project);
  // What a client of PyPI uploads was built before, maybe from another project that lies in the same tree.
  if (answer === "yes") return alone || pkg.kind !== "pypi";
  // A directory that is built, or brought by an artifact.
  return alone && packages.filter(({ kind }) => kind === pkg.kind).length === 1 &&
    !job.invocation.args.some((word) => PARTS.test(word));
}

/** What discovery says of packages that are left out because nothing says that they belong together with the others. */
const OUTSIDE = /^(?:lies inside of|not a member of) /;

function publishesAll(
  { step, invocation: { client, args } }: PublishingJob,
  { manifests }: Subject,
): boolean {
  if (client !== "changesets/action") {
    const all = EVERYTHING.includes(client) ||
      /^p?npm$/.test(client) && args.some((word) => /^(?:-r|--recursive|-ws|--workspaces)$/.test(word));
    return all && !args.some((word) => PARTS.test(word));
  }
  const command = step.with.get("publish")?.value ?? "";
  const name = /^\s*(?:npm|pnpm|yarn|bun)(?:\s+run)?\s+([\w:.-]+)\s*$/.exec(command)?.[1];
  const script = name === undefined
    ? undefined
    : textOf(manifests.get("package.json")?.root, "scripts", name)?.value;
  return /\bchangeset publish\b/.test(script ?? command);
}

/** Clients that publish every package that is not there yet, unless options say which. */
const EVERYTHING = ["changesets", "lerna", "nx release", "release-plz", "cargo-workspaces"];
const PARTS =
  /^(?:--projects|-p|--package|--groups|-g|--scope|--ignore|--exclude|--filter|-F|--filter-prod|-w|--workspace)(?:=|$)/;

function header({ name, kind, path, at }: Package, { project }: Subject): string[] {
  return at.path === project.configuration
    ? [`# of the package ${name}`]
    : ["[[package]]", `name = ${text(name)}`, `kind = "${kind}"`, `path = ${text(path)}`];
}

/** Whom else a policy is for. */
function sharedBy(names: readonly string[]): string[] {
  const left = names.length - FEW;
  const few = names.slice(0, left === 1 ? names.length : FEW).join(", ");
  return names.length > 0 ? [`# the same for ${few}${left > 1 ? ` and ${left} more` : ""}`] : [];
}

/** What napi makes of a package beside it, one for each platform, which stands in no file. */
function platformsOf(pkg: Package, { manifests }: Subject): string[] {
  const napi = get(manifests.get(pkg.manifest)?.root, "napi");
  if (!get(napi, "targets") && !get(napi, "triples")) return [];
  const name = textOf(napi, "packageName")?.value ?? pkg.name;
  return [`# and for ${name}-PLATFORM, each of those that napi publishes: npm wants a record for every one`];
}

/** A string of TOML. */
function text(value: string): string {
  return JSON.stringify(value);
}
