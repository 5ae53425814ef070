import type { Answer } from "../../host/http1.ts";
import { digest, type Incoming, json, type Route } from "../server.ts";
import type { Crate } from "./shelf.ts";
import type { CratesSite } from "./site.ts";

/** The sparse index below `/index/`. */
export function indexRoutes(site: CratesSite): Route[] {
  return [
    {
      method: "GET",
      path: /^\/index\/config\.json$/,
      answer: ({ origin }) => json(200, { dl: `${origin}/api/v1/crates`, api: origin }),
    },
    {
      method: "GET",
      path: /^\/index\/((?:[12]|3\/[^/]|[^/]{2}\/[^/]{2})\/([^/]+))$/,
      answer: (request) => readIndex(site, request),
    },
  ];
}

async function readIndex(site: CratesSite, request: Incoming): Promise<Answer> {
  const [path, name] = request.parts as [string, string];
  const crate = site.shelf.find(name);
  const ours = crate?.name.toLowerCase() === name.toLowerCase();
  const file = ours ? ownFile(crate!) : await site.upstream({ what: "index", name, path });
  if (!file?.length) return { status: 404, body: "Not Found" };
  const etag = `"${(await digest("SHA-256", file)).slice(0, 32)}"`;
  if (request.headers.get("if-none-match") === etag) return { status: 304, headers: { etag } };
  return { status: 200, headers: { etag, "content-type": "text/plain" }, body: file };
}

/** A line for each version that is visible by now. */
function ownFile(crate: Crate): Uint8Array {
  const lines: string[] = [];
  for (const version of crate.versions) {
    if (version.hidden > 0) version.hidden--;
    else lines.push(JSON.stringify({ ...version.index, yanked: version.yanked }) + "\n");
  }
  return new TextEncoder().encode(lines.join(""));
}
