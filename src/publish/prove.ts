import type { Package } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import { KeylessError } from "../problem.ts";
import type { PublisherEvidence, VersionState } from "../registries/registry.ts";
import { protocolOf } from "../registries/table.ts";
import type { Proof } from "./events.ts";
import type { PackedPackage } from "./manifest.ts";
import { compareBytes } from "./plan.ts";

/** The run that published, to be found again in what the registry shows. */
export interface Run {
  readonly repository: string | null;
  readonly runId: string | null;
  readonly sha: string | null;
}

/** Seconds that each kind of registry usually needs, with room; npm publishes in the background, and that takes minutes at times. */
const PATIENCE = { crates: 120, pypi: 60, npm: 600 } as const;

/** Seconds after which people are told that they wait. */
const NOTICEABLE = 10;

/**
 * Polls until the registry shows exactly the packed bytes, for a bounded time.
 * @throws {KeylessError} `version-conflict` when it shows other bytes; `proof-mismatch` when it names another run
 */
export async function prove(
  session: Session,
  pkg: Package,
  packed: PackedPackage,
  run: Run | null,
): Promise<Proof> {
  const start = session.clock.now();
  const elapsed = () => Math.round((session.clock.now() - start) / 1000);
  let told = false;
  for (let pause = 100;; pause = Math.min(pause * 2, 8000)) {
    const there = await protocolOf(pkg.registry).version(session, pkg.registry, pkg.name, packed.version);
    if (shows(packed, there)) {
      const publisher = run ? compareRun(there.publisher, run) : "unnamed";
      if (publisher === "another") throw otherRun(pkg, packed.version, there.publisher!);
      return { visible: "yes", seconds: elapsed(), publisher, source: there.publisher?.source ?? null };
    }
    if (elapsed() + pause / 1000 > PATIENCE[pkg.kind]) {
      return { visible: "pending", seconds: elapsed(), publisher: "unnamed", source: null };
    }
    if (!told && elapsed() >= NOTICEABLE) {
      told = true;
      session.progress.say(
        `${pkg.registry.label} has accepted ${pkg.name} ${packed.version} and does not show it yet; waiting up to ${
          PATIENCE[pkg.kind] / 60
        } min`,
      );
    }
    await session.clock.sleep(pause);
  }
}

function shows(packed: PackedPackage, there: VersionState): boolean {
  if (there.state !== "present") return false;
  const { missing, different } = compareBytes(packed, there);
  if (different.length === 0) return missing.length === 0;
  throw new KeylessError({
    code: "version-conflict",
    message: `The registry shows ${packed.name} ${packed.version} with other bytes than were uploaded`,
    why: [`Different: ${different.join(", ")}.`],
    next: ["look at who published that version, and yank it if it was not you"],
    package: packed.name,
    registry: packed.registry,
  });
}

function compareRun(evidence: PublisherEvidence | null, run: Run): "this-run" | "another" | "unnamed" {
  if (!evidence) return "unnamed";
  const pairs = [
    [evidence.repository?.toLowerCase(), run.repository?.toLowerCase()],
    [evidence.runId, run.runId],
    [evidence.sha, run.sha],
  ];
  const known = pairs.filter(([named, own]) => named && own);
  if (known.length === 0) return "unnamed";
  return known.every(([named, own]) => named === own) ? "this-run" : "another";
}

function otherRun(pkg: Package, version: string, evidence: PublisherEvidence): KeylessError {
  return new KeylessError({
    code: "proof-mismatch",
    message: `${pkg.registry.label} says that another run published ${pkg.name} ${version}`,
    why: [
      `Its ${evidence.source} names ${evidence.repository ?? "no repository"}` +
      `${evidence.runId ? `, run ${evidence.runId}` : ""}${
        evidence.sha ? `, commit ${evidence.sha.slice(0, 12)}` : ""
      }.`,
      "The bytes are the same; if an earlier run of this release was cut off, that is the one.",
    ],
    next: ["compare the run with the history of your workflow"],
    package: pkg.name,
    registry: pkg.registry.name,
  });
}
