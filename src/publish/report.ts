import type { Package } from "../config/project.ts";
import type { Problem } from "../problem.ts";
import type { Proof } from "./events.ts";
import type { ArtifactsManifest, PackedPackage } from "./manifest.ts";
import { type Plan, type PlannedPackage, problemsOf } from "./plan.ts";
import type { TokenBook } from "./tokens.ts";

/** How one package ended. */
export interface Released {
  readonly package: Package;
  readonly version: string | null;
  /** `accepted`: uploaded, but the registry has not shown it within the time that was waited, so nobody knows. */
  readonly result: "published" | "accepted" | "there" | "failed" | "not-tried" | "dry";
  /** What it was, or would be, published with. */
  readonly credential: string | null;
  readonly files: PackedPackage["files"];
  readonly proof: Proof | null;
  readonly problems: readonly Problem[];
}

/** How a release ended. */
export interface ReleaseReport {
  readonly commit: string;
  /** Versions of the clients, by name. */
  readonly tools: Readonly<Record<string, string>>;
  readonly packages: readonly Released[];
  /** Problems of the release as a whole, e.g. refused exchanges. */
  readonly problems: readonly Problem[];
  readonly tokens: { readonly minted: number; readonly burned: number; readonly longest: number };
}

/** What became of one package that was to be uploaded. */
export interface Result {
  readonly problem: Problem | null;
  readonly proof: Proof | null;
  readonly credential: string;
}

/** Everything that happened, package by package. */
export function reportOf(
  plan: Plan,
  made: ArtifactsManifest,
  results: ReadonlyMap<Package, Result>,
  book: TokenBook,
  problems: readonly Problem[],
): ReleaseReport {
  const stopped = problems.length > 0 || results.size > 0;
  return {
    commit: plan.checkout.commit,
    tools: made.tools,
    packages: plan.packages.map((entry) => releasedOf(entry, made, results.get(entry.package), stopped)),
    problems: [...problems, ...problemsOf(plan)],
    tokens: { minted: book.minted, burned: book.burned, longest: book.longest },
  };
}

function releasedOf(
  entry: PlannedPackage,
  made: ArtifactsManifest,
  result: Result | undefined,
  stopped: boolean,
): Released {
  const packed = packedOf(made, entry.package);
  const planned = entry.credential.path === "none" ? null : entry.credential.describe;
  return {
    package: entry.package,
    version: packed?.version ?? entry.version,
    result: resultOf(entry, result, stopped),
    credential: result?.credential ?? planned,
    files: packed?.files ?? [],
    proof: result?.proof ?? null,
    problems: result?.problem ? [result.problem] : [],
  };
}

function resultOf(entry: PlannedPackage, result: Result | undefined, stopped: boolean): Released["result"] {
  if (entry.action === "done") return "there";
  if (result?.proof?.visible === "pending") return "accepted";
  if (result) return result.problem ? "failed" : "published";
  return stopped ? "not-tried" : "dry";
}

/** What was packed of a package. */
export function packedOf(made: ArtifactsManifest, pkg: Package): PackedPackage | undefined {
  return made.packages.find((other) => other.name === pkg.name && other.registry === pkg.registry.name);
}
