import type { Package } from "../../config/project.ts";
import { list, privateDirectory } from "../../host/files.ts";
import { type Outcome, run } from "../../host/process.ts";
import { plain } from "../../host/redact.ts";
import type { Session } from "../../host/session.ts";
import { KeylessError } from "../../problem.ts";
import type { PackedPackage } from "../manifest.ts";
import { indexVariable } from "./cargo_names.ts";
import { withoutCredential } from "./cargo_registries.ts";
import { locked, parent, workspaceRoot } from "./cargo_workspace.ts";
import type { PackJob } from "./client.ts";
import { buildEnvironment } from "./environment.ts";
import { HOUR, lastWords, packFailed, storePacked } from "./packed.ts";
import { pinnedToolchain } from "./toolchain.ts";

/** Packs and verifies crates, those of one workspace together. @throws {KeylessError} `pack-failed` */
export async function packCrates(session: Session, job: PackJob): Promise<readonly PackedPackage[]> {
  const packed: PackedPackage[] = [];
  for (const [root, packages] of await byWorkspace(session, job)) {
    packed.push(...await packWorkspace(session, job, root, packages));
  }
  return packed;
}

/** Crates of one workspace are packed together: cargo then verifies them against each other, although none is published yet. */
export async function byWorkspace(
  session: Session,
  job: Pick<PackJob, "packages" | "worktree">,
): Promise<Map<string, Package[]>> {
  const located = await Promise.all(job.packages.map(async (pkg) => {
    const manifest = `${job.worktree}/${pkg.manifest}`;
    const env = {
      ...buildEnvironment(session, "cargo"),
      ...await pinnedToolchain(session, parent(manifest), job.worktree),
      // A dependency from a registry without an address keeps cargo from reading any manifest of the workspace.
      ...indexVariables(job.packages),
    };
    return { pkg, root: await workspaceRoot(manifest, env, parent(manifest)) };
  }));
  const groups = new Map<string, Package[]>();
  for (const { pkg, root } of located) {
    if (root === null) throw packFailed("cargo", [pkg], `cargo finds no workspace for ${pkg.manifest}`);
    groups.set(root, [...groups.get(root) ?? [], pkg]);
  }
  return groups;
}

async function packWorkspace(
  session: Session,
  job: PackJob,
  root: string,
  packages: readonly Package[],
): Promise<PackedPackage[]> {
  const bare = await withoutCredential(session, root);
  const target = await privateDirectory("cargo-target");
  try {
    const outcome = await run({
      projectCode: true,
      program: "cargo",
      args: [
        "package",
        ...bare.args,
        "--manifest-path",
        root,
        "--target-dir",
        target.path,
        ...packages.flatMap((pkg) => ["-p", pkg.name]),
        ...await locked(root),
      ],
      cwd: parent(root),
      env: {
        ...buildEnvironment(session, "cargo"),
        ...await pinnedToolchain(session, parent(root), job.worktree),
        ...indexVariables(job.packages),
        ...bare.env,
        CARGO_TERM_COLOR: "never",
        ...job.extraEnv,
      },
      timeout: HOUR,
      onLine: job.onLine,
    });
    if (outcome.code !== 0) {
      throw alone(packages, outcome) ?? packFailed("cargo", packages, lastWords(outcome));
    }
    const packed: PackedPackage[] = [];
    for (const pkg of packages) packed.push(await collect(pkg, `${target.path}/package`, job.artifacts));
    return packed;
  } finally {
    await target.remove();
  }
}

/** Cargo looks for a crate of this project at the registry, because it is not packed along; `null` when it complains about other things. */
function alone(packages: readonly Package[], outcome: Outcome): KeylessError | null {
  const missing =
    /no matching package named `([^`]+)` found|failed to select a version for the requirement `([\w-]+) /
      .exec(outcome.stderr);
  const name = missing?.[1] ?? missing?.[2];
  const pkg = packages.find(({ dependsOn }) => name !== undefined && dependsOn.includes(name));
  if (!pkg || packages.some((other) => other.name === name)) return null;
  return new KeylessError({
    code: "dependency-not-packed",
    message:
      `${pkg.name} cannot be packed without ${name}, which ${pkg.registry.label} does not have in that version`,
    why: ["cargo verifies a crate against its registry, or against the crates that are packed with it."],
    said: plain(lastWords(outcome)).trim(),
    next: [`pack them together: keyless pack ${name} ${pkg.name}`, `or publish ${name} first`],
    package: pkg.name,
    registry: pkg.registry.name,
    at: pkg.at,
  });
}

function indexVariables(packages: readonly Package[]): Record<string, string> {
  return Object.assign({}, ...packages.map((pkg) => indexVariable(pkg.registry)));
}

async function collect(pkg: Package, directory: string, artifacts: string): Promise<PackedPackage> {
  const names = (await list(directory)).map((entry) => entry.name);
  // Another crate's name may begin with this one's: what follows it must be a version.
  const version = names.map((name) => name.startsWith(`${pkg.name}-`) ? name.slice(pkg.name.length + 1) : "")
    .map((rest) => /^(\d+\.\d+\.\d+.*)\.crate$/.exec(rest)?.[1]).find((found) => found !== undefined);
  if (version === undefined) throw packFailed("cargo", [pkg], "cargo wrote no .crate file.");
  return await storePacked(pkg, version, [`${directory}/${pkg.name}-${version}.crate`], artifacts);
}
