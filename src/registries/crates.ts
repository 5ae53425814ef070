import type { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import { askToBurn, isMissing } from "./burn.ts";
import { cratesForm } from "./crates_form.ts";
import { CRATES_REFUSALS } from "./crates_refusals.ts";
import { checkCratesToken } from "./crates_token.ts";
import { cratesVersion } from "./crates_version.ts";
import { mintedToken } from "./minted.ts";
import { explain, wordsOf } from "./refusal.ts";
import type { BurnOutcome, ExchangeContext, MintedToken, Protocol, Refusal, Registry } from "./registry.ts";
import { refusedByRule } from "./rules.ts";
import { SETTINGS_URLS } from "./settings_url.ts";
import { checkToken } from "./token_check.ts";
import { list, object } from "./wire.ts";

/** A token lives for half an hour; the answer does not say so. */
const LIFETIME = 30 * 60_000;

/** The protocol of crates.io (RFC 3691, and the server's code). */
export const crates: Protocol = {
  kind: "crates",
  audience: (_, { endpoints }) => Promise.resolve(endpoints.audience ?? new URL(endpoints.exchange!).host),
  exchange,
  burn,
  checkToken: (token, registry) => Promise.resolve(checkToken(token, registry, checkCratesToken)),
  version: cratesVersion,
  form: cratesForm,
  refusedByRule,
  settingsUrl: SETTINGS_URLS.crates,
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
    url: tokensUrl(registry),
    json: { jwt },
    retry: "never",
    signal: null,
  });
  const body = object(reply.json());
  const token = reply.status === 200
    ? mintedToken(body["token"], { registry, mintedAt, expiresAt: null, lifetime: LIFETIME })
    : null;
  const said = wordsOf(object(list(body["errors"])[0])["detail"]);
  return token ?? explain(CRATES_REFUSALS, { registry, reply, said, context, now: session.clock.now() });
}

function burn(session: Session, { registry, token }: MintedToken): Promise<BurnOutcome> {
  return askToBurn(session, {
    method: "DELETE",
    url: tokensUrl(registry),
    authorization: { scheme: "Bearer", secret: token },
    unsupported: isMissing,
  });
}

function tokensUrl({ endpoints }: Registry): string {
  return `${endpoints.exchange}/api/v1/trusted_publishing/tokens`;
}
