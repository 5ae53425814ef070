import { isAbsolute, relative } from "@std/path";
import type { ClientName, Package } from "../config/project.ts";
import { kindOf, makeDirectory, readBytes, readText, writeAtomic } from "../host/files.ts";
import { plainLine } from "../host/redact.ts";
import type { Session } from "../host/session.ts";
import { KeylessError, UsageError } from "../problem.ts";
import { clientVersions } from "./client_check.ts";
import { clientNamed } from "./clients/table.ts";
import { isOf } from "./contents.ts";
import { digest } from "./digests.ts";
import type { Checkout, Worktree } from "./git.ts";
import { type ArtifactsManifest, type PackedPackage, parseManifest } from "./manifest.ts";

const FOREIGN_MANIFEST = "Its manifest.json is not one of keyless.";

export interface PackOptions {
  /** Of the commit; cleaned before each client, because what one leaves there would count as uncommitted for the next. */
  readonly worktree: Worktree;
  readonly checkout: Checkout;
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
  await makeOwnDirectory(options.artifacts);
  await assertNoSubmodules(packages, options.worktree.path);
  const packed: PackedPackage[] = [];
  for (const [client, group] of byClient(packages)) {
    await options.worktree.clean();
    packed.push(
      ...await clientNamed(client).pack(session, {
        ...options,
        packages: group,
        worktree: options.worktree.path,
        committedAt: options.checkout.committedAt,
      }),
    );
  }
  for (const pkg of packages) assertAsPlanned(pkg, packed);
  const manifest: ArtifactsManifest = {
    schema: "keyless/artifacts/1",
    commit: options.checkout.commit,
    tools: await clientVersions(session, packages),
    packages: packed,
  };
  await writeAtomic(`${options.artifacts}/manifest.json`, JSON.stringify(manifest, null, 2) + "\n");
  return manifest;
}

/**
 * Whether packed files may be put into a directory: it holds nothing of somebody else's that they would replace, and no sources that
 * they would lie among. `shown` is what the user calls it.
 *
 * @throws {UsageError} `artifacts-directory-taken`
 */
export async function assertOwnDirectory(directory: string, root: string, shown: string): Promise<void> {
  if (isInside(root, directory)) {
    throw taken(`Cannot pack into ${shown}: it contains the repository`, [
      "What is packed would lie among the sources, as changes that are not committed.",
    ]);
  }
  const text = await readText(`${directory}/manifest.json`);
  if (text === null || parseManifest(text)) return;
  throw taken(`Cannot pack into ${shown}: ${shown.replace(/\/+$/, "")}/manifest.json would be overwritten`, [
    FOREIGN_MANIFEST,
  ]);
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return !isAbsolute(way) && way.split(/[/\\]/)[0] !== "..";
}

function taken(message: string, why: readonly string[]): UsageError {
  return new UsageError({
    code: "artifacts-directory-taken",
    message: plainLine(message),
    why,
    next: ["name a directory for packed files alone: --artifacts packed"],
  });
}

/** A directory that is made for the files is none of git's business: in it they would be uncommitted changes. */
async function makeOwnDirectory(path: string): Promise<void> {
  const isNew = await kindOf(path) === null;
  await makeDirectory(path);
  if (isNew) await writeAtomic(`${path}/.gitignore`, "*\n");
}

/** What packing begins with, as far as it can be done beside other work. */
export async function preparePack(
  session: Session,
  packages: readonly Package[],
  worktree: Worktree,
): Promise<void> {
  await Promise.all(
    [...byClient(packages)].map(([client, group]) =>
      clientNamed(client).prepare?.(session, { packages: group, worktree: worktree.path })
    ),
  );
}

/** A worktree has no submodules, so a package with one in it would ship without. @throws {KeylessError} `submodule-in-package` */
async function assertNoSubmodules(packages: readonly Package[], tree: string): Promise<void> {
  const text = await readText(`${tree}/.gitmodules`) ?? "";
  const paths = [...text.matchAll(/^[ \t]*path[ \t]*=[ \t]*(.*\S)[ \t]*$/gm)].map((match) => match[1]!);
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

/** What was packed is what the commit announces. @throws {KeylessError} `packed-version-differs` */
export function assertAsPlanned(pkg: Package, packed: readonly PackedPackage[]): void {
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
 * Reads what `pack` wrote, and checks every file against its digest and against the package that it should be.
 * @throws {UsageError} `artifacts-unreadable`; @throws {KeylessError} `artifacts-changed`
 */
export async function readArtifacts(directory: string): Promise<ArtifactsManifest> {
  const text = await readText(`${directory}/manifest.json`);
  if (text === null) throw unreadable(directory, "There is no manifest.json in it.");
  const manifest = parseManifest(text);
  if (!manifest) throw unreadable(directory, FOREIGN_MANIFEST);
  for (const pkg of manifest.packages) {
    for (const file of pkg.files) {
      const bytes = await readBytes(`${directory}/${pkg.directory}/${file.name}`);
      if (bytes === null) throw changed(pkg, `${file.name} of ${pkg.name} is missing`);
      const { sha256, sha512 } = await digest(bytes);
      if (sha256 !== file.sha256 || sha512 !== file.sha512) {
        throw changed(
          pkg,
          `${file.name} of ${pkg.name} is not the file that was packed`,
          "Its digest differs from the one in manifest.json.",
        );
      }
      if (!await isOf(pkg, file.name, bytes)) {
        throw changed(pkg, `${file.name} is not ${pkg.name} ${pkg.version}, as manifest.json says`);
      }
    }
  }
  return manifest;
}

function unreadable(directory: string, why: string): UsageError {
  return new UsageError({
    code: "artifacts-unreadable",
    message: `${directory} holds no packed release`,
    why: [why],
    next: [`keyless pack --artifacts ${directory}`, "in CI: download the artifact of the job that packed"],
  });
}

function changed(pkg: PackedPackage, message: string, ...why: readonly string[]): KeylessError {
  return new KeylessError({
    code: "artifacts-changed",
    message,
    why,
    next: ["pack again; do not change files between pack and publish"],
    package: pkg.name,
  });
}
