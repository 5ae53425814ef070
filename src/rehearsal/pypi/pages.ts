import type { Answer } from "../../host/http1.ts";
import { type Incoming, json, Refused, type Route } from "../server.ts";
import { filesOfVersion, normalise, type Project, type StoredFile, versionsOf } from "./shelf.ts";
import type { PypiSite } from "./site.ts";

const SIMPLE_JSON = "application/vnd.pypi.simple.v1+json";

/** What everybody may read: JSON API, simple index (PEP 503 and 691), files. */
export function pageRoutes(site: PypiSite): Route[] {
  return [
    { method: "GET", path: /^\/pypi\/([^/]+)\/json$/, answer: (request) => projectJson(site, request) },
    {
      method: "GET",
      path: /^\/pypi\/([^/]+)\/([^/]+)\/json$/,
      answer: (request) => versionJson(site, request),
    },
    { method: "GET", path: /^\/simple\/([^/]+)\/$/, answer: (request) => simple(site, request) },
    {
      method: "GET",
      path: /^\/files\/([^/]+)\/([^/]+)$/,
      answer: ({ parts: [name, file] }) => {
        const found = site.shelf.find(name!)?.files.find((it) => it.name === file);
        if (!found) throw new Refused(404, "Not Found");
        return { status: 200, headers: { "content-type": "application/octet-stream" }, body: found.bytes };
      },
    },
  ];
}

/** A project that has files; an empty one is not shown. */
function shown(site: PypiSite, name: string): Project {
  const project = site.shelf.find(name);
  if (!project?.files.length) throw new Refused(404, "Not Found");
  return project;
}

function projectJson(site: PypiSite, { parts: [name], origin }: Incoming): Answer {
  const project = shown(site, name!);
  const versions = versionsOf(project);
  const newest = versions.at(-1)!;
  const files = (version: string) =>
    filesOfVersion(project, version).map((file) => fileJson(project, file, origin));
  return json(200, {
    info: { name: project.name, version: newest, yanked: false },
    releases: Object.fromEntries(versions.map((version) => [version, files(version)])),
    urls: files(newest),
  });
}

function versionJson(site: PypiSite, { parts: [name, version], origin }: Incoming): Answer {
  const project = shown(site, name!);
  const files = filesOfVersion(project, version!);
  if (files.length === 0) throw new Refused(404, "Not Found");
  return json(200, {
    info: { name: project.name, version: files[0]!.version, yanked: files.every((file) => file.yanked) },
    urls: files.map((file) => fileJson(project, file, origin)),
  });
}

function fileJson(project: Project, file: StoredFile, origin: string): Record<string, unknown> {
  return {
    filename: file.name,
    digests: { sha256: file.sha256, ...file.otherDigests },
    packagetype: file.type,
    requires_python: file.requiresPython,
    size: file.bytes.length,
    upload_time_iso_8601: new Date(file.uploadedAt).toISOString(),
    url: urlOf(project, file, origin),
    yanked: file.yanked,
  };
}

function simple(site: PypiSite, { parts: [name], origin, headers }: Incoming): Answer {
  const project = shown(site, name!);
  if (headers.get("accept")?.includes(SIMPLE_JSON)) {
    return json(200, {
      meta: { "api-version": "1.1" },
      name: normalise(project.name),
      versions: versionsOf(project),
      files: project.files.map((file) => ({
        filename: file.name,
        hashes: { sha256: file.sha256 },
        size: file.bytes.length,
        "upload-time": new Date(file.uploadedAt).toISOString(),
        url: urlOf(project, file, origin),
        yanked: file.yanked,
        ...(file.requiresPython ? { "requires-python": file.requiresPython } : {}),
      })),
    }, { "content-type": SIMPLE_JSON });
  }
  const links = project.files.map((file) =>
    `<a href="${urlOf(project, file, origin)}#sha256=${file.sha256}"${file.yanked ? ' data-yanked=""' : ""}>${
      escapeHtml(file.name)
    }</a><br>\n`
  );
  return {
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!DOCTYPE html>\n<html><body>\n${links.join("")}</body></html>\n`,
  };
}

function urlOf(project: Project, file: StoredFile, origin: string): string {
  return `${origin}/files/${normalise(project.name)}/${encodeURIComponent(file.name)}`;
}

/** Text as it may stand in a page. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
