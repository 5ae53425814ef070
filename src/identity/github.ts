import { stopped } from "../host/cleanup.ts";
import { given } from "../host/env.ts";
import { type Reply, retryAfter, TransportError } from "../host/http.ts";
import { mask } from "../host/mask.ts";
import { plain, plainLine } from "../host/redact.ts";
import { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import { KeylessError, type Problem } from "../problem.ts";
import { pauseAfter } from "./backoff.ts";
import { decodeJwt } from "./decode.ts";
import { githubObstacle, REQUEST_TOKEN, REQUEST_URL } from "./github_obstacle.ts";
import type { IdentityProvider, IdentityToken } from "./provider.ts";

/** OIDC tokens of GitHub Actions, and of what imitates it (GitHub Enterprise Server, Forgejo): the claims tell which. */
export const githubActions: IdentityProvider = {
  id: "github-actions",
  label: "GitHub Actions",
  renewable: true,
  detect: (env) => env.get("GITHUB_ACTIONS") === "true",
  obstacle: githubObstacle,
  request,
};

async function request(session: Session, audience: string, origin: string): Promise<IdentityToken> {
  const obstacle = await githubObstacle(session);
  if (obstacle) throw new KeylessError(obstacle);
  const endpoint = given(session.env, REQUEST_URL)!;
  const bearer = new Secret(
    given(session.env, REQUEST_TOKEN)!,
    "OIDC request token",
    new URL(endpoint).origin,
  );
  const reply = await ask(session, withAudience(endpoint, audience), bearer);
  const host = new URL(endpoint).host;
  if (reply.status !== 200) throw new KeylessError(refused(host, reply));
  const value = (reply.json() as { value?: unknown } | null | undefined)?.value;
  if (typeof value !== "string" || value === "") throw new KeylessError(noValue(host, reply));
  const jwt = new Secret(value, "OIDC token", origin);
  mask(jwt);
  const { claims, problem } = decodeJwt(value);
  if (problem) throw new KeylessError(problem);
  if (claims.audience !== audience) throw new KeylessError(otherAudience(audience, claims.audience));
  return { jwt, claims };
}

/** The address has a query already, which must survive unchanged. */
function withAudience(endpoint: string, audience: string): string {
  return `${endpoint}${endpoint.includes("?") ? "&" : "?"}audience=${encodeURIComponent(audience)}`;
}

/** Asking changes nothing, so it is repeated: transport errors, 429 and every 5xx. */
async function ask(session: Session, url: string, bearer: Secret): Promise<Reply> {
  for (let attempt = 1;; attempt++) {
    let wait: number | null;
    let result: Reply | TransportError;
    try {
      result = await session.http.send({
        url,
        authorization: { scheme: "Bearer", secret: bearer },
        retry: "never",
      });
      if (result.status !== 429 && result.status < 500) return result;
      wait = pauseAfter(attempt, retryAfter(result.headers.get("retry-after"), session.clock.now()));
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      result = error;
      wait = pauseAfter(attempt, null);
    }
    if (wait !== null) await session.clock.sleep(wait, stopped);
    else if (result instanceof TransportError) throw unreachable(new URL(url).host, result);
    else return result;
  }
}

function unreachable(host: string, error: TransportError): KeylessError {
  return new KeylessError({
    code: "oidc-unreachable",
    message: `No OIDC token: ${host} cannot be reached`,
    why: [error.problem.message, ...error.problem.why ?? []],
    next: [
      `let the runner's proxy or firewall pass ${host} (*.actions.githubusercontent.com)`,
      ...error.problem.next,
    ],
  }, { cause: error });
}

function refused(host: string, reply: Reply): Problem {
  const outage = reply.status === 429 || reply.status >= 500;
  return {
    code: outage ? "oidc-unavailable" : "oidc-refused",
    message: `No OIDC token: ${host} answered ${reply.status}`,
    said: plain(reply.text).trim().slice(0, 600),
    next: outage
      ? ["run the job again; https://www.githubstatus.com says whether GitHub Actions has an outage"]
      : [
        "run the job again: the right to request tokens ends with the job",
        "check that no `env:` sets ACTIONS_ID_TOKEN_REQUEST_*",
      ],
  };
}

/** The body is never shown: it may hold a token in a place where nobody expects one. */
function noValue(host: string, reply: Reply): Problem {
  return {
    code: "oidc-answer-malformed",
    message: `No OIDC token: the answer of ${host} holds none`,
    why: [
      `It answered ${reply.status} with ${
        plainLine(reply.headers.get("content-type") ?? "no content type", 80)
      }, ` +
      "not with JSON that has a string `value`.",
    ],
    next: ["check that no proxy stands in for the address, then run the job again"],
  };
}

function otherAudience(asked: string, got: string | readonly string[]): Problem {
  const named = typeof got === "string" ? `"${got}"` : `the list ${got.map((one) => `"${one}"`).join(", ")}`;
  return {
    code: "oidc-audience-mismatch",
    message: `The OIDC token is for ${plainLine(named)}, not for "${asked}"`,
    why: ["A token for another audience is worth something elsewhere, so it was not sent."],
    next: [
      "check that ACTIONS_ID_TOKEN_REQUEST_URL is the one that the CI set, without an `audience` of its own",
    ],
  };
}
