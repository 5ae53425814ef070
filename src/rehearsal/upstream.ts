import type { Http } from "../host/http.ts";
import type { CratesUpstream } from "./crates/shelf.ts";

const INDEX = "https://index.crates.io";
const FILES = "https://static.crates.io/crates";

/** No `.crate` is larger: crates.io takes 10 MiB, and has made exceptions. */
const LIMIT = 64 << 20;

/**
 * crates.io itself, read-only, for dependencies that the rehearsed repository does not publish. Without a network they are not found, and
 * cargo says which.
 */
export function readUpstream(http: Http): CratesUpstream {
  return async (wanted) => {
    const url = wanted.what === "index"
      ? `${INDEX}/${wanted.path}`
      : `${FILES}/${wanted.name}/${wanted.name}-${wanted.version}.crate`;
    const reply = await http.send({ url, headers: { accept: "*/*" }, limit: LIMIT });
    return reply.status === 200 ? reply.bytes : null;
  };
}
