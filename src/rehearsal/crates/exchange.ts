import type { Answer } from "../../host/http1.ts";
import { peek, verify } from "../keys.ts";
import { textClaim } from "../policy.ts";
import { type Incoming, json, parseJson, Refused, type Route } from "../server.ts";
import { cratesToken } from "../tokens.ts";
import { givenToken } from "./authorization.ts";
import { admitted } from "./policy.ts";
import type { CratesSite } from "./site.ts";

const LIFETIME = 30 * 60;
const LEEWAY = 60;
const REQUIRED = ["repository", "repository_owner_id", "workflow_ref", "event_name", "run_id", "sha", "jti"];

/** The exchange and its revocation, checked in crates.io's order. */
export function exchangeRoutes(site: CratesSite): Route[] {
  const spent = new Set<string>();
  const path = /^\/api\/v1\/trusted_publishing\/tokens$/;
  return [
    {
      method: "POST",
      path,
      async answer(request) {
        try {
          return await exchange(site, spent, jwtOf(request));
        } catch (error) {
          if (error instanceof Refused) {
            site.stage.recorder.record({
              what: "exchange",
              registry: site.name,
              status: error.status,
              said: error.message,
              token: null,
              packages: [],
            });
          }
          throw error;
        }
      },
    },
    { method: "DELETE", path, answer: (request) => revoke(site, request) },
  ];
}

function jwtOf(request: Incoming): string {
  if (!/^application\/(?:json|[^;]*\+json)\b/i.test(request.headers.get("content-type") ?? "")) {
    throw new Refused(415, "Expected request with `Content-Type: application/json`");
  }
  const body = parseJson(request.body) as { jwt?: unknown } | undefined;
  if (body === undefined) {
    throw new Refused(400, "Failed to parse the request body as JSON: expected value at line 1 column 1");
  }
  if (typeof body?.jwt === "string") return body.jwt;
  const what = body?.jwt === undefined ? "missing field `jwt`" : "jwt: invalid type, expected a string";
  throw new Refused(
    422,
    `Failed to deserialize the JSON body into the target type: ${what} at line 1 column ${request.body.length}`,
  );
}

async function exchange(site: CratesSite, spent: Set<string>, jwt: string): Promise<Answer> {
  const claims = await verified(site, jwt);
  const jti = textClaim(claims, "jti")!;
  if (spent.has(jti)) throw new Refused(400, "JWT has already been used");
  const records = admitted(claims, site.records);
  // Spent only now: there, one transaction holds both steps, and a refusal rolls it back.
  spent.add(jti);

  const packages = [...new Set(records.map((record) => record.package))];
  const token = cratesToken();
  const life = site.credentials.mint(token, packages, LIFETIME, {
    provider: "github",
    repository: textClaim(claims, "repository")!,
    run_id: textClaim(claims, "run_id")!,
    sha: textClaim(claims, "sha")!,
  });
  site.stage.recorder.record({
    what: "exchange",
    registry: site.name,
    status: 200,
    said: null,
    token: life.id,
    packages,
  });
  return json(200, { token });
}

async function verified(site: CratesSite, jwt: string): Promise<Readonly<Record<string, unknown>>> {
  const seen = peek(jwt);
  if (!seen?.issuer) throw new Refused(400, "Failed to decode JWT");
  if (seen.issuer !== site.keys.issuer) throw new Refused(400, `Unsupported JWT issuer: ${seen.issuer}`);
  if (seen.kid === null) throw new Refused(400, "Missing JWT key ID");
  const key = await site.keys.find(seen.kid).catch(() => {
    throw new Refused(500, "Failed to load OIDC key set");
  });
  if (!key) throw new Refused(400, "Invalid JWT key ID");
  const claims = await verify(jwt, key, {
    issuer: site.keys.issuer,
    audiences: [site.audience()],
    required: REQUIRED,
    leeway: LEEWAY,
    now: site.stage.clock.now(),
  });
  if (!claims || REQUIRED.some((name) => textClaim(claims, name) === null)) {
    throw new Refused(400, "Failed to decode JWT");
  }
  return claims;
}

function revoke(site: CratesSite, request: Incoming): Answer {
  const life = site.credentials.burn(givenToken(request));
  site.stage.recorder.record({ what: "burn", registry: site.name, status: 204, token: life?.id ?? null });
  return { status: 204 };
}
