import type { Session } from "../host/session.ts";
import { isPublic } from "./known.ts";
import { normalName, sameVersion, versionOfFile } from "./pypi_names.ts";
import type { PublishedFile, Registry, VersionState } from "./registry.ts";
import { type Json, list, look, lookForJson, object, text } from "./wire.ts";

/** What an index of Python packages has of one version: from PyPI's JSON API, and from the simple index where there is none. */
export async function pypiVersion(
  session: Session,
  registry: Registry,
  name: string,
  version: string,
): Promise<VersionState> {
  if (!isPublic(registry)) return await fromSimple(session, registry, name, version);
  const state = await fromJson(session, registry, name, version);
  return state.state === "unknown" ? await fromSimple(session, registry, name, version) : state;
}

async function fromJson(
  session: Session,
  { endpoints }: Registry,
  name: string,
  version: string,
): Promise<VersionState> {
  const base = `${endpoints.api}/pypi/${encodeURIComponent(normalName(name))}`;
  const project = await lookForJson(session, { url: `${base}/json`, limit: LARGE });
  if (project.what === "unknown") return unknown(project.reason);
  if (project.what === "absent") return { state: "no-package", files: [], latest: null, publisher: null };
  const latest = text(object(project.body["info"])["version"]);
  const release = await lookForJson(session, { url: `${base}/${encodeURIComponent(version)}/json` });
  if (release.what === "unknown") return unknown(release.reason);
  const files = release.what === "found" ? list(release.body["urls"]).map(object) : [];
  return stateOf(
    files.map((file) => ({ ...fileOf(file, "digests"), yanked: file["yanked"] === true })),
    latest,
  );
}

/** The simple index of PEP 691, or the HTML of PEP 503 from servers that know no other. */
async function fromSimple(
  session: Session,
  { endpoints }: Registry,
  name: string,
  version: string,
): Promise<VersionState> {
  const looked = await look(session, {
    url: `${endpoints.index}${encodeURIComponent(normalName(name))}/`,
    headers: { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" },
    limit: LARGE,
  });
  if (looked.what === "unknown") return unknown(looked.reason);
  if (looked.what === "absent") return { state: "no-package", files: [], latest: null, publisher: null };
  const body = looked.reply.json();
  const files = body === undefined ? filesInHtml(looked.reply.text) : filesInJson(object(body));
  if (!files) {
    return unknown("The simple index answered with something that is neither its JSON nor its HTML.");
  }
  return stateOf(
    files.filter((file) => {
      const found = versionOfFile(file.name);
      return found !== null && sameVersion(found, version);
    }),
    null,
  );
}

/** A project's whole page can be that large. */
const LARGE = 64 << 20;

type File = PublishedFile & { readonly yanked: boolean };

function stateOf(files: readonly File[], latest: string | null): VersionState {
  const state = files.length === 0 ? "absent" : files.every((file) => file.yanked) ? "yanked" : "present";
  return { state, files: files.map(({ yanked: _, ...file }) => file), latest, publisher: null };
}

function filesInJson(body: Json): File[] | null {
  if (!Array.isArray(body["files"])) return null;
  // `yanked` is a boolean, or the reason as a string.
  return body["files"].map(object).map((file) => ({
    ...fileOf(file, "hashes"),
    yanked: file["yanked"] === true || typeof file["yanked"] === "string",
  }));
}

function fileOf(file: Json, digests: string): PublishedFile {
  const sha256 = text(object(file[digests])["sha256"]);
  return { name: text(file["filename"]) ?? "", ...sha256 ? { sha256: sha256.toLowerCase() } : {} };
}

function filesInHtml(html: string): File[] | null {
  if (!/<html|<!doctype|<a\s/i.test(html)) return null;
  return [...html.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/gi)].map(([, attributes, label]) => {
    const sha256 = /#(?:[^"'\s]*&(?:amp;)?)?sha256=([0-9a-f]{64})/i.exec(attributes!)?.[1];
    return {
      name: label!.trim(),
      ...sha256 ? { sha256: sha256.toLowerCase() } : {},
      yanked: /\sdata-yanked\b/i.test(` ${attributes}`),
    };
  });
}

function unknown(reason: string): VersionState {
  return { state: "unknown", files: [], latest: null, publisher: null, reason };
}
