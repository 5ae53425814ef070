import type { Answer } from "../../host/http1.ts";
import { type Incoming, json, Refused, type Route } from "../server.ts";
import { type Crate, type CrateVersion, findVersion } from "./shelf.ts";
import type { CratesSite } from "./site.ts";

/** The web API's public pages, and the downloads. */
export function apiRoutes(site: CratesSite): Route[] {
  return [
    {
      method: "GET",
      path: /^\/api\/v1\/crates\/([^/]+)$/,
      answer: ({ parts }) => {
        const crate = known(site, parts[0]!);
        const newest = crate.versions.at(-1)?.version ?? "0.0.0";
        return json(200, {
          crate: {
            id: crate.name,
            name: crate.name,
            max_version: newest,
            newest_version: newest,
            trustpub_only: crate.trustedOnly,
          },
          versions: crate.versions.map((version) => versionJson(crate, version)).reverse(),
        });
      },
    },
    {
      method: "GET",
      path: /^\/api\/v1\/crates\/([^/]+)\/([^/]+)$/,
      answer: ({ parts }) => {
        const crate = known(site, parts[0]!);
        const version = crate.versions.find((it) => it.version === parts[1]);
        if (!version) throw noVersion(crate.name, parts[1]!);
        return json(200, { version: versionJson(crate, version) });
      },
    },
    {
      method: "GET",
      path: /^\/api\/v1\/crates\/([^/]+)\/([^/]+)\/download$/,
      answer: (request) => download(site, request),
    },
  ];
}

async function download(site: CratesSite, { parts: [name, number] }: Incoming): Promise<Answer> {
  const crate = site.shelf.find(name!);
  const own = crate && findVersion(crate, number!)?.bytes;
  const bytes = own ?? await site.upstream({ what: "download", name: name!, version: number! });
  if (!bytes) throw crate ? noVersion(name!, number!) : noCrate(name!);
  return { status: 200, headers: { "content-type": "application/gzip" }, body: bytes };
}

function known(site: CratesSite, name: string): Crate {
  const crate = site.shelf.find(name);
  if (!crate) throw noCrate(name);
  return crate;
}

function noCrate(name: string): Refused {
  return new Refused(404, `crate \`${name}\` does not exist`);
}

function noVersion(name: string, version: string): Refused {
  return new Refused(404, `crate \`${name}\` does not have a version \`${version}\``);
}

function versionJson(crate: Crate, version: CrateVersion): Record<string, unknown> {
  return {
    crate: crate.name,
    num: version.version,
    dl_path: `/api/v1/crates/${crate.name}/${version.version}/download`,
    checksum: version.index["cksum"] ?? null,
    crate_size: version.bytes?.length ?? null,
    created_at: new Date(version.createdAt).toISOString(),
    yanked: version.yanked,
    license: version.license,
    published_by: null,
    trustpub_data: version.publisher,
  };
}
