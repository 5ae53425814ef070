import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import type { Listener } from "../host/listen.ts";
import { json, serve, type Stage } from "./server.ts";

/** The issuer of GitHub's tokens, which the embedded one stands for. */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

const LIFETIME = 300;
/** GitHub dates tokens back by ten minutes, for clocks that are behind. */
const BACKDATED = 600;

/** One pair for all issuers of a process: making it takes longer than everything else here. */
let keyPair: ReturnType<typeof generateKeyPair> | undefined;

/** A CI that issues OIDC tokens to one job. */
export interface Issuer extends Listener {
  /** The `iss` claim. */
  readonly issuer: string;
  /** What the CI puts into `ACTIONS_ID_TOKEN_REQUEST_URL`; has a query already. */
  readonly requestUrl: string;
  /** What the CI puts into `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly requestToken: string;
  /** The claims of tokens from now on, without those of the single token. */
  claims: Readonly<Record<string, unknown>>;
  /** A token without any request; `overrides` replace claims, `undefined` removes one, `kid` replaces the key's name. */
  sign(audience: string | readonly string[], overrides?: JWTPayload, kid?: string): Promise<string>;
}

/** Starts an issuer: discovery document, key set, and GitHub's token endpoint. */
export async function startIssuer(
  stage: Stage,
  claims: Readonly<Record<string, unknown>>,
  issuer: string = GITHUB_ISSUER,
): Promise<Issuer> {
  const { publicKey, privateKey } = await (keyPair ??= generateKeyPair("RS256"));
  const ownKid = crypto.randomUUID();
  const jwk = { ...await exportJWK(publicKey), kid: ownKid, alg: "RS256", use: "sig" };
  const requestToken = crypto.randomUUID();

  const sign: Issuer["sign"] = (audience, overrides = {}, kid = ownKid) => {
    const now = Math.floor(stage.clock.now() / 1000);
    return new SignJWT({
      ...self.claims,
      iss: issuer,
      aud: audience as string | string[],
      jti: crypto.randomUUID(),
      iat: now,
      nbf: now - BACKDATED,
      exp: now + LIFETIME,
      ...overrides,
    }).setProtectedHeader({ alg: "RS256", typ: "JWT", kid }).sign(privateKey);
  };

  const listener = serve("issuer", stage, [
    {
      method: "GET",
      path: /^\/\.well-known\/openid-configuration$/,
      answer: ({ origin }) =>
        json(200, {
          issuer,
          jwks_uri: `${origin}/.well-known/jwks`,
          id_token_signing_alg_values_supported: ["RS256"],
          response_types_supported: ["id_token"],
          subject_types_supported: ["public", "pairwise"],
        }),
    },
    { method: "GET", path: /^\/\.well-known\/jwks$/, answer: () => json(200, { keys: [jwk] }) },
    {
      method: "GET",
      path: /^\/token$/,
      async answer({ headers, query }) {
        // GitHub documents `bearer`, its toolkit sends `Bearer`.
        if (headers.get("authorization")?.replace(/^bearer /i, "") !== requestToken) {
          return json(401, { message: "The request token is not valid" });
        }
        const audience = query.get("audience") ?? `https://github.com/${self.claims["repository_owner"]}`;
        const jti = crypto.randomUUID();
        const value = await sign(audience, { jti });
        stage.recorder.record({ what: "identity", registry: "issuer", audience, jti });
        return json(200, { count: value.length, value });
      },
    },
  ], () => json(404, { message: "Not Found" }));

  const self: Issuer = {
    ...listener,
    issuer,
    requestUrl: `${listener.origin}/token?placeholder=1`,
    requestToken,
    claims,
    sign,
  };
  return self;
}
