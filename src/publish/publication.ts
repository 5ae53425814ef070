import type { Package } from "../config/project.ts";
import { interruptedOr, stopped } from "../host/cleanup.ts";
import type { Session } from "../host/session.ts";
import { KeylessError, type Problem } from "../problem.ts";
import { checkFound, type CredentialPlan, findToken } from "./credential.ts";
import type { Observer, Proof } from "./events.ts";
import type { ArtifactsManifest } from "./manifest.ts";
import type { Plan, PlannedPackage } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { prove, type Run } from "./prove.ts";
import { packedOf, type ReleaseReport, reportOf, type Result } from "./report.ts";
import { scopeOf, sourceFor, type TokenBook } from "./tokens.ts";
import { upload } from "./upload.ts";
import type { Workplace } from "./workplace.ts";

type Usable = Exclude<CredentialPlan, { path: "none" }>;

/** What {@link Publication} is told about the release; see `ReleaseOptions`. */
export interface PublicationOptions {
  readonly allowFallback: boolean;
  readonly dryRun: boolean;
  readonly provenance: boolean;
  readonly extraEnv: Readonly<Record<string, string>>;
  readonly observe: Observer;
  readonly run: Run | null;
}

/** The part of a release in which something can be published. */
export class Publication {
  readonly #results = new Map<Package, Result>();
  readonly #proofs = new Map<Package, Promise<Proof>>();
  readonly #todo: readonly PlannedPackage[];

  constructor(
    private readonly session: Session,
    private readonly plan: Plan,
    private readonly made: ArtifactsManifest,
    private readonly directory: string,
    private readonly workplace: Workplace,
    private readonly book: TokenBook,
    private readonly options: PublicationOptions,
  ) {
    this.#todo = plan.packages.filter((entry) => entry.action === "publish");
  }

  /** Exchanges for all, uploads in order, then proves. */
  async run(): Promise<ReleaseReport> {
    this.#announceResume();
    if (this.options.dryRun || this.#todo.length === 0) return this.#report([]);
    if (this.#todo.some((entry) => entry.package.kind === "crates")) {
      this.workplace.early((place) => place.treeForUploads());
    }
    const { credentials, problems } = await this.#exchangeAll();
    if (problems.length > 0) {
      await this.book.close();
      return this.#report(problems);
    }
    for (const entry of this.#todo) {
      if (!await this.#publish(entry, credentials.get(entry.package)!)) break;
      if (!this.#todo.some(({ package: pkg }) => pkg.kind === "crates" && !this.#results.has(pkg))) {
        this.workplace.early((place) => place.closeTree());
      }
    }
    for (const [pkg, { problem, proof }] of this.#results) if (!problem && !proof) await this.#prove(pkg);
    await this.book.close();
    return this.#report([]);
  }

  /** What each package is published with, or the problems that stop the release. */
  async #exchangeAll(): Promise<{ credentials: Map<Package, Usable>; problems: readonly Problem[] }> {
    const { problems, refused } = await preflight(this.#todo, this.book, this.options.observe);
    const credentials = new Map<Package, Usable>();
    for (const { package: pkg, credential } of this.#todo) {
      if (credential.path !== "none" && !refused.has(scopeOf(pkg))) {
        credentials.set(pkg, credential);
        continue;
      }
      const token = this.options.allowFallback ? findToken(this.session, pkg.registry) : null;
      if (!token) return { credentials, problems };
      const wrong = await checkFound(token, pkg);
      if (wrong) return { credentials, problems: [...problems, { ...wrong, package: pkg.name }] };
      const problem = problems.find((one) => one.registry === pkg.registry.name)!;
      this.options.observe({ type: "fallback", package: pkg, where: token.where, problem });
      credentials.set(pkg, token);
    }
    return { credentials, problems: [] };
  }

  /** Uploads one package; false when the release must stop. */
  async #publish(entry: PlannedPackage, credential: Usable): Promise<boolean> {
    const pkg = entry.package;
    const packed = packedOf(this.made, pkg)!;
    const { version } = packed;
    this.options.observe({ type: "uploading", package: pkg, version });
    try {
      await upload(this.session, { ...entry, credential }, packed, sourceFor(credential, pkg, this.book), {
        artifacts: this.directory,
        worktree: pkg.kind === "crates" ? await this.workplace.treeForUploads() : null,
        provenance: this.options.provenance,
        extraEnv: this.options.extraEnv,
        observe: this.options.observe,
      });
      if (credential.path !== "oidc" || credential.provider.renewable) void this.book.drop(pkg);
    } catch (error) {
      const interruption = interruptedOr(stopped);
      if (interruption || !(error instanceof KeylessError)) throw interruption ?? error;
      await this.book.drop(pkg);
      return this.#fail(pkg, version, error.problem, credential.describe);
    }
    this.#results.set(pkg, { problem: null, proof: null, credential: credential.describe });
    // The registry is asked while other packages are uploaded; what it says is told afterwards, in order.
    const proof = prove(this.session, pkg, packed, this.options.run);
    proof.catch(() => {});
    this.#proofs.set(pkg, proof);
    this.options.observe({ type: "uploaded", package: pkg, version, digest: packed.files[0]!.sha256 });
    if (!this.#isNeeded(pkg)) return true;
    await this.#prove(pkg);
    return this.#results.get(pkg)!.problem === null;
  }

  /** Whatever depends on a package can be resolved only when it is visible. */
  #isNeeded(pkg: Package): boolean {
    return this.#todo.some((other) =>
      !this.#results.has(other.package) && other.package.dependsOn.includes(pkg.name)
    );
  }

  async #prove(pkg: Package): Promise<void> {
    const { version } = packedOf(this.made, pkg)!;
    const { credential } = this.#results.get(pkg)!;
    try {
      const proof = await this.#proofs.get(pkg)!;
      const problem = proof.visible === "yes" ? null : notVisible(pkg, version);
      this.#results.set(pkg, { problem, proof, credential });
      this.options.observe({ type: "proved", package: pkg, proof });
    } catch (error) {
      if (!(error instanceof KeylessError)) throw error;
      this.#fail(pkg, version, error.problem, credential);
    }
  }

  #fail(pkg: Package, version: string, problem: Problem, credential: string): false {
    const located = { ...problem, package: pkg.name, registry: pkg.registry.name };
    this.#results.set(pkg, { problem: located, proof: null, credential });
    this.options.observe({ type: "failed", package: pkg, version, problem: located });
    return false;
  }

  #announceResume(): void {
    const named = (action: PlannedPackage["action"]) =>
      this.plan.packages.filter((entry) => entry.action === action).map((entry) =>
        `${entry.package.name} ${entry.version}`
      );
    const there = named("done");
    if (there.length > 0) this.options.observe({ type: "resumed", there, missing: named("publish") });
  }

  #report(problems: readonly Problem[]): ReleaseReport {
    return reportOf(this.plan, this.made, this.#results, this.book, problems);
  }
}

function notVisible(pkg: Package, version: string): Problem {
  return {
    code: "not-visible-yet",
    message: `${pkg.registry.label} accepted ${pkg.name} ${version}, but does not show it yet`,
    why: ["A client that is content is no proof: only the registry knows whether the version is there."],
    next: ["run the same command again in a few minutes: it looks again, and goes on where it stopped"],
    package: pkg.name,
    registry: pkg.registry.name,
  };
}
