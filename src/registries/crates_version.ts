import { rcompare, valid } from "semver";
import type { Session } from "../host/session.ts";
import { isPublic } from "./known.ts";
import type { PublisherEvidence, Registry, VersionState } from "./registry.ts";
import { type Json, look, lookForJson, object, text } from "./wire.ts";

/**
 * What a registry of crates has of one version. The web API of crates.io knows an upload at once, the index after a while; other
 * registries have the index alone.
 */
export async function cratesVersion(
  session: Session,
  registry: Registry,
  name: string,
  version: string,
): Promise<VersionState> {
  const [index, api] = await Promise.all([
    lookAtIndex(session, registry, name),
    isPublic(registry) ? lookAtApi(session, registry, name, version) : null,
  ]);
  const entries = index.what === "found" ? index.entries : [];
  const entry = entries.find((one) => withoutBuild(one.version) === withoutBuild(version));
  const record = api?.what === "found" ? api.record : null;
  const known = {
    latest: newest(entries) ?? (api?.what === "found" ? api.latest : null),
    publisher: evidence(object(record?.["trustpub_data"])),
    ...api?.what === "found" ? { trustedOnly: api.trustedOnly } : {},
  };
  if (entry || record) {
    const sha256 = entry?.sha256 ?? text(record?.["checksum"])?.toLowerCase();
    if (!sha256) return unknown("The version is there, and the index does not show its checksum yet.", known);
    const yanked = record ? record["yanked"] === true : entry!.yanked;
    const file = { name: `${name}-${entry?.version ?? text(record?.["num"]) ?? version}.crate`, sha256 };
    return { state: yanked ? "yanked" : "present", files: [file], ...known };
  }
  // The index may lag behind: at crates.io only the API can say that something is not there.
  if (api?.what === "unknown") return unknown(api.reason, known);
  if (!api && index.what === "unknown") return unknown(index.reason, known);
  const noCrate = index.what !== "found" && api?.what !== "found";
  return { state: noCrate ? "no-package" : "absent", files: [], ...known };
}

interface Entry {
  readonly version: string;
  readonly sha256: string;
  readonly yanked: boolean;
}

type Index =
  | { readonly what: "found"; readonly entries: readonly Entry[] }
  | { readonly what: "absent" }
  | { readonly what: "unknown"; readonly reason: string };

async function lookAtIndex(session: Session, { endpoints }: Registry, name: string): Promise<Index> {
  const looked = await look(session, {
    url: `${endpoints.index}${indexPath(name)}`,
    headers: { accept: "text/plain" },
    limit: 64 << 20,
  });
  if (looked.what !== "found") return looked;
  const lines = looked.reply.text.split("\n").filter((line) => line.trim() !== "");
  const entries = lines.flatMap(entryOf);
  return entries.length === lines.length
    ? { what: "found", entries }
    : { what: "unknown", reason: `The index has an entry for ${name} that is not in its format.` };
}

/** Where the sparse index keeps a crate: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcdef`. */
export function indexPath(name: string): string {
  const lower = encodeURIComponent(name.toLowerCase());
  if (lower.length <= 2) return `${lower.length}/${lower}`;
  if (lower.length === 3) return `3/${lower[0]}/${lower}`;
  return `${lower.slice(0, 2)}/${lower.slice(2, 4)}/${lower}`;
}

function entryOf(line: string): Entry[] {
  try {
    const { vers, cksum, yanked } = object(JSON.parse(line));
    if (typeof vers !== "string" || typeof cksum !== "string") return [];
    return [{ version: vers, sha256: cksum.toLowerCase(), yanked: yanked === true }];
  } catch {
    // Not JSON: the caller counts.
    return [];
  }
}

type Api =
  | {
    readonly what: "found";
    readonly trustedOnly: boolean;
    readonly latest: string | null;
    readonly record: Json | null;
  }
  | { readonly what: "absent" }
  | { readonly what: "unknown"; readonly reason: string };

async function lookAtApi(
  session: Session,
  { endpoints }: Registry,
  name: string,
  version: string,
): Promise<Api> {
  const base = `${endpoints.api}/api/v1/crates/${encodeURIComponent(name)}`;
  // Without `include` the answer holds every version, which for some crates is megabytes.
  const crate = await lookForJson(session, { url: `${base}?include=` });
  if (crate.what !== "found") return crate;
  const about = object(crate.body["crate"]);
  const one = await lookForJson(session, { url: `${base}/${encodeURIComponent(version)}` });
  if (one.what === "unknown") return one;
  return {
    what: "found",
    trustedOnly: about["trustpub_only"] === true,
    latest: text(about["default_version"]),
    record: one.what === "found" ? object(one.body["version"]) : null,
  };
}

/** `trustpub_data`, which names the run that published. */
function evidence(data: Json): PublisherEvidence | null {
  const repository = text(data["repository"]) ?? text(data["project_path"]);
  if (!repository) return null;
  return {
    source: "trustpub_data",
    repository,
    runId: text(data["run_id"]) ?? text(data["job_id"]),
    sha: text(data["sha"]),
  };
}

function unknown(reason: string, known: Omit<VersionState, "state" | "files" | "reason">): VersionState {
  return { state: "unknown", files: [], reason, ...known };
}

function newest(entries: readonly Entry[]): string | null {
  const versions = entries.filter(({ yanked, version }) => !yanked && valid(version)).map(({ version }) =>
    version
  );
  return versions.sort(rcompare)[0] ?? null;
}

/** Registries of crates take `1.0.0` and `1.0.0+x` for the same version. */
function withoutBuild(version: string): string {
  return version.split("+")[0]!;
}
