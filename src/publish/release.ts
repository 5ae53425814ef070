import type { Package, Project } from "../config/project.ts";
import { interruptedOr, stopped } from "../host/cleanup.ts";
import type { Session } from "../host/session.ts";
import { KeylessError, type Problem, UsageError } from "../problem.ts";
import { checkFound, type CredentialPlan, type CredentialWish, findToken } from "./credential.ts";
import type { Observer } from "./events.ts";
import { checkout } from "./git.ts";
import type { ArtifactsManifest } from "./manifest.ts";
import { pack, readArtifacts } from "./pack.ts";
import { assertPublishable, type AssumedIdentity, makePlan, type Plan, type PlannedPackage } from "./plan.ts";
import { preflight } from "./preflight.ts";
import { prove, type Run } from "./prove.ts";
import { packedOf, type ReleaseReport, reportOf, type Result } from "./report.ts";
import { scopeOf, sourceFor, TokenBook } from "./tokens.ts";
import { upload } from "./upload.ts";
import { Workplace } from "./workplace.ts";

export interface ReleaseOptions {
  readonly wish: CredentialWish;
  /** Use the long-lived token that is found, when an exchange is refused. */
  readonly allowFallback: boolean;
  readonly allowDirty: boolean;
  /** Everything but exchanges and uploads. */
  readonly dryRun: boolean;
  readonly provenance: boolean;
  /** For a dry run outside of the CI that will publish. */
  readonly assumed: AssumedIdentity | null;
  /** Absolute path of what `pack` wrote; `null`: pack now. */
  readonly artifacts: string | null;
  /** For the clients; a rehearsal says here where its index is. */
  readonly extraEnv: Readonly<Record<string, string>>;
  readonly observe: Observer;
  /** The run that publishes, to be found in what registries show afterwards. */
  readonly run: Run | null;
}

/** A whole release: plan, pack, exchange for all, then upload in order, then prove. Whatever it began, it cleans up. */
export async function release(
  session: Session,
  project: Project,
  packages: readonly Package[],
  options: ReleaseOptions,
): Promise<ReleaseReport> {
  const head = await checkout(session.env, project.root);
  const given = options.artifacts === null ? null : await readArtifacts(options.artifacts);
  if (given && given.commit !== head.commit) throw otherCommit(given.commit, head.commit);
  const plan = async (artifacts: ArtifactsManifest | null) => {
    const made = await makePlan(session, project, packages, head, { ...options, artifacts });
    assertPublishable(made);
    return made;
  };
  const workplace = new Workplace(session, project.root, head.commit);
  const book = new TokenBook(session);
  try {
    const first = await plan(given);
    options.observe({ type: "planned", plan: first });
    const directory = options.artifacts ?? await workplace.directory();
    const made = given ?? await packNow(session, first, directory, workplace, options);
    const final = given ? first : await plan(made);
    return await new Publication(session, final, made, directory, workplace, book, options).run();
  } finally {
    await book.close();
    await workplace.close();
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
    commit: plan.checkout.commit,
    artifacts,
    onLine: (text) => options.observe({ type: "line", text }),
    extraEnv: options.extraEnv,
  });
  for (const packed of made.packages) {
    const { client } = packages.find((pkg) =>
      pkg.name === packed.name && pkg.registry.name === packed.registry
    )!;
    options.observe({
      type: "packed",
      package: packed,
      client: `${client} ${made.tools[client] ?? ""}`.trim(),
    });
  }
  return made;
}

type Usable = Exclude<CredentialPlan, { path: "none" }>;

/** The part of a release in which something can be published. */
class Publication {
  readonly #results = new Map<Package, Result>();
  readonly #todo: readonly PlannedPackage[];

  constructor(
    private readonly session: Session,
    private readonly plan: Plan,
    private readonly made: ArtifactsManifest,
    private readonly directory: string,
    private readonly workplace: Workplace,
    private readonly book: TokenBook,
    private readonly options: ReleaseOptions,
  ) {
    this.#todo = plan.packages.filter((entry) => entry.action === "publish");
  }

  async run(): Promise<ReleaseReport> {
    this.#announceResume();
    if (this.options.dryRun || this.#todo.length === 0) return this.#report([]);
    const { credentials, problems } = await this.#exchangeAll();
    if (problems.length > 0) return this.#report(problems);
    for (const entry of this.#todo) {
      if (!await this.#publish(entry, credentials.get(entry.package)!)) break;
    }
    await Promise.all(
      [...this.#results].filter(([, { problem, proof }]) => !problem && !proof).map(([pkg]) =>
        this.#prove(pkg)
      ),
    );
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
        worktree: pkg.kind === "crates" ? (await this.workplace.worktree()).path : null,
        provenance: this.options.provenance,
        extraEnv: this.options.extraEnv,
        observe: this.options.observe,
      });
      if (credential.path !== "oidc" || credential.provider.renewable) await this.book.drop(pkg);
    } catch (error) {
      const interruption = interruptedOr(stopped);
      if (interruption || !(error instanceof KeylessError)) throw interruption ?? error;
      await this.book.drop(pkg);
      return this.#fail(pkg, version, error.problem, credential.describe);
    }
    this.#results.set(pkg, { problem: null, proof: null, credential: credential.describe });
    this.options.observe({ type: "uploaded", package: pkg, version, digest: packed.files[0]!.sha256 });
    if (!this.#isNeeded(pkg)) return true;
    await this.#prove(pkg);
    const { problem, proof } = this.#results.get(pkg)!;
    if (problem) return false;
    return proof?.visible === "yes" ||
      this.#fail(pkg, version, notVisible(pkg, version), credential.describe);
  }

  /** Whatever depends on a package can be resolved only when it is visible. */
  #isNeeded(pkg: Package): boolean {
    return this.#todo.some((other) =>
      !this.#results.has(other.package) && other.package.dependsOn.includes(pkg.name)
    );
  }

  async #prove(pkg: Package): Promise<void> {
    const packed = packedOf(this.made, pkg)!;
    const { credential } = this.#results.get(pkg)!;
    try {
      const proof = await prove(this.session, pkg, packed, this.options.run);
      this.#results.set(pkg, { problem: null, proof, credential });
      this.options.observe({ type: "proved", package: pkg, proof });
    } catch (error) {
      if (!(error instanceof KeylessError)) throw error;
      this.#fail(pkg, packed.version, error.problem, credential);
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

function otherCommit(packed: string, here: string): UsageError {
  return new UsageError({
    code: "artifacts-of-another-commit",
    message: `The artifacts were packed from commit ${packed.slice(0, 12)}, this checkout is at ${
      here.slice(0, 12)
    }`,
    next: [`check out ${packed.slice(0, 12)}`, "or pack this commit: keyless pack"],
  });
}

function notVisible(pkg: Package, version: string): Problem {
  return {
    code: "not-visible-yet",
    message:
      `${pkg.registry.label} accepted ${pkg.name} ${version}, but does not show it yet, and other packages need it`,
    next: ["run again in a few minutes: the release goes on where it stopped"],
  };
}
