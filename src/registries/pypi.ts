import type { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import { askToBurn, isMissing } from "./burn.ts";
import { mintedToken } from "./minted.ts";
import { pypiAudience } from "./pypi_audience.ts";
import { pypiForm } from "./pypi_form.ts";
import { PYPI_REFUSALS } from "./pypi_refusals.ts";
import { checkPypiToken } from "./pypi_token.ts";
import { pypiVersion } from "./pypi_version.ts";
import { explain, wordsOf } from "./refusal.ts";
import type { BurnOutcome, ExchangeContext, MintedToken, Protocol, Refusal, Registry } from "./registry.ts";
import { refusedByRule } from "./rules.ts";
import { SETTINGS_URLS } from "./settings_url.ts";
import { checkToken } from "./token_check.ts";
import { type Json, list, object } from "./wire.ts";

/** A token lives for a quarter of an hour; older servers do not say so. */
const LIFETIME = 15 * 60_000;

/** The protocol of PyPI (warehouse, oidc). */
export const pypi: Protocol = {
  kind: "pypi",
  audience: pypiAudience,
  exchange,
  burn,
  checkToken: (token, registry, packageName) =>
    Promise.resolve(checkToken(token, registry, (value) => checkPypiToken(value, registry, packageName))),
  version: pypiVersion,
  form: pypiForm,
  refusedByRule,
  settingsUrl: SETTINGS_URLS.pypi,
};

async function exchange(
  session: Session,
  registry: Registry,
  jwt: Secret,
  context: ExchangeContext,
): Promise<MintedToken | Refusal> {
  const mintedAt = session.clock.now();
  const reply = await session.http.send({
    method: "POST",
    url: `${registry.endpoints.exchange}/_/oidc/mint-token`,
    json: { token: jwt },
    retry: "never",
    signal: null,
  });
  const body = object(reply.json());
  const token = reply.status === 200
    ? mintedToken(body["token"], {
      registry,
      mintedAt,
      expiresAt: milliseconds(body["expires"]),
      lifetime: LIFETIME,
    })
    : null;
  return token ??
    explain(PYPI_REFUSALS, { registry, reply, said: wordsIn(body), context, now: session.clock.now() });
}

/** PyPI never says whether it knew the token; it ends all the same. */
function burn(session: Session, { registry, token }: MintedToken): Promise<BurnOutcome> {
  return askToBurn(session, {
    method: "POST",
    url: `${registry.endpoints.exchange}/_/oidc/burn-token`,
    json: { token },
    unsupported: isMissing,
  });
}

/** `CODE: DESCRIPTION`, a line per error. */
function wordsIn(body: Json): string {
  const errors = list(body["errors"]).map(object).map(({ code, description }) =>
    [code, description].filter((part) => typeof part === "string").join(": ")
  );
  return wordsOf(errors.join("\n")) || wordsOf(body["message"]);
}

function milliseconds(seconds: unknown): number | null {
  return typeof seconds === "number" && Number.isFinite(seconds) ? seconds * 1000 : null;
}
