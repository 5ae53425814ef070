import type { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import { cratesForm, cratesSettingsUrl } from "./crates_form.ts";
import { CRATES_REFUSALS } from "./crates_refusals.ts";
import { checkCratesToken } from "./crates_token.ts";
import { cratesVersion } from "./crates_version.ts";
import { mintedToken } from "./minted.ts";
import { explain, wordsOf } from "./refusal.ts";
import type { ExchangeContext, MintedToken, Protocol, Refusal, Registry } from "./registry.ts";
import { refusedByRule } from "./rules.ts";
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
  settingsUrl: cratesSettingsUrl,
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

async function burn(
  session: Session,
  { registry, token }: MintedToken,
): Promise<"burned" | "unsupported" | "failed"> {
  try {
    const { status } = await session.http.send({
      method: "DELETE",
      url: tokensUrl(registry),
      authorization: { scheme: "Bearer", secret: token },
      timeout: 5000,
      retry: "never",
      signal: null,
    });
    return status === 204 || status === 200
      ? "burned"
      : status === 404 || status === 405
      ? "unsupported"
      : "failed";
  } catch {
    // Burning is a courtesy: the token ends by itself within half an hour.
    return "failed";
  }
}

function tokensUrl({ endpoints }: Registry): string {
  return `${endpoints.exchange}/api/v1/trusted_publishing/tokens`;
}
