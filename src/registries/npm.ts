import type { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import { KeylessError } from "../problem.ts";
import { askToBurn } from "./burn.ts";
import { mintedToken } from "./minted.ts";
import { escapedName, npmForm } from "./npm_form.ts";
import { NPM_REFUSALS } from "./npm_refusals.ts";
import { checkNpmToken } from "./npm_token.ts";
import { npmVersion } from "./npm_version.ts";
import { explain, wordsOf } from "./refusal.ts";
import type { BurnOutcome, ExchangeContext, MintedToken, Protocol, Refusal, Registry } from "./registry.ts";
import { refusedByRule } from "./rules.ts";
import { SETTINGS_URLS } from "./settings_url.ts";
import { checkToken } from "./token_check.ts";
import { object } from "./wire.ts";

/** "Typically one hour", for an answer that names no end. */
const LIFETIME = 60 * 60_000;

/** The protocol of npm's registry. */
export const npm: Protocol = {
  kind: "npm",
  audience: (_, { endpoints }) =>
    Promise.resolve(endpoints.audience ?? `npm:${new URL(endpoints.exchange!).hostname}`),
  exchange,
  burn,
  checkToken: (token, registry) => Promise.resolve(checkToken(token, registry, checkNpmToken)),
  version: npmVersion,
  form: npmForm,
  refusedByRule,
  settingsUrl: SETTINGS_URLS.npm,
};

async function exchange(
  session: Session,
  registry: Registry,
  jwt: Secret,
  context: ExchangeContext,
): Promise<MintedToken | Refusal> {
  if (context.packageName === null) throw new KeylessError(noPackage(registry));
  const mintedAt = session.clock.now();
  const reply = await session.http.send({
    method: "POST",
    url: `${registry.endpoints.exchange}/-/npm/v1/oidc/token/exchange/package/${
      escapedName(context.packageName)
    }`,
    authorization: { scheme: "Bearer", secret: jwt },
    headers: { "npm-command": "publish" },
    retry: "never",
    signal: null,
  });
  const body = object(reply.json());
  const expires = typeof body["expires"] === "string" ? Date.parse(body["expires"]) : NaN;
  const token = reply.status === 201 || reply.status === 200
    ? mintedToken(body["token"], {
      registry,
      mintedAt,
      expiresAt: Number.isNaN(expires) ? null : expires,
      lifetime: LIFETIME,
    })
    : null;
  return token ??
    explain(NPM_REFUSALS, {
      registry,
      reply,
      said: wordsOf(body["message"]),
      context,
      now: session.clock.now(),
    });
}

/**
 * Asks as `npm token revoke` does. npm documents the call for a user's own tokens and says nothing about exchanged ones, so a refusal is
 * no failure: the token ends within the hour.
 */
function burn(session: Session, { token, registry }: MintedToken): Promise<BurnOutcome> {
  return askToBurn(session, {
    method: "DELETE",
    url: `${registry.endpoints.exchange}/-/npm/v1/tokens/token/`,
    lastSegment: token,
    authorization: { scheme: "Bearer", secret: token },
    unsupported: (status) => status < 500,
  });
}

function noPackage(registry: Registry) {
  return {
    code: "exchange-needs-package",
    message: `${registry.label} exchanges tokens for one package at a time, and none was named`,
    next: ["name the package whose token you want"],
    registry: registry.name,
  };
}
