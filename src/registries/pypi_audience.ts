import { plainLine } from "../host/redact.ts";
import type { Session } from "../host/session.ts";
import { KeylessError } from "../problem.ts";
import { isLocal, isPublic } from "./known.ts";
import type { Registry } from "./registry.ts";
import { inWords, object, text } from "./wire.ts";

const PUBLIC: Readonly<Record<string, string>> = { pypi: "pypi", testpypi: "testpypi" };

/**
 * The audience that an index of PyPI's kind asks for. It is not followed blindly: an index that asked for the audience of another
 * service could spend the token there.
 *
 * @throws {KeylessError} `audience-not-trusted`, `exchange-disabled`, `exchange-unsupported`, `exchange-unavailable`
 */
export async function pypiAudience(session: Session, registry: Registry): Promise<string> {
  const { audience, exchange } = registry.endpoints;
  if (audience !== null) return audience;
  const reply = await session.http.send({ url: `${exchange}/_/oidc/audience` });
  const asked = reply.status === 200 ? text(object(reply.json())["audience"]) : null;
  if (asked === null) throw new KeylessError(noAudience(registry, reply.status, inWords(reply)));
  if (!isTrusted(registry, asked)) throw new KeylessError(notTrusted(registry, asked));
  return asked;
}

function isTrusted(registry: Registry, asked: string): boolean {
  if (isPublic(registry)) return asked === PUBLIC[registry.name];
  return isLocal(registry) || asked.includes(new URL(registry.endpoints.exchange!).hostname);
}

function noAudience(registry: Registry, status: number, words: string) {
  const outage = status === 429 || status >= 500;
  const code = outage
    ? "exchange-unavailable"
    : status === 403
    ? "exchange-disabled"
    : "exchange-unsupported";
  return {
    code,
    message: outage
      ? `${registry.label} cannot exchange tokens at the moment (${status})`
      : status === 403
      ? `${registry.label} has switched trusted publishing off`
      : `${registry.label} does not say which audience an OIDC token needs (${status})`,
    said: words,
    next: outage
      ? ["run the job again later"]
      : isPublic(registry)
      ? ["check that no proxy answers in the registry's place", "or publish with --credential token"]
      : [
        `add audience = "…" to [registry.${registry.name}] in keyless.toml`,
        "or publish with --credential token",
      ],
    registry: registry.name,
  };
}

function notTrusted(registry: Registry, asked: string) {
  return {
    code: "audience-not-trusted",
    message: `${registry.label} asks for an OIDC token with the audience "${
      plainLine(asked, 120)
    }", which is not its own`,
    why: [
      "Whoever gets a token for the audience of another service can use it there, so none was requested.",
    ],
    next: isPublic(registry) ? ["check that no proxy answers in the registry's place"] : [
      `if that is right, say so: audience = "${
        plainLine(asked, 120)
      }" in [registry.${registry.name}] of keyless.toml`,
    ],
    registry: registry.name,
  };
}
