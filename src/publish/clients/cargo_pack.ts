import type { Package } from "../../config/project.ts";
import { list, privateDirectory } from "../../host/files.ts";
import { run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
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
async function byWorkspace(session: Session, job: PackJob): Promise<Map<string, Package[]>> {
  const groups = new Map<string, Package[]>();
  for (const pkg of job.packages) {
    const manifest = `${job.worktree}/${pkg.manifest}`;
    const env = {
      ...buildEnvironment(session, "cargo"),
      ...await pinnedToolchain(session, parent(manifest)),
      // A dependency from a registry without an address keeps cargo from reading any manifest of the workspace.
      ...indexVariables(job.packages),
    };
    const root = await workspaceRoot(manifest, env, parent(manifest));
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
        ...await pinnedToolchain(session, parent(root)),
        ...indexVariables(job.packages),
        ...bare.env,
        CARGO_TERM_COLOR: "never",
        ...job.extraEnv,
      },
      timeout: HOUR,
      onLine: job.onLine,
    });
    if (outcome.code !== 0) throw packFailed("cargo", packages, lastWords(outcome));
    const packed: PackedPackage[] = [];
    for (const pkg of packages) packed.push(await collect(pkg, `${target.path}/package`, job.artifacts));
    return packed;
  } finally {
    await target.remove();
  }
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
