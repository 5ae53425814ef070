import type { ClientName, Package } from "../config/project.ts";
import { makeDirectory, readText, writeAtomic } from "../host/files.ts";
import { plainLine } from "../host/redact.ts";
import type { Session } from "../host/session.ts";
import { KeylessError, UsageError } from "../problem.ts";
import { clientVersions } from "./client_check.ts";
import { clientNamed } from "./clients/table.ts";
import { digestFile } from "./digests.ts";
import type { Worktree } from "./git.ts";
import type { ArtifactsManifest, PackedPackage } from "./manifest.ts";

export interface PackOptions {
  /** Of `commit`; cleaned before each client, because what one leaves there would count as uncommitted for the next. */
  readonly worktree: Worktree;
  readonly commit: string;
  /** Absolute path of the directory for the files. */
  readonly artifacts: string;
  readonly onLine: (line: string) => void;
  readonly extraEnv: Readonly<Record<string, string>>;
}

/** Builds and verifies every package without any credential, and writes `manifest.json` last: without it nothing was packed. */
export async function pack(
  session: Session,
  packages: readonly Package[],
  options: PackOptions,
): Promise<ArtifactsManifest> {
  await makeDirectory(options.artifacts);
  await assertNoSubmodules(packages, options.worktree.path);
  const packed: PackedPackage[] = [];
  for (const [client, group] of byClient(packages)) {
    await options.worktree.clean();
    packed.push(
      ...await clientNamed(client).pack(session, {
        ...options,
        packages: group,
        worktree: options.worktree.path,
      }),
    );
  }
  for (const pkg of packages) assertAsPlanned(pkg, packed);
  const manifest: ArtifactsManifest = {
    schema: "keyless/artifacts/1",
    commit: options.commit,
    tools: await clientVersions(session, packages),
    packages: packed,
  };
  await writeAtomic(`${options.artifacts}/manifest.json`, JSON.stringify(manifest, null, 2) + "\n");
  return manifest;
}

/** A worktree has no submodules, so a package with one in it would ship without. @throws {KeylessError} `submodule-in-package` */
async function assertNoSubmodules(packages: readonly Package[], tree: string): Promise<void> {
  const text = await readText(`${tree}/.gitmodules`) ?? "";
  const paths = [...text.matchAll(/^\s*path\s*=\s*(.+?)\s*$/gm)].map((match) => match[1]!);
  for (const pkg of packages) {
    const inside = paths.find((path) => pkg.path === "." || `${path}/`.startsWith(`${pkg.path}/`));
    if (inside === undefined) continue;
    throw new KeylessError({
      code: "submodule-in-package",
      message: `${pkg.name} contains the submodule ${
        plainLine(inside)
      }, and packages are built without submodules`,
      next: [
        "commit the files themselves (git subtree, or a copy)",
        "or move the submodule out of the package's directory",
      ],
      package: pkg.name,
      at: pkg.at,
    });
  }
}

function byClient(packages: readonly Package[]): Map<ClientName, Package[]> {
  const groups = new Map<ClientName, Package[]>();
  for (const pkg of packages) groups.set(pkg.client, [...groups.get(pkg.client) ?? [], pkg]);
  return groups;
}

/** The client built what the manifest announced. @throws {KeylessError} `packed-version-differs` */
function assertAsPlanned(pkg: Package, packed: readonly PackedPackage[]): void {
  const made = packed.find((other) => other.name === pkg.name && other.registry === pkg.registry.name);
  if (made && (pkg.version === null || made.version === pkg.version)) return;
  throw new KeylessError({
    code: "packed-version-differs",
    message: made
      ? `${pkg.client} built ${pkg.name} ${made.version}, but ${pkg.manifest} says ${pkg.version}`
      : `${pkg.client} built nothing for ${pkg.name}`,
    next: ["commit the version that you want to publish, then pack again"],
    package: pkg.name,
    at: pkg.at,
  });
}

/**
 * Reads what `pack` wrote and checks every file against its digest. @throws {UsageError} `artifacts-unreadable`;
 * @throws {KeylessError} `artifacts-changed`
 */
export async function readArtifacts(directory: string): Promise<ArtifactsManifest> {
  const text = await readText(`${directory}/manifest.json`);
  if (text === null) throw unreadable(directory, "There is no manifest.json in it.");
  const manifest = parseManifest(text);
  if (!manifest) throw unreadable(directory, "Its manifest.json is not one of keyless.");
  for (const pkg of manifest.packages) {
    for (const file of pkg.files) {
      const digest = await digestFile(`${directory}/${pkg.directory}/${file.name}`);
      if (digest?.sha256 !== file.sha256 || digest.sha512 !== file.sha512) {
        throw changed(pkg, file.name, digest === null);
      }
    }
  }
  return manifest;
}

const PLAIN_NAME = /^[^/\\\0]+$/;
const PLAIN_PATH = /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^\\\0]+$/;

/** `null` for anything that is not a manifest; file names that would leave the directory are not one. */
function parseManifest(text: string): ArtifactsManifest | null {
  try {
    const value = JSON.parse(text) as ArtifactsManifest;
    const sound = value.schema === "keyless/artifacts/1" && /^[0-9a-f]{40,64}$/.test(value.commit) &&
      value.packages.every((pkg) =>
        PLAIN_PATH.test(pkg.directory) && pkg.files.length > 0 &&
        pkg.files.every((file) => PLAIN_NAME.test(file.name))
      );
    return sound ? value : null;
  } catch {
    // Neither JSON nor of that shape: the caller says so.
    return null;
  }
}

function unreadable(directory: string, why: string): UsageError {
  return new UsageError({
    code: "artifacts-unreadable",
    message: `${directory} holds no packed release`,
    why: [why],
    next: [`keyless pack --artifacts ${directory}`, "in CI: download the artifact of the job that packed"],
  });
}

function changed(pkg: PackedPackage, name: string, absent: boolean): KeylessError {
  return new KeylessError({
    code: "artifacts-changed",
    message: `${name} of ${pkg.name} ${absent ? "is missing" : "is not the file that was packed"}`,
    why: absent ? [] : ["Its digest differs from the one in manifest.json."],
    next: ["pack again; do not change files between pack and publish"],
    package: pkg.name,
  });
}
