import { knownRegistry } from "../registries/known.ts";
import type { Kind, Registry } from "../registries/registry.ts";
import type { Ecosystem, PublishInvocation, Step } from "../pipelines/model.ts";
import { clientFacts } from "../pipelines/publishers.ts";
import { isForeign } from "../pipelines/destinations.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { claimedFile, goesTo } from "./claims.ts";
import type { Subject } from "./rule.ts";

const PUBLIC: Readonly<Record<Kind, readonly string[]>> = {
  crates: ["crates.io", "staging.crates.io"],
  pypi: ["pypi", "testpypi"],
  npm: ["npm"],
};

/** The registry that a step publishes to, where it is one that everybody knows; `null` for another one, and for other ecosystems. */
export function publicTarget(invocation: PublishInvocation): Registry | null {
  const names = PUBLIC[invocation.kind as Kind] as readonly string[] | undefined;
  return names?.map((name) => knownRegistry(name)).find((each) => each && goesTo(invocation, each)) ?? null;
}

/** Events with which the registries exchange nothing, by their own code (crates.io, PyPI). npm documents none. */
export const REFUSED_EVENTS: Readonly<Record<Kind, readonly string[]>> = {
  crates: ["pull_request_target", "workflow_run"],
  pypi: ["pull_request_target"],
  npm: [],
};

/** Registries that take tokens alone: Maven Central, Hex, Open VSX, Gemfury, CocoaPods, LuaRocks. */
const TOKENS_ALONE: readonly (Ecosystem | null)[] = [
  "maven",
  "hex",
  "vscode",
  "gemfury",
  "cocoapods",
  "luarocks",
];

/** Whether a step could publish with OIDC instead of its token: its registry takes it, and of npm its client too, for which nothing else can mint a token. */
export function couldUseOidc({ kind, registry, client }: PublishInvocation): boolean {
  if (TOKENS_ALONE.includes(kind) || kind === "npm" && clientFacts(client)?.oidc === null) return false;
  return !isForeign(kind, registry);
}

/**
 * Whether a step is meant to publish with OIDC: `yes` where it says so itself or a trust policy declares its workflow, `likely` where
 * its job may request a token and is given no other.
 */
export function meantForOidc({ project }: Subject, job: PublishingJob): "yes" | "likely" | "no" {
  const { invocation } = job;
  if (invocation.keyless !== "unknown") return invocation.keyless;
  const declared = project.packages.some((pkg) =>
    pkg.trustPolicy && (invocation.kind === null || invocation.kind === pkg.kind) &&
    goesTo(invocation, pkg.registry) && claimedFile(job, pkg.kind).file === pkg.trustPolicy.workflow
  );
  if (declared) return "yes";
  const without = invocation.credentials.every(({ holds }) => holds === "none");
  return without && job.job.permissions.allows("id-token", "write") === "yes" &&
      publicTarget(invocation) !== null
    ? "likely"
    : "no";
}

/** Actions that want an OIDC token for something else than a registry of packages. */
const OTHER_OIDC =
  /^(?:ossf\/scorecard-action|azure\/login|aws-actions\/configure-aws-credentials|google-github-actions\/auth|actions\/(?:attest[\w-]*|deploy-pages)|sigstore\/[\w-]+|codecov\/codecov-action|hashicorp\/vault-action|docker\/[\w-]+|hynek\/build-and-inspect-python-package)$/;

/** Whether a step wants an OIDC token for something else than to publish a package. */
export function wantsOtherOidc({ uses }: Step): boolean {
  return uses !== null && OTHER_OIDC.test(actionName(uses.value));
}

/** The public registries of ecosystems, as people call them. */
export const ECOSYSTEMS: Readonly<Partial<Record<Ecosystem, string>>> = {
  crates: "crates.io",
  pypi: "PyPI",
  npm: "npm",
  rubygems: "RubyGems",
  nuget: "NuGet",
  jsr: "JSR",
  pub: "pub.dev",
  hex: "Hex",
  gemfury: "Gemfury",
  cocoapods: "CocoaPods",
  luarocks: "LuaRocks",
};

/** What a step publishes to, as people call it: `npm`, `PyPI`, `NuGet`; `the registry` where several are meant, or nobody can tell. */
export function targetName(invocation: PublishInvocation): string {
  return nameOfTarget(invocation) ?? "the registry";
}

/** Where a step publishes, as people call it: ` to npm`, ` to PyPI`; nothing where several registries are meant, or nobody can tell. */
export function towards(invocation: PublishInvocation): string {
  const name = nameOfTarget(invocation);
  return name === null ? "" : ` to ${name}`;
}

function nameOfTarget(invocation: PublishInvocation): string | null {
  const { kind, registry } = invocation;
  const name = publicTarget(invocation)?.label;
  return name ?? (kind !== null && !isForeign(kind, registry) ? ECOSYSTEMS[kind] : undefined) ?? kind;
}
