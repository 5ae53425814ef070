import type { Answer } from "../../host/http1.ts";
import { peek, verify } from "../keys.ts";
import { type PublisherRecord, textClaim } from "../policy.ts";
import { type Incoming, json, parseJson, type Route } from "../server.ts";
import { pypiToken } from "../tokens.ts";
import { NoPublisher, publisherOf } from "./policy.ts";
import type { Project } from "./shelf.ts";
import type { PypiSite } from "./site.ts";

const LIFETIME = 900;
const LEEWAY = 30;
/** The caveats of a minted token: publisher, project ids, expiry. */
const PUBLISHER = 4;
const PROJECT_IDS = 2;
const EXPIRY = 0;

/** The exchange, checked in PyPI's order, and the end of minted tokens. */
export function exchangeRoutes(site: PypiSite): Route[] {
  const spent = new Set<string>();
  return [
    { method: "GET", path: /^\/_\/oidc\/audience$/, answer: () => json(200, { audience: site.audience }) },
    {
      method: "POST",
      // The second form is older; some clients still use it, for every provider.
      path: /^\/_\/oidc\/(?:github\/)?mint-token$/,
      answer: (request) => mintOrRefuse(site, spent, request),
    },
    { method: "POST", path: /^\/_\/oidc\/burn-token$/, answer: (request) => burn(site, request) },
  ];
}

/** One entry of `errors`. */
class MintRefused extends Error {
  constructor(readonly code: string, readonly description: string) {
    super(description);
  }
}

async function mintOrRefuse(site: PypiSite, spent: Set<string>, request: Incoming): Promise<Answer> {
  const event = { what: "exchange" as const, registry: site.name };
  try {
    const projects = await admit(site, spent, tokenOf(request));
    const now = Math.floor(site.stage.clock.now() / 1000);
    const token = await pypiToken({
      location: site.location,
      caveats: [
        [PUBLISHER, crypto.randomUUID()],
        [PROJECT_IDS, projects.map((project) => project.id)],
        [EXPIRY, now + LIFETIME, now],
      ],
    });
    const packages = projects.map((project) => project.name);
    const life = site.credentials.mint(token, packages, LIFETIME, "trusted publisher");
    site.stage.recorder.record({ ...event, status: 200, said: null, token: life.id, packages });
    return json(200, { success: true, token, expires: now + LIFETIME });
  } catch (error) {
    if (!(error instanceof MintRefused)) throw error;
    const { code, description } = error;
    site.stage.recorder.record({
      ...event,
      status: 422,
      said: `${code}: ${description}`,
      token: null,
      packages: [],
    });
    return json(422, { message: "Token request failed", errors: [{ code, description }] });
  }
}

function tokenOf(request: Incoming): string {
  const body = parseJson(request.body);
  const invalid = (description: string) => new MintRefused("invalid-payload", description);
  if (body === undefined) throw invalid("Invalid JSON: expected value at line 1 column 1");
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("Input should be an object");
  }
  if (!("token" in body)) throw invalid("Field required");
  if (typeof body.token !== "string") throw invalid("Input should be a valid string");
  return body.token;
}

/** The projects that the job of this token may publish. @throws {MintRefused} */
async function admit(site: PypiSite, spent: Set<string>, jwt: string): Promise<readonly Project[]> {
  const seen = peek(jwt);
  if (!seen?.issuer) throw new MintRefused("invalid-payload", "malformed JWT");
  if (seen.issuer !== site.keys.issuer) {
    throw new MintRefused("invalid-payload", "unknown trusted publishing issuer");
  }
  const claims = await verified(site, jwt, seen.kid);
  if (!claims) throw new MintRefused("invalid-token", "malformed or invalid token");
  redeemPending(site, claims);
  const records = publishers(claims, site.records.filter((it) => !it.pending));
  const jti = textClaim(claims, "jti")!;
  if (spent.has(jti)) throw new MintRefused("invalid-reuse-token", "invalid token: already used");
  // Claimed only now: a job that matches no publisher does not use its token up.
  spent.add(jti);
  // A publisher that is not pending belongs to a project, if only an empty one.
  return [...new Set(records.map((it) => site.shelf.find(it.package) ?? site.shelf.create(it.package)))];
}

async function verified(site: PypiSite, jwt: string, kid: string | null) {
  // An issuer that cannot be reached looks like an unknown key.
  const key = kid === null ? null : await site.keys.find(kid).catch(() => null);
  return key && await verify(jwt, key, {
    issuer: site.keys.issuer,
    audiences: [site.audience],
    required: [],
    leeway: LEEWAY,
    now: site.stage.clock.now(),
  });
}

function publishers(claims: Readonly<Record<string, unknown>>, records: readonly PublisherRecord[]) {
  try {
    return publisherOf(claims, records);
  } catch (error) {
    if (!(error instanceof NoPublisher)) throw error;
    throw new MintRefused(
      "invalid-publisher",
      `valid token, but no corresponding publisher (${error.message})`,
    );
  }
}

/** Turns the job's pending publisher into a project and its publisher. */
function redeemPending(site: PypiSite, claims: Readonly<Record<string, unknown>>): void {
  const pending = pendingPublisher(claims, site.records.filter((it) => it.pending));
  if (!pending) return;
  const exists = site.shelf.find(pending.package) !== null;
  const at = site.records.indexOf(pending);
  if (exists) {
    site.records.splice(at, 1);
    throw new MintRefused("invalid-pending-publisher", "valid token, but project already exists");
  }
  site.shelf.create(pending.package);
  site.records.splice(at, 1, { ...pending, pending: false });
}

function pendingPublisher(claims: Readonly<Record<string, unknown>>, records: readonly PublisherRecord[]) {
  try {
    return publisherOf(claims, records)[0];
  } catch (error) {
    if (error instanceof NoPublisher) return undefined;
    throw error;
  }
}

/** Answers the same whatever it was given: nobody learns what a token is. */
function burn(site: PypiSite, request: Incoming): Answer {
  const body = parseJson(request.body) as { token?: unknown } | null | undefined;
  const token = typeof body?.token === "string" ? body.token : "";
  const minted = site.credentials.find(token)?.life.kind === "minted";
  const life = minted ? site.credentials.burn(token) : null;
  site.stage.recorder.record({ what: "burn", registry: site.name, status: 202, token: life?.id ?? null });
  return json(202, { message: "Accepted", errors: [] });
}
