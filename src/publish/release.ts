import type { Package, Project } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import { UsageError } from "../problem.ts";
import { checkClients } from "./client_check.ts";
import type { CredentialWish } from "./credential.ts";
import type { Observer } from "./events.ts";
import { type Checkout, checkout } from "./git.ts";
import type { ArtifactsManifest } from "./manifest.ts";
import { pack, preparePack, readArtifacts } from "./pack.ts";
import { assertPublishable, type AssumedIdentity, makePlan, type Plan } from "./plan.ts";
import type { Run } from "./prove.ts";
import { Publication } from "./publication.ts";
import type { ReleaseReport } from "./report.ts";
import { TokenBook } from "./tokens.ts";
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
  // Some clients need long to say their version, so they are asked first; the plan asks again, and tells what is wrong with them.
  const asked = checkClients(session, packages).catch(() => {});
  try {
    return await releaseFrom(await checkout(session.env, project.root), session, project, packages, options);
  } finally {
    await asked;
  }
}

async function releaseFrom(
  head: Checkout,
  session: Session,
  project: Project,
  packages: readonly Package[],
  options: ReleaseOptions,
): Promise<ReleaseReport> {
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
    if (!given) {
      workplace.early(async (place) => preparePack(session, packages, await place.worktree()));
    }
    const first = await plan(given);
    options.observe({ type: "planned", plan: first });
    const directory = options.artifacts ?? await workplace.directory();
    const made = given ?? await packNow(session, first, directory, workplace, options);
    const final = given ? first : await plan(made);
    return await new Publication(session, final, made, directory, workplace, book, options).run();
  } finally {
    await Promise.all([book.close(), workplace.close()]);
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
    checkout: plan.checkout,
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

function otherCommit(packed: string, here: string): UsageError {
  return new UsageError({
    code: "artifacts-of-another-commit",
    message: `The artifacts were packed from commit ${packed.slice(0, 12)}, this checkout is at ${
      here.slice(0, 12)
    }`,
    next: [`check out ${packed.slice(0, 12)}`, "or pack this commit: keyless pack"],
  });
}
