import type { Package, Project } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import type { IdentityProvider } from "../identity/provider.ts";
import { KeylessError, type Problem } from "../problem.ts";
import type { VersionState } from "../registries/registry.ts";
import { protocolOf } from "../registries/table.ts";
import { checkClients } from "./client_check.ts";
import { checkFound, type CredentialPlan, type CredentialWish, decideCredential } from "./credential.ts";
import { firstPublishProblem } from "./first_publish.ts";
import type { Checkout } from "./git.ts";
import type { ArtifactsManifest, PackedPackage } from "./manifest.ts";
import { inOrder } from "./order.ts";
import { assertAsPlanned } from "./pack.ts";

/** What will happen to one package. */
export interface PlannedPackage {
  readonly package: Package;
  /** `null` until it is built, for a version that the build decides. */
  readonly version: string | null;
  /** What the registry has of that version; `null` when the version is not known yet. */
  readonly there: VersionState | null;
  /**
   * `publish`: some file is missing. `done`: the same bytes are there. `compare`: the version is there, and only packing tells whether
   * it is the same. `blocked`: a problem stands in the way.
   */
  readonly action: "publish" | "done" | "compare" | "blocked";
  readonly credential: CredentialPlan;
  readonly problems: readonly Problem[];
  /** Packed files that the registry lacks; all of them before anything is packed. */
  readonly missing: readonly string[];
}

export interface Plan {
  readonly checkout: Checkout;
  /** Dependencies first. */
  readonly packages: readonly PlannedPackage[];
  /** Problems of the release as a whole; those of a package stand at the package. */
  readonly problems: readonly Problem[];
}

export interface PlanOptions {
  readonly wish: CredentialWish;
  /** What `pack` made, when it did. */
  readonly artifacts: ArtifactsManifest | null;
  readonly allowDirty: boolean;
  /** The identity of the CI that will publish, for looking from elsewhere; `null` where only what is here counts. */
  readonly assumed: AssumedIdentity | null;
}

/** Who will publish, as the workflow says; nothing can be exchanged with it. */
export interface AssumedIdentity {
  readonly provider: IdentityProvider;
  readonly describe: string;
}

/**
 * Looks at everything that can be looked at without changing anything: manifests, clients, credentials, registries.
 * @throws {KeylessError} `packed-version-differs`
 */
export async function makePlan(
  session: Session,
  project: Project,
  packages: readonly Package[],
  checkout: Checkout,
  options: PlanOptions,
): Promise<Plan> {
  const ordered = inOrder(packages);
  if (options.artifacts) { for (const pkg of ordered) assertAsPlanned(pkg, options.artifacts.packages); }
  const problems: Problem[] = [];
  // Packed files come from the commit, whatever lies around by now.
  if (checkout.changed.length > 0 && !options.allowDirty && !options.artifacts) {
    problems.push(dirty(checkout));
  }
  const [unfit, planned] = await Promise.all([
    checkClients(session, ordered),
    Promise.all(ordered.map((pkg) => planPackage(session, pkg, options))),
  ]);
  problems.push(...unfit, ...missingDependencies(project, planned));
  return { checkout, packages: planned, problems };
}

/** Every problem of a plan, the release's first. */
export function problemsOf(plan: Plan): Problem[] {
  return [...plan.problems, ...plan.packages.flatMap((entry) => entry.problems)];
}

async function planPackage(session: Session, pkg: Package, options: PlanOptions): Promise<PlannedPackage> {
  const packed = options.artifacts?.packages.find((other) =>
    other.name === pkg.name && other.registry === pkg.registry.name
  );
  const version = packed?.version ?? pkg.version;
  const decidedHere = await decideCredential(session, pkg, options.wish);
  const credential: CredentialPlan = decidedHere.path === "none" && options.assumed !== null &&
      options.wish !== "token" && pkg.registry.endpoints.exchange !== null
    ? { path: "oidc", ...options.assumed }
    : decidedHere;
  const there = version === null ? null : await look(session, pkg, version);
  const problems: Problem[] = [];
  const decided = decide(pkg, version, there, packed, problems);
  // A package that is already there needs no credential.
  if (decided.action !== "done") {
    if (credential.path === "none") problems.push(credential.problem);
    if (credential.path === "token") {
      const wrong = await checkFound(credential, pkg);
      if (wrong) problems.push({ ...wrong, package: pkg.name, registry: pkg.registry.name });
    }
    if (there) problems.push(...firstPublishProblem(pkg, there, credential));
  }
  const action = problems.length > 0 ? "blocked" as const : decided.action;
  return { package: pkg, version, there, credential, problems, action, missing: decided.missing };
}

async function look(session: Session, pkg: Package, version: string): Promise<VersionState> {
  return await protocolOf(pkg.registry).version(session, pkg.registry, pkg.name, version);
}

