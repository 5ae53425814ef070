import type { Package, Project } from "../config/project.ts";
import { privateDirectory } from "../host/files.ts";
import { interruptedOr, stopped } from "../host/cleanup.ts";
import type { Session } from "../host/session.ts";
import { KeylessError, type Problem, UsageError } from "../problem.ts";
import type { CredentialWish } from "./credential.ts";
import { findToken } from "./credential.ts";
import type { Observer, Proof } from "./events.ts";
import { checkout, type Worktree, worktree } from "./git.ts";
import type { ArtifactsManifest, PackedPackage } from "./manifest.ts";
import { pack, readArtifacts } from "./pack.ts";
import { assertPublishable, makePlan, type Plan, type PlannedPackage, problemsOf } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { prove, type Run } from "./prove.ts";
import { scopeOf, sourceFor, TokenBook } from "./tokens.ts";
import { upload } from "./upload.ts";

export interface ReleaseOptions {
  readonly wish: CredentialWish;
  /** Use the long-lived token that is found, when an exchange is refused. */
  readonly allowFallback: boolean;
  readonly allowDirty: boolean;
  /** Everything but exchanges and uploads. */
  readonly dryRun: boolean;
  readonly provenance: boolean;
  /** Absolute path of what `pack` wrote; `null`: pack now. */
  readonly artifacts: string | null;
  /** For the clients; a rehearsal says here where its index is. */
  readonly extraEnv: Readonly<Record<string, string>>;
  readonly observe: Observer;
  /** The run that publishes, to be found in what registries show afterwards. */
  readonly run: Run | null;
}

/** How one package ended. */
export interface Released {
  readonly package: Package;
  readonly version: string | null;
  readonly result: "published" | "there" | "failed" | "not-tried" | "dry";
  readonly credential: string | null;
  readonly files: PackedPackage["files"];
  readonly proof: Proof | null;
  readonly problems: readonly Problem[];
}

export interface ReleaseReport {
  readonly commit: string;
  /** Versions of the clients, by name. */
  readonly tools: Readonly<Record<string, string>>;
  readonly packages: readonly Released[];
  readonly problems: readonly Problem[];
  readonly tokens: { readonly minted: number; readonly burned: number; readonly longest: number };
}

/** A whole release: plan, pack, exchange for all, then upload in order, then prove. Whatever it began, it cleans up. */
export async function release(
  session: Session,
  project: Project,
  packages: readonly Package[],
  options: ReleaseOptions,
): Promise<ReleaseReport> {
  const head = await checkout(session.env, project.root);
  const given = options.artifacts ? await readArtifacts(options.artifacts) : null;
  if (given && given.commit !== head.commit) throw otherCommit(given.commit, head.commit);
  const first = await makePlan(session, project, packages, head, { ...options, artifacts: given });
  assertPublishable(first);
  options.observe({ type: "planned", plan: first });

  const book = new TokenBook(session);
  const workplace = new Workplace(session, project.root, head.commit);
  try {
    const directory = options.artifacts ?? await workplace.directory();
    const made = given ?? await packNow(session, first, directory, workplace, options);
    const plan = given ? first : await makePlan(session, project, packages, head, { ...options, artifacts: made });
    assertPublishable(plan);
    announceResume(plan, options.observe);
    const todo = plan.packages.filter((entry) => entry.action === "publish");
    if (options.dryRun || todo.length === 0) return report(plan, made, new Map(), book, []);

    const allowed = await exchangeAll(session, todo, book, options);
    if (Array.isArray(allowed)) return report(plan, made, new Map(), book, allowed);
    const results = await uploadAll(session, todo, allowed, made, directory, book, workplace, options);
    await book.close();
    return report(plan, made, results, book, []);
  } finally {
    await book.close();
    await workplace.close();
  }
}

/** Private directories of a release, made when they are needed. */
class Workplace {
  #directory: { path: string; remove(): Promise<void> } | null = null;
  #worktree: Worktree | null = null;

  constructor(readonly session: Session, readonly root: string, readonly commit: string) {}

  async directory(): Promise<string> {
    this.#directory ??= await privateDirectory("artifacts");
    return this.#directory.path;
  }

  async worktree(): Promise<string> {
    this.#worktree ??= await worktree(this.session.env, this.root, this.commit);
    return this.#worktree.path;
  }

  async close(): Promise<void> {
    await this.#worktree?.remove();
    await this.#directory?.remove();
  }
}

async function packNow(
  session: Session,
  plan: Plan,
  artifacts: string,
  workplace: Workplace,
  options: ReleaseOptions,
): Promise<ArtifactsManifest> {
  const packages = plan.packages.map((entry) => entry.package);
  options.observe({ type: "packing", packages });
  const made = await pack(session, packages, {
    worktree: await workplace.worktree(),
    commit: workplace.commit,
    artifacts,
    onLine: (text) => options.observe({ type: "line", text }),
    extraEnv: options.extraEnv,
  });
  for (const packed of made.packages) {
    const client = packages.find((pkg) => pkg.name === packed.name && pkg.registry.name === packed.registry)!.client;
    options.observe({ type: "packed", package: packed, client: `${client} ${made.tools[client] ?? ""}`.trim() });
  }
  return made;
}

