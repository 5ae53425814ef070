import type { Session } from "../host/session.ts";
import { npmEvidence } from "./npm_evidence.ts";
import { escapedName } from "./npm_form.ts";
import type { PublishedFile, Registry, VersionState } from "./registry.ts";
import { type Json, lookForJson, object, text } from "./wire.ts";

/**
 * What npm has of one version. The document of that version is asked for, with a query that no cache has seen: the document of the
 * whole package lags behind a publish, and earlier "not found" answers are kept.
 */
export async function npmVersion(
  session: Session,
  registry: Registry,
  name: string,
  version: string,
): Promise<VersionState> {
  const one = await lookForJson(
    session,
    request(session, `${registry.endpoints.index}${escapedName(name)}/${encodeURIComponent(version)}`),
  );
  if (one.what === "unknown") return unknown(one.reason);
  if (one.what === "found") return await present(session, registry, name, one.body);
  const whole = await lookForJson(session, {
    ...request(session, `${registry.endpoints.index}${escapedName(name)}`),
    // Every version's manifest is in it.
    limit: 256 << 20,
    timeout: 120_000,
  });
  if (whole.what === "unknown") return unknown(whole.reason);
  const nothing = { files: [], latest: null, publisher: null };
  if (whole.what === "absent") return { state: "no-package", ...nothing };
  const latest = text(object(whole.body["dist-tags"])["latest"]);
  const shown = object(whole.body["versions"])[version];
  if (shown) return { ...await present(session, registry, name, object(shown)), latest };
  return { state: isGone(whole.body, version) ? "gone" : "absent", ...nothing, latest };
}

function request(session: Session, url: string) {
  return { url: `${url}?fresh=${session.clock.now()}`, headers: { "cache-control": "no-cache" } };
}

async function present(
  session: Session,
  registry: Registry,
  name: string,
  document: Json,
): Promise<VersionState> {
  const dist = object(document["dist"]);
  const sha512 = sha512Of(text(dist["integrity"]) ?? "");
  // Without a hash nobody can tell whether it is the same; old versions have SHA-1 only.
  if (!sha512) return unknown(`${registry.label} has the version, and names no SHA-512 for it.`);
  const file: PublishedFile = { name: text(dist["tarball"])?.split("/").pop() ?? `${name}.tgz`, sha512 };
  return {
    state: "present",
    files: [file],
    latest: null,
    publisher: await npmEvidence(session, registry, name, document),
  };
}

/** A version that was unpublished stays in `time`; of a package that was, `time.unpublished` is left. */
function isGone(whole: Json, version: string): boolean {
  const time = object(whole["time"]);
  const unpublished = object(time["unpublished"])["versions"];
  return Object.hasOwn(time, version) || (Array.isArray(unpublished) && unpublished.includes(version));
}

/** The SHA-512 of a subresource integrity value, in lower-case hex. */
function sha512Of(integrity: string): string | null {
  const encoded = /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)/.exec(integrity)?.[1];
  if (!encoded) return null;
  return Array.from(atob(encoded), (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}

function unknown(reason: string): VersionState {
  return { state: "unknown", files: [], latest: null, publisher: null, reason };
}
