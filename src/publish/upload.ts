import type { Session } from "../host/session.ts";
import { KeylessError, type Problem } from "../problem.ts";
import { protocolOf } from "../registries/table.ts";
import type { CredentialSource } from "./clients/client.ts";
import { clientNamed } from "./clients/table.ts";
import type { Observer } from "./events.ts";
import type { PackedPackage } from "./manifest.ts";
import { compareBytes, type PlannedPackage } from "./plan.ts";
import { provenanceFor } from "./provenance.ts";

export interface UploadOptions {
  /** Absolute path of the packed files' root. */
  readonly artifacts: string;
  /** A worktree of the packed commit, where a client needs one. */
  readonly worktree: string | null;
  readonly provenance: boolean;
  readonly extraEnv: Readonly<Record<string, string>>;
  readonly observe: Observer;
}

/** Uploads what is missing of one package. @throws {KeylessError} when the registry does not have it afterwards, or nobody knows */
export async function upload(
  session: Session,
  entry: PlannedPackage,
  packed: PackedPackage,
  credential: CredentialSource,
  options: UploadOptions,
): Promise<void> {
  const pkg = entry.package;
  const outcome = await clientNamed(pkg.client).upload(session, {
    package: pkg,
    version: packed.version,
    files: packed.files
      .filter((file) => entry.missing.includes(file.name))
      .map((file) => ({ ...file, path: `${options.artifacts}/${packed.directory}/${file.name}` })),
    registry: pkg.registry,
    first: entry.there?.state === "no-package",
    credential,
    worktree: options.worktree,
    onLine: (text) => options.observe({ type: "line", text }),
    extraEnv: options.extraEnv,
    provenance: options.provenance ? await provenanceFor(session, entry) : null,
  });
  switch (outcome.status) {
    case "accepted":
      return;
    case "exists":
      return await settle(session, entry, packed, {
        code: "version-conflict",
        message: `${pkg.registry.label} has ${pkg.name} ${packed.version} with other bytes`,
        said: outcome.said,
        next: ["raise the version"],
      });
    case "unclear":
      return await settle(session, entry, packed, outcome.problem);
    case "refused":
      throw new KeylessError(about(entry, outcome.problem));
  }
}

/** The registry decides whether an upload went through that its client could not tell. */
async function settle(
  session: Session,
  entry: PlannedPackage,
  packed: PackedPackage,
  problem: Problem,
): Promise<void> {
  const { registry, name } = entry.package;
  const there = await protocolOf(registry).version(session, registry, name, packed.version);
  if (there.state === "present") {
    const { missing, different } = compareBytes(packed, there);
    if (missing.length === 0 && different.length === 0) return;
  }
  throw new KeylessError(about(entry, problem));
}

function about(entry: PlannedPackage, problem: Problem): Problem {
  return { ...problem, package: entry.package.name, registry: entry.package.registry.name };
}
