import { CRATES_MISMATCHES } from "./crates_mismatches.ts";
import { acceptedIssuers } from "./issuers.ts";
import type { Entry } from "./refusal.ts";
import { refusedEvent } from "./rules.ts";

/**
 * What crates.io says when it refuses an exchange, in the order of its checks (rust-lang/crates.io, trusted publishing tokens).
 */
export const CRATES_REFUSALS: readonly Entry[] = [
  {
    words: /^(?:Expected request with `Content-Type|Failed to (?:parse|deserialize) the)/,
    means: (_, { registry }) => ({
      code: "exchange-unexpected",
      message: `${registry.label} did not understand the exchange`,
      next: ["check that no proxy changes the request; otherwise this is a bug in keyless"],
      cause: "unknown",
      retry: "never",
    }),
  },
  {
    words: /^Failed to decode JWT$|^Missing JWT key ID$|^Invalid JWT key ID$/,
    means: (_, { registry, context }) => ({
      code: "exchange-token-invalid",
      message: `${registry.label} does not accept the OIDC token`,
      why: [
        `It does not say why: signature, audience ("${
          String(context.claims.audience)
        }"), lifetime and missing claims are answered alike.`,
      ],
      next: ["run the job again", `check that the audience is the registry's: keyless claims`],
      cause: "token",
      retry: "never",
    }),
  },
  {
    words: /^Unsupported JWT issuer: (.+)$/,
    means: ([, issuer], { registry }) => ({
      code: "exchange-issuer-refused",
      message: `${registry.label} does not accept OIDC tokens of ${issuer}`,
      why: [`It accepts those of ${acceptedIssuers("crates")}.`],
      next: ["publish from one of these CIs", "or publish with --credential token"],
      cause: "issuer",
      actual: issuer!,
      retry: "never",
    }),
  },
  {
    words: /^JWT has already been used$/,
    means: (_, { registry }) => ({
      code: "exchange-replayed",
      message: `${registry.label} has seen this OIDC token before`,
      why: [
        "Each token is accepted once. If the first answer was lost, a registry token exists and ends within 30 minutes.",
      ],
      next: ["run the job again: a new job gets a new token"],
      cause: "replay",
      retry: "fresh-token",
    }),
  },
  {
    words: /^Trusted Publishing does not support the `([^`]+)` event/,
    means: ([, event], { registry }) => ({
      ...refusedEvent(registry, event!),
      cause: "event",
      actual: event!,
      retry: "never",
    }),
  },
  {
    words: /^Unexpected `([^`]+)` value$/,
    means: ([, claim], { registry }) => ({
      code: "exchange-claim-refused",
      message: `${registry.label} cannot read the claim \`${claim}\` of this job`,
      next: [
        "publish from a workflow file in .github/workflows of an ordinary repository",
        "see what the job claims: keyless claims",
      ],
      cause: "token",
      retry: "never",
    }),
  },
  ...CRATES_MISMATCHES,
  {
    words:
      /^We (?:require that all requests include a `User-Agent`|are unable to process your request at this time)/,
    means: (_, { registry }) => ({
      code: "exchange-blocked",
      message: `${registry.label} blocks requests from here`,
      why: [
        "It blocks addresses and programs that break its data access policy; other jobs on this runner's address count too.",
      ],
      next: ["run the job on another runner", "write to help@crates.io with the request id that it names"],
      cause: "registry",
      retry: "never",
    }),
  },
];
