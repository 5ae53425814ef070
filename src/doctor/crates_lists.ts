import { type Reply, TransportError } from "../host/http.ts";
import type { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import type { Registry } from "../registries/registry.ts";
import { wordsOf } from "../registries/refusal.ts";
import { type Json, list, lookForJson, object, text } from "../registries/wire.ts";
import type { FiledRecord } from "./records.ts";

/** What came of asking crates.io for publisher records. */
export type Listed =
  | { readonly what: "records"; readonly records: readonly FiledRecord[] }
  | { readonly what: "no-crate" }
  /** The token may not see them. */
  | { readonly what: "refused"; readonly status: number; readonly said: string }
  /** Nobody knows, and it is no mistake of the project; `status` is that of an answer, where there was one. */
  | { readonly what: "unknown"; readonly reason: string; readonly status?: number };

type Unlisted = Exclude<Listed, { what: "records" }>;
type Entries = { readonly what: "entries"; readonly entries: readonly Json[] };

/** crates.io answers within a second, or is in trouble. */
const TIMEOUT = 5000;
/** The most that it gives at once. */
const PAGE = "100";
/** A page that leads to itself, or to ever more of them, is not followed for ever. */
const MOST_PAGES = 50;
/** Who owns a crate alone or with few others can be found out; a crowd is not tried one by one. */
const MOST_OWNERS = 3;

/** The records of one crate: of GitHub, or of GitLab. */
export async function recordsOfCrate(
  session: Session,
  registry: Registry,
  secret: Secret,
  crate: string,
  provider: "github" | "gitlab",
): Promise<Listed> {
  const listed = await pages(session, registry, secret, provider, { crate });
  return listed.what === "entries"
    ? { what: "records", records: listed.entries.map(RECORDS[provider]) }
    : listed;
}

/**
 * GitHub's records of all crates of the token's owner in one call, by {@link canonical} name; `null` where that is not possible.
 * The call wants the owner's id, which only the crate's public list of owners tells. A crate that is not in the answer may have no
 * record, another owner, or be outside of the token's scope.
 */
export async function recordsOfOwner(
  session: Session,
  registry: Registry,
  secret: Secret,
  crate: string,
): Promise<ReadonlyMap<string, readonly FiledRecord[]> | null> {
  const owners = await lookForJson(session, {
    url: `${registry.endpoints.api}/api/v1/crates/${encodeURIComponent(crate)}/owner_user`,
    timeout: TIMEOUT,
  });
  if (owners.what !== "found") return null;
  const ids = list(owners.body.users).map((user) => object(user).id).filter((id) => typeof id === "number");
  if (ids.length > MOST_OWNERS) return null;
  for (const id of ids) {
    const listed = await pages(session, registry, secret, "github", { user_id: String(id) });
    if (listed.what === "entries") return byCrate(listed.entries);
    const isAnother = listed.what === "refused" && /as the specified user/.test(listed.said);
    if (!isAnother) return null;
  }
  return null;
}

/** A crate's name as crates.io compares it: `-` and `_`, and letters of either case, are the same. */
export function canonical(crate: string): string {
  return crate.toLowerCase().replaceAll("_", "-");
}

/** Whether only trusted publishing may publish a crate; anybody may ask, so no token is sent. `null`: not known. */
export async function trustedOnly(
  session: Session,
  registry: Registry,
  crate: string,
): Promise<boolean | null> {
  const looked = await lookForJson(session, {
    // Without `include` the answer holds every version.
    url: `${registry.endpoints.api}/api/v1/crates/${encodeURIComponent(crate)}?include=`,
    timeout: TIMEOUT,
  });
  const value = looked.what === "found" ? object(looked.body.crate).trustpub_only : null;
  return typeof value === "boolean" ? value : null;
}

async function pages(
  session: Session,
  registry: Registry,
  secret: Secret,
  provider: "github" | "gitlab",
  of: Readonly<Record<string, string>>,
): Promise<Entries | Unlisted> {
  const { endpoints: { api }, label } = registry;
  const url = new URL(`${api}/api/v1/trusted_publishing/${provider}_configs`);
  for (const [name, value] of Object.entries({ ...of, per_page: PAGE })) url.searchParams.set(name, value);
  const entries: Json[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    let reply: Reply;
    try {
      reply = await session.http.send({
        url: url.href,
        authorization: { scheme: null, secret },
        timeout: TIMEOUT,
      });
    } catch (error) {
      if (error instanceof TransportError) return { what: "unknown", reason: error.problem.message };
      throw error;
    }
    const body = object(reply.json());
    const found = body[`${provider}_configs`];
    if (reply.status !== 200) return unlisted(reply.status, body, label);
    if (!Array.isArray(found)) {
      return { what: "unknown", reason: `${label} answered with something that is no list of records` };
    }
    entries.push(...found.map(object));
    const next = text(object(body.meta).next_page);
    if (next === null) return { what: "entries", entries };
    // The query alone is taken over: the token stays at the address that it was meant for.
    for (const [name, value] of new URLSearchParams(next.replace(/^\?/, ""))) {
      url.searchParams.set(name, value);
    }
  }
  return { what: "unknown", reason: `the list of ${label} has no end` };
}

function unlisted(status: number, body: Json, label: string): Unlisted {
  const said = wordsOf(object(list(body.errors)[0]).detail);
  if (status === 404 && /does not exist/.test(said)) return { what: "no-crate" };
  const isBlocked = /^We (?:are unable to process|require that all requests)/.test(said);
  const isRefusal = status === 401 || status === 403 || status === 400 && said !== "";
  return isRefusal && !isBlocked
    ? { what: "refused", status, said }
    : { what: "unknown", reason: `${label} answered ${status}`, status };
}

const RECORDS: Readonly<Record<"github" | "gitlab", (entry: Json) => FiledRecord>> = {
  github: (entry) => ({
    repository: joined(entry.repository_owner, entry.repository_name),
    workflow: text(entry.workflow_filename),
    environment: text(entry.environment),
    unseen: null,
  }),
  gitlab: (entry) => ({
    repository: joined(entry.namespace, entry.project),
    workflow: text(entry.workflow_filepath),
    environment: text(entry.environment),
    unseen: null,
  }),
};

function joined(owner: unknown, name: unknown): string | null {
  const parts = [text(owner), text(name)];
  return parts.includes(null) ? null : parts.join("/");
}

function byCrate(entries: readonly Json[]): ReadonlyMap<string, readonly FiledRecord[]> {
  const all = new Map<string, FiledRecord[]>();
  for (const entry of entries) {
    const crate = canonical(text(entry.crate) ?? "");
    all.set(crate, [...all.get(crate) ?? [], RECORDS.github(entry)]);
  }
  return all;
}