/** What to publish with, by package; or the problems that stop the release. */
async function exchangeAll(
  session: Session,
  todo: readonly PlannedPackage[],
  book: TokenBook,
  options: ReleaseOptions,
): Promise<Map<Package, PlannedPackage["credential"]> | Problem[]> {
  const { problems, refused } = await preflight(todo, book, options.observe);
  const credentials = new Map(todo.map((entry) => [entry.package, entry.credential]));
  if (problems.length === 0) return credentials;
  if (!options.allowFallback) return [...problems];
  for (const { package: pkg } of todo.filter((entry) => refused.has(scopeOf(entry.package)))) {
    const token = await findToken(session, pkg.registry);
    if (!token) return [...problems];
    const problem = problems.find((one) => one.registry === pkg.registry.name)!;
    options.observe({ type: "fallback", package: pkg, where: token.where, problem });
    credentials.set(pkg, token);
  }
  return credentials;
}

interface Result {
  readonly problem: Problem | null;
  readonly proof: Proof | null;
}

async function uploadAll(
  session: Session,
  todo: readonly PlannedPackage[],
  credentials: ReadonlyMap<Package, PlannedPackage["credential"]>,
  made: ArtifactsManifest,
  artifacts: string,
  book: TokenBook,
  workplace: Workplace,
  options: ReleaseOptions,
): Promise<Map<Package, Result>> {
  const results = new Map<Package, Result>();
  for (const [index, entry] of todo.entries()) {
    const pkg = entry.package;
    const packed = packedOf(made, pkg)!;
    const credential = credentials.get(pkg)!;
    if (credential.path === "none") throw new KeylessError(credential.problem);
    options.observe({ type: "uploading", package: pkg, version: packed.version });
    try {
      const source = sourceFor(credential, pkg, book);
      await upload(session, { ...entry, credential }, packed, source, {
        artifacts,
        worktree: pkg.kind === "crates" ? await workplace.worktree() : null,
        provenance: options.provenance,
        extraEnv: options.extraEnv,
        observe: options.observe,
      });
      if (credential.path !== "oidc" || credential.provider.renewable) await book.drop(pkg);
      options.observe({ type: "uploaded", package: pkg, version: packed.version, digest: packed.files[0]!.sha256 });
      results.set(pkg, { problem: null, proof: null });
      // Whatever depends on it can be resolved only when it is visible.
      if (todo.slice(index + 1).some((later) => later.package.dependsOn.includes(pkg.name))) {
        await settleProof(session, pkg, packed, results, options);
        if (results.get(pkg)!.proof?.visible === "pending") throw new KeylessError(notVisible(pkg, packed.version));
      }
    } catch (error) {
      const reason = interruptedOr(stopped);
      if (reason || !(error instanceof KeylessError)) throw reason ?? error;
      await book.drop(pkg);
      options.observe({ type: "failed", package: pkg, version: packed.version, problem: error.problem });
      results.set(pkg, { problem: error.problem, proof: null });
      break;
    }
  }
  await Promise.all(
    [...results].filter(([, result]) => !result.problem && !result.proof).map(([pkg]) =>
      settleProof(session, pkg, packedOf(made, pkg)!, results, options)
    ),
  );
  return results;
}

async function settleProof(
  session: Session,
  pkg: Package,
  packed: PackedPackage,
  results: Map<Package, Result>,
  options: ReleaseOptions,
): Promise<void> {
  try {
    const proof = await prove(session, pkg, packed, options.run);
    options.observe({ type: "proved", package: pkg, proof });
    results.set(pkg, { problem: null, proof });
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    options.observe({ type: "failed", package: pkg, version: packed.version, problem: error.problem });
    results.set(pkg, { problem: error.problem, proof: null });
  }
}

function packedOf(made: ArtifactsManifest, pkg: Package): PackedPackage | undefined {
  return made.packages.find((other) => other.name === pkg.name && other.registry === pkg.registry.name);
}

function announceResume(plan: Plan, observe: Observer): void {
  const names = (action: string) =>
    plan.packages.filter((entry) => entry.action === action).map((entry) => `${entry.package.name} ${entry.version}`);
  const there = names("done");
  const missing = names("publish");
  if (there.length > 0) observe({ type: "resumed", there, missing });
}

function report(
  plan: Plan,
  made: ArtifactsManifest,
  results: ReadonlyMap<Package, Result>,
  book: TokenBook,
  problems: readonly Problem[],
): ReleaseReport {
  return {
    commit: plan.checkout.commit,
    tools: made.tools,
    packages: plan.packages.map((entry) => {
      const result = results.get(entry.package);
      const packed = packedOf(made, entry.package);
      return {
        package: entry.package,
        version: packed?.version ?? entry.version,
        result: resultOf(entry, result, problems.length > 0 || results.size > 0),
        credential: entry.credential.path === "none" ? null : entry.credential.describe,
        files: packed?.files ?? [],
        proof: result?.proof ?? null,
        problems: result?.problem ? [result.problem] : [],
      };
    }),
    problems: [...problems, ...problemsOf(plan)],
    tokens: { minted: book.minted, burned: book.burned, longest: book.longest },
  };
}

function resultOf(entry: PlannedPackage, result: Result | undefined, stopped: boolean): Released["result"] {
  if (entry.action === "done") return "there";
  if (result) return result.problem ? "failed" : "published";
  return stopped ? "not-tried" : "dry";
}

function otherCommit(packed: string, here: string): UsageError {
  return new UsageError({
    code: "artifacts-of-another-commit",
    message: `The artifacts were packed from commit ${packed.slice(0, 12)}, this checkout is at ${here.slice(0, 12)}`,
    next: [`check out ${packed.slice(0, 12)}`, "or pack this commit: keyless pack"],
  });
}

function notVisible(pkg: Package, version: string): Problem {
  return {
    code: "not-visible-yet",
    message: `${pkg.registry.label} accepted ${pkg.name} ${version}, but does not show it yet, and other packages need it`,
    next: ["run again in a few minutes: the release goes on where it stopped"],
    package: pkg.name,
    registry: pkg.registry.name,
  };
}
