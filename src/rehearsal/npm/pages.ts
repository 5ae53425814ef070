import type { Answer } from "../../host/http1.ts";
import { type Incoming, json, Refused, type Route } from "../server.ts";
import { type NpmPackage, type NpmVersion, unscoped } from "./shelf.ts";
import { bearer, notFound, type NpmSite, path } from "./site.ts";

/** What clients read: packuments, versions, tarballs, tags, visibility. */
export function pageRoutes(site: NpmSite): Route[] {
  return [
    {
      method: "GET",
      path: /^\/-\/whoami$/,
      answer(request) {
        const held = site.credentials.findLive(bearer(request));
        if (!held || held.grant) throw new Refused(401, "Unauthorized");
        return json(200, { username: held.user });
      },
    },
    {
      method: "GET",
      path: path("/-/package/NAME/visibility"),
      answer: (request) => json(200, { public: !readable(site, request).restricted }),
    },
    {
      method: "GET",
      path: path("/-/package/NAME/dist-tags"),
      answer: (request) => json(200, Object.fromEntries(readable(site, request).tags)),
    },
    {
      method: "PUT",
      path: path("/-/package/NAME/dist-tags/([^/]+)"),
      answer: (request) => setTag(site, request),
    },
    { method: "GET", path: path("/NAME/-/([^/]+\\.tgz)"), answer: (request) => tarball(site, request) },
    { method: "GET", path: path("/NAME/([^/-][^/]*)"), answer: (request) => versionDocument(site, request) },
    { method: "GET", path: path("/NAME"), answer: (request) => packument(site, request) },
  ];
}

/** The package, unless it is not there or not for this reader. */
function readable(site: NpmSite, request: Incoming): NpmPackage {
  const found = site.shelf.find(request.parts[0]!);
  const reader = site.credentials.findLive(bearer(request))?.life;
  const allowed = reader && (reader.packages === null || reader.packages.includes(request.parts[0]!));
  if (!found || (found.restricted && !allowed)) throw notFound();
  return found;
}

function packument(site: NpmSite, request: Incoming): Answer {
  const found = readable(site, request);
  const versions = visible(found);
  const times = [...versions.map((it) => [it.version, it.publishedAt] as const), ...found.removed];
  const seen = new Set(versions.map((it) => it.version));
  return json(200, {
    _id: found.name,
    name: found.name,
    "dist-tags": Object.fromEntries([...found.tags].filter(([, version]) => seen.has(version))),
    versions: Object.fromEntries(versions.map((it) => [it.version, documentOf(found, it, request.origin)])),
    time: Object.fromEntries(times.map(([version, at]) => [version, new Date(at).toISOString()])),
  }, { "cache-control": "public, max-age=300" });
}

function versionDocument(site: NpmSite, request: Incoming): Answer {
  const found = readable(site, request);
  const asked = request.parts[1]!;
  const version = found.tags.get(asked) ?? asked;
  const one = visible(found).find((it) => it.version === version);
  if (!one) throw new Refused(404, `version not found: ${asked}`);
  return json(200, documentOf(found, one, request.origin));
}

/** Versions that this reader sees; each reading brings the hidden ones nearer. */
function visible(found: NpmPackage): NpmVersion[] {
  const all = [...found.versions.values()];
  const seen = all.filter((version) => version.hidden === 0);
  for (const version of all) version.hidden = Math.max(0, version.hidden - 1);
  return seen;
}

function documentOf(found: NpmPackage, version: NpmVersion, origin: string): Record<string, unknown> {
  const address = `${origin}/${found.name}/-/${unscoped(found.name)}-${version.version}.tgz`;
  return {
    ...version.manifest,
    _id: `${found.name}@${version.version}`,
    dist: { ...version.manifest["dist"] as Record<string, unknown>, tarball: address },
  };
}

function tarball(site: NpmSite, request: Incoming): Answer {
  const found = readable(site, request);
  const lead = `${unscoped(found.name)}-`;
  const file = request.parts[1]!;
  const version = file.startsWith(lead) && found.versions.get(file.slice(lead.length, -".tgz".length));
  if (!version) throw notFound();
  return { status: 200, headers: { "content-type": "application/octet-stream" }, body: version.tarball };
}

/** A minted token may publish, and nothing else. */
function setTag(site: NpmSite, request: Incoming): Answer {
  const held = site.credentials.findLive(bearer(request));
  if (!held || held.grant) throw new Refused(401, "Unauthorized");
  const found = readable(site, request);
  const version = JSON.parse(new TextDecoder().decode(request.body)) as string;
  if (!found.versions.has(version)) throw notFound();
  found.tags.set(request.parts[1]!, version);
  return json(201, { ok: true });
}
