import { clientFacts } from "../../pipelines/publishers.ts";
import { clientVersion, isOlder, type StatedTool } from "../client_choice.ts";
import { publicTarget, towards } from "../oidc.ts";
import type { Publishing, Report, Rule } from "../rule.ts";
import { expectsOidc } from "../unseen_hands.ts";

/** A client that is older than its support of OIDC does not exchange a token; most say that a password is missing. */
export const clientTooOld: Rule = {
  code: "client-too-old",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      const meant = expectsOidc(subject, job);
      const first = firstAlone(invocation.client);
      if (meant === "no" || first === null || !publicTarget(invocation)) continue;
      const stated = clientVersion(job, subject);
      if (stated && isOlder(stated, first)) yield reportOf(job, stated, first, meant);
    }
  },
};

/** The first version that exchanges tokens itself; not of clients that let others do it, nor of npm, which is npm-too-old's. */
function firstAlone(client: string): string | null {
  if (client === "npm") return null;
  const facts = clientFacts(client);
  return facts && facts.runs.length === 0 ? facts.oidc ?? null : null;
}

function reportOf(
  { job, invocation }: Publishing,
  { version, at }: StatedTool,
  first: string,
  meant: "yes" | "likely",
): Report {
  const { client } = invocation;
  const token = invocation.credentials.find(({ holds }) => holds === "token");
  return {
    severity: token ? "warning" : "error",
    confidence: meant === "yes" ? "certain" : "likely",
    message: `Job "${job.id}" publishes${
      towards(invocation)
    } with OIDC, which ${client} ${version} does not know`,
    at,
    label: `${client} knows it since ${first}`,
    related: at === invocation.at ? [] : [{ at: invocation.at, message: "publishes here" }],
    why: [
      token
        ? "It publishes with the token that it finds, and asks for no other."
        : "It asks for no OIDC token, so that it has no credential.",
    ],
    next: [`use ${client} ${first} or newer`],
  };
}
