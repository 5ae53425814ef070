import { get } from "../../formats/located.ts";
import { joined } from "../../formats/shell.ts";
import type { PublishInvocation } from "../../pipelines/model.ts";
import { clientFacts } from "../../pipelines/publishers.ts";
import { clientVersion, isOlder, type StatedTool } from "../client_choice.ts";
import { publicTarget, towards } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { expectsOidc } from "../unseen_hands.ts";

/** A client that is older than its support of OIDC does not exchange a token; most say that a password is missing. */
export const clientTooOld: Rule = {
  code: "client-too-old",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      const stage = firstWithStage(invocation, subject);
      const own = stage === null ? null : clientVersion(job, subject);
      if (own && isOlder(own, stage!)) yield withoutStage(job, own, stage!);
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

/** The first version that leaves a package at the registry, to be let out there; of npm npm-too-old knows it. */
function firstWithStage(
  { client, args, directory }: PublishInvocation,
  { manifests }: Subject,
): string | null {
  // Without the command pnpm runs a script of that name.
  const own = manifests.get(joined(directory, "package.json") ?? "")?.root;
  return client === "pnpm" && args[0] === "stage" && !get(own, "scripts", "stage") ? "11.3.0" : null;
}

function withoutStage({ job, invocation }: Publishing, { version, at }: StatedTool, first: string): Report {
  const { client } = invocation;
  return {
    message: `Job "${job.id}" runs \`${client} stage\`, which ${client} ${version} does not have`,
    at,
    label: `${client} has it since ${first}`,
    related: at === invocation.at ? [] : [{ at: invocation.at, message: "stops here" }],
    why: ["It stops: there is no command of that name."],
    next: [`use ${client} ${first} or newer`],
  };
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
