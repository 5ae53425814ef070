import { allSteps } from "../../pipelines/placed_commands.ts";
import { clientFacts, MINT_ACTIONS } from "../../pipelines/publishers.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { mayBeGivenToken } from "../unseen_hands.ts";
import { variablesAt } from "../variables.ts";

/** What mints a token for clients that cannot do it, or publishes in their place. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  crates: [
    "mint a token before (rust-lang/crates-io-auth-action), and hand its output on as CARGO_REGISTRY_TOKEN",
    "or let keyless be cargo's credential provider: CARGO_REGISTRY_CREDENTIAL_PROVIDER=keyless cargo-credential",
  ],
  npm: ["publish with npm 11.5.1 or newer, pnpm 11 or yarn 4.10"],
  pypi: ["build with it, and publish with pypa/gh-action-pypi-publish, uv or twine"],
};

/** Some clients exchange no OIDC token in any version; something else must do it for them. */
export const clientWithoutOidc: Rule = {
  code: "client-without-oidc",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      const meant = meantForOidc(subject, job);
      if (meant === "no" || !publicTarget(invocation) || !cannot(invocation.client)) continue;
      if (invocation.keyless === "yes" || hasProvider(job, subject) || isMintedFor(job)) continue;
      const unsure = mayBeGivenToken(job) || invocation.credentials.some(({ holds }) => holds !== "none");
      if (!unsure || meant === "yes") yield reportOf(job, meant, unsure);
    }
  },
};

/** Whether no version exchanges a token, nor one of a client that it runs. */
function cannot(client: string): boolean {
  const facts = clientFacts(client);
  if (!facts) return false;
  return facts.runs.length > 0 ? facts.oidc === undefined && facts.runs.every(cannot) : facts.oidc === null;
}

/** Whether a step of the job mints a token for the registry; that nothing takes it is the matter of minted-token-unused. */
function isMintedFor({ job, invocation }: Publishing): boolean {
  return allSteps(job.steps).some(({ uses, live }) => {
    const mint = uses && live !== "no" ? MINT_ACTIONS[actionName(uses.value)] : undefined;
    return mint?.output !== undefined && mint.kind === publicTarget(invocation)?.kind;
  });
}

/** Whether a program is set up that cargo asks for its token. */
function hasProvider(job: Publishing, { settings }: Subject): boolean {
  return settings.cargo.some(({ providers }) => providers.length > 0) ||
    [...variablesAt(job).keys()].some((name) => name.endsWith("_CREDENTIAL_PROVIDER")) ||
    job.invocation.args.some((word) => word.includes("credential"));
}

function reportOf({ job, invocation }: Publishing, meant: "yes" | "likely", unsure: boolean): Report {
  const { client } = invocation;
  const registry = publicTarget(invocation)!;
  const permission = job.permissions.written("id-token");
  return {
    severity: unsure ? "unverified" : "error",
    confidence: meant === "yes" ? "certain" : "likely",
    message: `Job "${job.id}" publishes to ${registry.label} with OIDC, and ${client} exchanges no token`,
    at: invocation.at,
    label: unsure ? "with which credential?" : "has no credential",
    related: permission ? [{ at: permission.keyAt, message: "may request an OIDC token" }] : [],
    why: [`No version of ${client} asks for an OIDC token, and nothing before it is seen to mint one.`],
    next: INSTEAD[registry.kind]!,
  };
}
