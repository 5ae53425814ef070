import { isReusable } from "../identity/compare.ts";
import { acceptedIssuers } from "./issuers.ts";
import { pypiForm } from "./pypi_form.ts";
import { differences, type Entry, firstDifference, type Refused, register } from "./refusal.ts";
import type { RefusalCause } from "./registry.ts";
import { refusedEvent } from "./rules.ts";

/**
 * What PyPI says when it refuses an exchange: `CODE: DESCRIPTION` of its one error (warehouse, oidc). One text covers every way in
 * which a publisher does not match, so the claims are compared with what the repository declares.
 */
export const PYPI_REFUSALS: readonly Entry[] = [
  {
    words: /^invalid-publisher: .*Publishing from a workflow invoked via '([^']+)' is not supported/s,
    means: ([, event], { registry }) => ({
      ...refusedEvent(registry, event!),
      cause: "event",
      actual: event!,
      retry: "never",
    }),
  },
  {
    words:
      /^invalid-publisher: .*The (?:job_workflow_ref|ci_config_ref_uri) claim does not match, expecting one of (\[.*\]), got '([^']*)'/s,
    means: ([, expected, got], refused) => ({
      code: "exchange-workflow-mismatch",
      message: `${refused.registry.label} expects another workflow than the one that holds this job`,
      why: [
        "It composes the address from repository, file and ref of the run; a called workflow must be of the same commit.",
      ],
      next: [
        "call the workflow of this commit (`uses: ./.github/workflows/…`), or publish in the calling workflow",
      ],
      cause: "workflow",
      expected: [...expected!.matchAll(/'([^']*)'/g)].map((match) => match[1]!),
      actual: got!,
      retry: "never",
    }),
  },
  {
    words: /^invalid-publisher: .*(?:Missing claim|Check failed for required claim) '([^']+)'/s,
    means: ([, claim], refused) => ({
      code: "exchange-claim-refused",
      message: `${refused.registry.label} does not accept the claim \`${claim}\` of this job`,
      why: differences(refused),
      next: [whatToRegister(refused), "see what the job claims: keyless claims"],
      cause: causeOfClaim(claim!),
      retry: "never",
    }),
  },
  {
    words: /^invalid-publisher: .*(?:workflow filename from OIDC claims|claims? (?:is|are) empty)/s,
    means: (_, refused) => ({
      code: "exchange-claim-refused",
      message: `${refused.registry.label} cannot tell from the OIDC token which workflow this job belongs to`,
      next: ["publish from a workflow file in .github/workflows", "see what the job claims: keyless claims"],
      cause: "workflow",
      retry: "never",
    }),
  },
  {
    words: /^invalid-publisher: /,
    means: (_, refused) => ({
      code: "exchange-no-publisher",
      message: `${refused.registry.label} has no publisher that matches this job`,
      why: [...differences(refused), ...reusable(refused), ...caseMatters(refused)],
      next: [whatToRegister(refused)],
      cause: "publisher",
      ...firstDifference(refused),
      retry: "never",
    }),
  },
  {
    words: /^invalid-pending-publisher: /,
    means: (_, { registry }) => ({
      code: "exchange-pending-publisher",
      message: `${registry.label} had a pending publisher for a project that exists already`,
      why: [
        "Somebody made the project after the pending publisher was registered; PyPI drops that pending entry when it notices.",
        "A publisher of the project itself is looked up only after the pending one.",
      ],
      next: [
        "run the job again",
        "if it stays: delete the pending publisher in your account's publishing settings, and register one at the project",
      ],
      cause: "pending-publisher",
      retry: "fresh-token",
    }),
  },
  {
    words: /^invalid-reuse-token: /,
    means: (_, { registry }) => ({
      code: "exchange-replayed",
      message: `${registry.label} has seen this OIDC token before`,
      why: [
        "Each token is accepted once. If the first answer was lost, a registry token exists and ends within 15 minutes.",
      ],
      next: ["run the job again: a new job gets a new token"],
      cause: "replay",
      retry: "fresh-token",
    }),
  },
  {
    words: /^invalid-token: /,
    means: (_, { registry, context }) => ({
      code: "exchange-token-invalid",
      message: `${registry.label} does not accept the OIDC token`,
      why: [
        `It does not say why: signature, audience ("${
          String(context.claims.audience)
        }") and lifetime are answered alike.`,
      ],
      next: ["run the job again", "check that the audience is the registry's: keyless claims"],
      cause: "token",
      retry: "fresh-token",
    }),
  },
  {
    words: /^invalid-payload: unknown trusted publishing issuer/,
    means: (_, { registry, context }) => ({
      code: "exchange-issuer-refused",
      message: `${registry.label} does not accept OIDC tokens of ${context.claims.issuer}`,
      why: [`It accepts those of ${acceptedIssuers("pypi")}.`],
      next: ["publish from one of these CIs", "or publish with --credential token"],
      cause: "issuer",
      actual: context.claims.issuer,
      retry: "never",
    }),
  },
  {
    words: /^invalid-payload: malformed JWT/,
    means: (_, { registry }) => ({
      code: "exchange-token-invalid",
      message: `${registry.label} cannot read the OIDC token`,
      next: ["run the job again", "check that no proxy changes the request"],
      cause: "token",
      retry: "never",
    }),
  },
  {
    words: /^invalid-payload: (?!.*(?:Field required|valid string|JSON))/s,
    means: (_, { registry, context }) => ({
      code: "exchange-project-refused",
      message: `${registry.label} could not create ${
        context.packageName === null ? "the project" : `the project ${context.packageName}`
      }`,
      why: [
        "A pending publisher matched, and the project's name is not possible: prohibited, or too similar to another one.",
      ],
      next: ["choose another name, and register a pending publisher for it"],
      cause: "package",
      retry: "never",
    }),
  },
  {
    words: /^not-enabled: |^Trusted publishing functionality not enabled/,
    means: (_, { registry }) => ({
      code: "exchange-disabled",
      message: `${registry.label} has switched trusted publishing off`,
      next: ["run the job later; https://status.python.org says more", "or publish with --credential token"],
      cause: "disabled",
      retry: "never",
    }),
  },
];

function whatToRegister({ registry, context }: Refused): string {
  return register(pypiForm(registry, context.claims, context.packageName ?? "PROJECT"));
}

function reusable({ registry, context }: Refused): string[] {
  const { workflow, calledWorkflow } = context.claims;
  if (!isReusable(context.claims)) return [];
  return [
    `This job stands in ${calledWorkflow!.file}, called by ${
      workflow!.file
    }: ${registry.label} reads the first, crates.io and npm the second.`,
  ];
}

function caseMatters({ registry }: Refused): string[] {
  return [`${registry.label} compares the repository's name and the file name letter by letter.`];
}

function causeOfClaim(claim: string): RefusalCause {
  switch (claim) {
    case "repository":
    case "environment":
      return claim;
    case "repository_owner":
    case "repository_owner_id":
      return "owner";
    case "job_workflow_ref":
      return "workflow";
    case "event_name":
      return "event";
    default:
      return "token";
  }
}
