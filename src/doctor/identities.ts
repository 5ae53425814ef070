import type { Answer, PublishInvocation, Vendor } from "../pipelines/model.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { isPublic } from "../registries/known.ts";
import type { Kind, Registry } from "../registries/registry.ts";
import { goesTo, vendorOf } from "./claims.ts";
import { publicTarget } from "./oidc.ts";
import type { Subject } from "./rule.ts";

/**
 * Whose CI the registries exchange tokens with, by their code (npm: by its documentation). Jenkins has no issuer of its own. PyPI was
 * about to take CircleCI in (pypi/warehouse#19349), and files do not tell whether it has.
 */
const ACCEPTED: Readonly<Record<Kind, Readonly<Record<Vendor, Answer>>>> = {
  crates: { github: "yes", gitlab: "yes", circleci: "no", jenkins: "no" },
  pypi: { github: "yes", gitlab: "yes", circleci: "unknown", jenkins: "no" },
  npm: { github: "yes", gitlab: "yes", circleci: "yes", jenkins: "no" },
};

/** How people call them. */
export const VENDORS: Readonly<Record<Vendor, string>> = {
  github: "GitHub Actions",
  gitlab: "GitLab",
  circleci: "CircleCI",
  jenkins: "Jenkins",
};

/** Whether a registry exchanges a token of this CI. */
export function accepts({ kind }: Registry, vendor: Vendor): Answer {
  return ACCEPTED[kind][vendor];
}

/** The variable that clients read an OIDC token from where the CI cannot be asked for one, and the audience that it must have. */
export interface TokenVariable {
  readonly variable: string;
  readonly audience: string;
}

/** The variable for a public registry: npm's own, and for others the one that the Python library `id` reads. */
export function tokenVariable({ kind, name, endpoints }: Registry): TokenVariable {
  const audience = endpoints.audience ?? name;
  const word = kind === "npm" ? "NPM" : audience.toUpperCase().replace(/[^A-Z0-9]/g, "_");
  return { variable: `${word}_ID_TOKEN`, audience };
}

/** The public registries that a step publishes to; none where that is not known, or where a private one is meant. */
export function targetsOf({ project }: Subject, invocation: PublishInvocation): readonly Registry[] {
  if (invocation.registryAs !== undefined || /[$\ue000]/.test(invocation.registry ?? "")) return [];
  const packages = project.packages.filter((pkg) =>
    (invocation.kind === null || invocation.kind === pkg.kind) &&
    (invocation.packages.length === 0 || invocation.packages.includes(pkg.name)) &&
    goesTo(invocation, pkg.registry)
  );
  const registries = [...new Set(packages.map(({ registry }) => registry))];
  // What a command or a variable names goes before what the project says.
  if (registries.length > 0 && invocation.registry === null) return registries.filter(isPublic);
  const target = publicTarget(invocation);
  return target ? [target] : [];
}

/** Whether a trust policy is declared for a package that goes to this registry from this pipeline. */
export function isDeclared(
  { project, pipelines }: Subject,
  { pipeline, invocation }: PublishingJob,
  registry: Registry,
): boolean {
  return project.packages.some((pkg) =>
    pkg.trustPolicy !== null && pkg.registry.name === registry.name && goesTo(invocation, pkg.registry) &&
    (invocation.packages.length === 0 || invocation.packages.includes(pkg.name)) &&
    vendorOf(pkg.trustPolicy.workflow, pipelines) === pipeline.vendor &&
    pkg.trustPolicy.workflow === pipeline.file
  );
}

/** Whether no place is seen from which a step could get a long-lived token. */
export function hasNoToken({ credentials }: PublishInvocation): boolean {
  return credentials.every(({ holds }) => holds === "none" || holds === "minted");
}

/** Whether npm is told to make a provenance statement. */
export function wantsProvenance({ invocation, step, job, pipeline }: PublishingJob): boolean {
  if (invocation.kind !== "npm") return false;
  const option = invocation.args.findLast((word) => /^--(?:no-)?provenance(?:=|$)/.test(word));
  if (option !== undefined) return /^--provenance(?:=true)?$/.test(option);
  const set = ["NPM_CONFIG_PROVENANCE", "npm_config_provenance"].flatMap((name) =>
    step.env.get(name) ?? job.env.get(name) ?? pipeline.env.get(name) ?? []
  );
  return invocation.client === "npm" && set.some(({ value }) => value === "true");
}