function decide(
  pkg: Package,
  version: string | null,
  there: VersionState | null,
  packed: PackedPackage | undefined,
  problems: Problem[],
): { action: "publish" | "done" | "compare"; missing: string[] } {
  const all = packed?.files.map((file) => file.name) ?? [];
  switch (there?.state) {
    case undefined:
    case "absent":
    case "no-package":
      return { action: "publish", missing: all };
    case "unknown":
      problems.push(notLooked(pkg, version, there.reason));
      return { action: "publish", missing: all };
    case "gone":
      problems.push(gone(pkg, version));
      return { action: "publish", missing: all };
    case "present":
    case "yanked": {
      if (!packed) return { action: "compare", missing: [] };
      const { missing, different } = compareBytes(packed, there);
      if (different.length > 0) problems.push(conflict(pkg, version, different));
      if (there.state === "yanked" && missing.length > 0) problems.push(gone(pkg, version));
      return { action: missing.length > 0 ? "publish" : "done", missing };
    }
  }
}

/** Which packed files the registry lacks, and which it has with other bytes. */
export function compareBytes(
  packed: PackedPackage,
  there: VersionState,
): { missing: string[]; different: string[] } {
  const missing: string[] = [];
  const different: string[] = [];
  for (const file of packed.files) {
    // crates.io and npm have one file a version, under a name of their own.
    const other = packed.kind === "pypi" ? there.files.find((one) => one.name === file.name) : there.files[0];
    if (!other) missing.push(file.name);
    else if (!sameBytes(file, other)) different.push(file.name);
  }
  return { missing, different };
}

function sameBytes(
  file: { sha256: string; sha512: string },
  other: { sha256?: string; sha512?: string },
): boolean {
  if (other.sha512) return other.sha512 === file.sha512;
  return other.sha256 === file.sha256;
}

function missingDependencies(project: Project, planned: readonly PlannedPackage[]): Problem[] {
  const chosen = new Set(planned.map((entry) => entry.package.name));
  const known = new Map(project.packages.map((pkg) => [pkg.name, pkg]));
  const reasonOf = (name: string) => project.unpublished.find((other) => other.name === name)!.reason;
  return planned.flatMap((entry) =>
    entry.action === "done" ? [] : entry.package.dependsOn
      .filter((name) =>
        !chosen.has(name) && !known.has(name) && project.unpublished.some((other) => other.name === name)
      )
      .map((name) => ({
        code: "dependency-not-published",
        message: `${entry.package.name} depends on ${name}, which is never published`,
        why: [`Seen and not published: ${name} (${reasonOf(name)}).`],
        next: [`publish ${name} too, or drop the dependency`],
        package: entry.package.name,
        registry: entry.package.registry.name,
        at: entry.package.at,
      }))
  );
}

function dirty(checkout: Checkout): Problem {
  const shown = checkout.changed.slice(0, 5);
  return {
    code: "dirty-tree",
    message: `${checkout.changed.length} ${
      checkout.changed.length === 1 ? "file has" : "files have"
    } uncommitted changes`,
    why: [
      `${shown.join(", ")}${checkout.changed.length > shown.length ? ", …" : ""}`,
      "Packages are built from the commit, so these changes would not ship.",
    ],
    next: ["commit or stash them", "or publish the commit as it is with --allow-dirty"],
  };
}

function notLooked(pkg: Package, version: string | null, reason: string | undefined): Problem {
  return {
    code: "registry-unknown",
    message: `${pkg.registry.label} could not say whether ${pkg.name} ${version} is there`,
    why: [
      reason ?? "It gave no usable answer.",
      "An outage is not an absence: nothing is uploaded on a guess.",
    ],
    next: ["run again when the registry answers"],
    package: pkg.name,
    registry: pkg.registry.name,
  };
}

function gone(pkg: Package, version: string | null): Problem {
  return {
    code: "version-burned",
    message: `${pkg.registry.label} will never accept ${pkg.name} ${version} again`,
    why: ["That version was published once, and was yanked, unpublished or deleted since."],
    next: ["raise the version"],
    package: pkg.name,
    registry: pkg.registry.name,
    at: pkg.at,
  };
}

function conflict(pkg: Package, version: string | null, files: readonly string[]): Problem {
  return {
    code: "version-conflict",
    message: `${pkg.registry.label} has ${pkg.name} ${version} with other bytes`,
    why: [
      `Different: ${files.join(", ")}.`,
      "Somebody else published that version, or this build is not reproducible (other tool versions, time stamps in the archive).",
    ],
    next: [
      "raise the version",
      "or finish an interrupted release from the files of its first run: keyless publish --artifacts DIR",
    ],
    package: pkg.name,
    registry: pkg.registry.name,
    at: pkg.at,
  };
}

/** Stops when a plan has problems. @throws {KeylessError} with all of them */
export function assertPublishable(plan: Plan): void {
  const problems = problemsOf(plan);
  if (problems.length > 0) throw new KeylessError(problems);
}
