import type { Answer } from "../../host/http1.ts";
import { peek, verify } from "../keys.ts";
import { type PublisherRecord, textClaim } from "../policy.ts";
import { type Incoming, json, Refused, type Route } from "../server.ts";
import { npmToken } from "../tokens.ts";
import { bearer, type NpmSite, path } from "./site.ts";

const LIFETIME = 3600;
const LEEWAY = 60;

/** The exchange, per package, and the end of tokens. */
export function exchangeRoutes(site: NpmSite): Route[] {
  return [
    {
      method: "POST",
      path: path("/-/npm/v1/oidc/token/exchange/package/NAME"),
      answer: (request) => exchangeOrRefuse(site, request),
    },
    {
      method: "DELETE",
      path: /^\/-\/npm\/v1\/tokens\/token\/([^/]+)$/,
      shownAs: "/-/npm/v1/tokens/token/…",
      answer(request) {
        const known = site.credentials.findLive(bearer(request)) !== null;
        const life = known ? site.credentials.burn(request.parts[0]!) : null;
        const status = life ? 204 : known ? 404 : 401;
        site.stage.recorder.record({ what: "burn", registry: site.name, status, token: life?.id ?? null });
        if (!life) throw new Refused(status, known ? "Not found" : "Unauthorized");
        return { status };
      },
    },
  ];
}

async function exchangeOrRefuse(site: NpmSite, request: Incoming): Promise<Answer> {
  const name = request.parts[0]!;
  const event = { what: "exchange" as const, registry: site.name, packages: [name] };
  try {
    const record = await admit(site, name, bearer(request));
    const token = npmToken();
    const life = site.credentials.mint(token, [name], LIFETIME, record);
    site.stage.recorder.record({ ...event, status: 201, said: null, token: life.id });
    return json(201, {
      token_type: "oidc",
      token,
      created: new Date(life.mintedAt).toISOString(),
      expires: new Date(life.expiresAt!).toISOString(),
    });
  } catch (error) {
    if (error instanceof Refused) {
      site.stage.recorder.record({ ...event, status: error.status, said: error.message, token: null });
    }
    throw error;
  }
}

async function admit(site: NpmSite, name: string, jwt: string): Promise<PublisherRecord> {
  const refused = (status: number, why: string) => new Refused(status, `OIDC token exchange error - ${why}`);
  const seen = peek(jwt);
  if (!seen) throw refused(400, "bad request");
  const trusted = seen.issuer === site.keys.issuer && seen.kid !== null;
  const key = trusted ? await site.keys.find(seen.kid!).catch(() => null) : null;
  const claims = key && await verify(jwt, key, {
    issuer: site.keys.issuer,
    audiences: site.audiences,
    required: [],
    leeway: LEEWAY,
    now: site.stage.clock.now(),
  });
  if (!claims) throw refused(401, "unauthorized");
  // One answer for three things: no such package, no record, other claims than registered.
  const record = site.shelf.find(name) &&
    site.records.find((it) => it.package === name && admits(it, claims));
  if (!record) throw refused(404, "package not found");
  return record;
}

/** npm compares with letter case, and reads the workflow that was triggered, not the called one. */
function admits(record: PublisherRecord, claims: Readonly<Record<string, unknown>>): boolean {
  const repository = `${record.owner}/${record.repository}`;
  const workflow = textClaim(claims, "workflow_ref") ?? "";
  return textClaim(claims, "repository") === repository &&
    workflow.startsWith(`${repository}/.github/workflows/${record.workflow}@`) &&
    (record.environment === null || textClaim(claims, "environment") === record.environment);
}
