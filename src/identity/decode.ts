import type { Problem } from "../problem.ts";
import type { Claims, WorkflowRef } from "./claims.ts";

/** What a token says, or why it cannot be read. */
export type Decoded =
  | { readonly claims: Claims; readonly problem: null }
  | { readonly claims: null; readonly problem: Problem };

/** The claims of a JSON web token (RFC 7519), not verified. Never throws, and never repeats any part of the token. */
export function decodeJwt(jwt: string): Decoded {
  const parts = jwt.split(".");
  if (parts.length !== 3) return unreadable(`It has ${parts.length} parts where a JSON web token has 3.`);
  const payload = objectIn(parts[1]!);
  if (!payload) return unreadable("Its middle part is not a JSON object in base64url.");
  const issuer = text(payload["iss"]);
  if (!issuer) return unreadable("It names no issuer (`iss`).");
  const audience = audienceOf(payload["aud"]);
  if (audience === null) return unreadable("It names no audience (`aud`).");
  return { claims: claimsOf(payload, issuer, audience), problem: null };
}

/**
 * A workflow as GitHub names it: `owner/repo/.github/workflows/release.yml@refs/tags/v1`; `null` for anything else. Tags and even file
 * names may hold an `@`, so the file ends at the last `.yml@` of its own path segment, as crates.io reads it.
 */
export function parseWorkflowRef(value: string | null | undefined): WorkflowRef | null {
  const match = /^([^/]+\/[^/]+)\/((?:[^/@]+\/)*([^/]+\.ya?ml))(?:@(.+))?$/.exec(value ?? "");
  if (!match) return null;
  return { repository: match[1]!, path: match[2]!, file: match[3]!, ref: match[4] ?? null };
}

function claimsOf(
  payload: Readonly<Record<string, unknown>>,
  issuer: string,
  audience: string | readonly string[],
): Claims {
  return {
    issuer,
    subject: text(payload["sub"]),
    audience,
    expiresAt: seconds(payload["exp"]),
    issuedAt: seconds(payload["iat"]),
    repository: text(payload["repository"]),
    repositoryId: text(payload["repository_id"]),
    owner: text(payload["repository_owner"]),
    ownerId: text(payload["repository_owner_id"]),
    workflow: parseWorkflowRef(text(payload["workflow_ref"])),
    calledWorkflow: parseWorkflowRef(text(payload["job_workflow_ref"])),
    environment: text(payload["environment"]),
    ref: text(payload["ref"]),
    event: text(payload["event_name"]),
    sha: text(payload["sha"]),
    runId: text(payload["run_id"]),
    runner: text(payload["runner_environment"]),
    visibility: text(payload["repository_visibility"]),
  };
}

function objectIn(part: string): Record<string, unknown> | null {
  try {
    const bytes = Uint8Array.from(
      atob(part.replaceAll("-", "+").replaceAll("_", "/")),
      (char) => char.charCodeAt(0),
    );
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : null;
  } catch {
    // Neither base64 nor UTF-8 nor JSON: the caller says so, without the error's text, which quotes the token.
    return null;
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function seconds(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function audienceOf(value: unknown): string | readonly string[] | null {
  if (Array.isArray(value)) return value.every((one) => typeof one === "string") ? value : null;
  return text(value);
}

function unreadable(why: string): Decoded {
  return {
    claims: null,
    problem: {
      code: "oidc-token-unreadable",
      message: "The OIDC token is not a JSON web token that can be read",
      why: [why],
      next: ["check that the variable or endpoint really holds an OIDC token, unquoted and complete"],
    },
  };
}
