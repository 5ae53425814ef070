import { given } from "../host/env.ts";
import type { Session } from "../host/session.ts";
import type { UploadJob } from "./clients/client.ts";
import type { PlannedPackage } from "./plan.ts";

/** Where npm's sigstore client signs; not settable on npm's command line. */
const FULCIO = "https://fulcio.sigstore.dev";

/** What npm writes into the provenance statement; a missing one would become "undefined" there. */
const STATEMENT = [
  "GITHUB_ACTIONS",
  "GITHUB_EVENT_NAME",
  "GITHUB_REF",
  "GITHUB_REPOSITORY",
  "GITHUB_REPOSITORY_ID",
  "GITHUB_REPOSITORY_OWNER_ID",
  "GITHUB_RUN_ATTEMPT",
  "GITHUB_RUN_ID",
  "GITHUB_SERVER_URL",
  "GITHUB_SHA",
  "GITHUB_WORKFLOW_REF",
  "RUNNER_ENVIRONMENT",
] as const;

/**
 * A second OIDC token, for sigstore, where npm itself would attach provenance: npmjs, GitHub's own runner, a public repository, a
 * package that is or becomes public. `null` otherwise.
 */
export async function provenanceFor(
  session: Session,
  entry: PlannedPackage,
): Promise<UploadJob["provenance"]> {
  const { package: pkg, credential } = entry;
  if (pkg.registry.name !== "npm" || credential.path !== "oidc" || pkg.access === "restricted") return null;
  if (credential.provider.id !== "github-actions") return null;
  if (given(session.env, "RUNNER_ENVIRONMENT") !== "github-hosted") return null;
  const { jwt, claims } = await credential.provider.request(session, "sigstore", FULCIO);
  if (claims.visibility !== "public") return null;
  const variables: Record<string, string> = {};
  for (const name of STATEMENT) {
    const value = given(session.env, name);
    if (value === undefined) return null;
    variables[name] = value;
  }
  return { token: jwt, variables };
}
