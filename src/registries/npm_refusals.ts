import { plainLine } from "../host/redact.ts";
import { isReusable } from "../identity/compare.ts";
import { acceptedIssuers } from "./issuers.ts";
import { npmForm } from "./npm_form.ts";
import { differences, type Entry, firstDifference, type Refused, register } from "./refusal.ts";

/** What npm says when it refuses an exchange (its API's documentation: `OIDC token exchange error - …`). */
export const NPM_REFUSALS: readonly Entry[] = [
  {
    words: /package not found/i,
    means: (_, refused) => ({
      code: "exchange-no-publisher",
      message: `${refused.registry.label} has no publisher that matches this job${about(refused)}`,
      why: [
        "It answers the same for a package that does not exist, one without publisher, and a publisher whose fields differ.",
        ...differences(refused),
        ...reusable(refused),
        ...immutableSubject(refused),
        "It compares every field letter by letter.",
      ],
      next: [
        register(npmForm(refused.registry, refused.context.claims, refused.context.packageName ?? "PACKAGE")),
        "compare with what is registered: npm trust list",
      ],
      cause: "publisher",
      ...firstDifference(refused),
      retry: "never",
    }),
  },
  {
    words: /unauthorized/i,
    means: (_, { registry, context }) => ({
      code: "exchange-token-invalid",
      message: `${registry.label} does not accept the OIDC token`,
      why: [
        `Issuer (${plainLine(context.claims.issuer, 120)}), audience ("${
          String(context.claims.audience)
        }") or signature is wrong.`,
        `It accepts tokens of ${acceptedIssuers("npm")}.`,
      ],
      next: ["check issuer and audience: keyless claims", "or publish with --credential token"],
      cause: "token",
      retry: "never",
    }),
  },
  {
    words: /bad request/i,
    means: (_, { registry }) => ({
      code: "exchange-unexpected",
      message: `${registry.label} did not understand the exchange`,
      next: ["check the package's name, and that no proxy changes the request"],
      cause: "unknown",
      retry: "never",
    }),
  },
  {
    words: /permission denied for this action/i,
    means: (_, { registry, context }) => ({
      code: "exchange-action-refused",
      message: `${registry.label} does not let this publisher publish`,
      why: ["The publisher is registered, and `npm publish` is not among its allowed actions."],
      next: [register(npmForm(registry, context.claims, context.packageName ?? "PACKAGE"))],
      cause: "permission",
      retry: "never",
    }),
  },
];

function about({ context }: Refused): string {
  return context.packageName === null ? "" : ` for ${context.packageName}`;
}

function reusable({ context }: Refused): string[] {
  const { workflow, calledWorkflow } = context.claims;
  if (!isReusable(context.claims)) return [];
  return [`This job stands in ${calledWorkflow!.file}, called by ${workflow!.file}: npm reads the second.`];
}

/** Seen in reports on repositories whose fields are right otherwise; the cause is not confirmed. */
function immutableSubject({ context }: Refused): string[] {
  if (!/^repo:[^/:]+@\d+\/[^:]+@\d+:/.test(context.claims.subject ?? "")) return [];
  return [
    "The token's subject has numeric ids (immutable subject claims): if every field is right, delete the publisher and add it again.",
  ];
}
