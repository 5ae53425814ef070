import type { Package } from "../config/project.ts";
import { isWanted, type PublishingJob, startsByItself } from "../pipelines/publishing_jobs.ts";
import type { Pipeline, PublishInvocation, Vendor } from "../pipelines/model.ts";
import { WORKFLOWS } from "../pipelines/workflow.ts";
import type { Kind, Registry } from "../registries/registry.ts";
import { SETTINGS_URLS } from "../registries/settings_url.ts";
import type { Subject } from "./rule.ts";

/** How a kind of registry compares a job's claims with a publisher record. */
export interface ClaimRules {
  /** Which workflow file counts where one calls another: `workflow_ref` (the caller) or `job_workflow_ref` (the called one). */
  readonly file: "caller" | "called";
  readonly environment: "exact" | "caseless";
  readonly repository: "exact" | "caseless";
  /** How it refuses an exchange whose claims match no record. */
  readonly refusal: string;
}

/** Letter case and file, as the registries' own code has it (npm: as its documentation says). */
export const CLAIM_RULES: Readonly<Record<Kind, ClaimRules>> = {
  crates: { file: "caller", environment: "caseless", repository: "caseless", refusal: "400" },
  // PyPI looks a publisher up by the exact name, although it compares without letter case afterwards.
  pypi: { file: "called", environment: "caseless", repository: "exact", refusal: '422 "invalid-publisher"' },
  npm: { file: "caller", environment: "exact", repository: "exact", refusal: "404" },
};

/** Whether a claim equals what is registered. */
export function same(claimed: string, registered: string, how: "exact" | "caseless"): boolean {
  return how === "exact" ? claimed === registered : claimed.toLowerCase() === registered.toLowerCase();
}

/** How a registry compares environments: PyPI takes those of GitLab letter by letter (pypi/warehouse#18330). */
export function environmentRule(kind: Kind, vendor: Vendor): "exact" | "caseless" {
  return kind === "pypi" && vendor === "gitlab" ? "exact" : CLAIM_RULES[kind].environment;
}

/** How a registry compares repositories: by its own rule, but GitLab's projects without letter case; npm's documentation has no exception. */
export function repositoryRule(kind: Kind, vendor: Vendor): "exact" | "caseless" {
  return kind !== "npm" && vendor === "gitlab" ? "caseless" : CLAIM_RULES[kind].repository;
}

/** The workflow file that the registry will see; of GitLab the one that started the pipeline (`ci_config_ref_uri`). */
export function claimedFile(job: PublishingJob, kind: Kind): Pipeline {
  return CLAIM_RULES[kind].file === "caller" || job.pipeline.vendor !== "github" ? job.pipeline : job.called;
}

/** Whose CI a publisher record is about that names this file. Records for CircleCI name none; its only file is meant where GitHub has none of that name. */
export function vendorOf(workflow: string, pipelines: readonly Pipeline[]): Vendor {
  const among = (vendor: Vendor) =>
    pipelines.some((each) => each.vendor === vendor && each.file === workflow);
  if (isOfGitlab(workflow)) return "gitlab";
  return among("circleci") && !among("github") ? "circleci" : "github";
}

function isOfGitlab(workflow: string): boolean {
  return workflow.endsWith(".gitlab-ci.yml");
}

/** Where the file that a publisher record names is, relative to the root. */
export function pathOf(workflow: string): string {
  return isOfGitlab(workflow) ? workflow : `${WORKFLOWS}/${workflow}`;
}

/** The live jobs that publish a package with OIDC, or may, in the CI that its record is about. */
export function jobsOf(subject: Subject, pkg: Package): PublishingJob[] {
  return publishing(subject, pkg).filter(({ invocation }) => invocation.keyless !== "no");
}

/** The live jobs that publish a package with a token, in the same CI. */
export function tokenJobsOf(subject: Subject, pkg: Package): PublishingJob[] {
  return publishing(subject, pkg).filter(({ invocation }) => invocation.keyless === "no");
}

function publishing(subject: Subject, pkg: Package): PublishingJob[] {
  const vendor = pkg.trustPolicy && vendorOf(pkg.trustPolicy.workflow, subject.pipelines);
  const wanted = { kind: pkg.kind, package: pkg.name };
  return subject.publishing.filter((job) =>
    startsByItself(job.pipeline) && (vendor === null || job.pipeline.vendor === vendor) &&
    isWanted(job, wanted) && goesTo(job.invocation, pkg.registry)
  );
}

/** Whether a publish command is for this registry; one that names none is for whatever its configuration says. */
export function goesTo({ registry: named }: PublishInvocation, registry: Registry): boolean {
  // cargo's own name for crates.io.
  const name = named === "crates-io" ? "crates.io" : named;
  if (name === null || name === registry.name || name.includes("$")) return true;
  if (!URL.canParse(name)) return false;
  const { index, api, upload } = registry.endpoints;
  return [index, api, upload].some((address) => new URL(address).host === new URL(name).host);
}

/** Whether the declared workflow cannot be read, or not even be looked for: then nobody knows whether it is as declared. */
export function isUnread({ unread }: Pick<Subject, "unread">, { trustPolicy }: Package): boolean {
  if (trustPolicy === null) return false;
  const path = pathOf(trustPolicy.workflow);
  return unread.has(path) || unread.has(path.slice(0, path.lastIndexOf("/")));
}

/** What the registry would do, as a sentence. */
export function refusalOf(registry: Registry): string {
  return `${registry.label} would refuse the exchange with ${CLAIM_RULES[registry.kind].refusal}.`;
}

/** Where the publisher record of a package is changed. */
export function settingsOf(pkg: Package): string {
  return SETTINGS_URLS[pkg.registry.kind](pkg.registry, pkg.name);
}
