import { comparedWorkflow } from "../identity/compare.ts";
import type { Claims } from "../identity/claims.ts";
import { refusedByRule } from "./rules.ts";
import type { FormField, Kind, Registry } from "./registry.ts";

/** The parts of a publisher record, as a job claims them. */
export interface Identity {
  readonly owner: string;
  readonly repository: string;
  readonly workflow: string;
  readonly environment: string | null;
}

/** What a form shows for a field that must stay empty. */
export const EMPTY = "(leave empty)";

/** What a job with these claims has to be registered as; `?` for what it does not claim. */
export function identityOf(claims: Claims, kind: Kind): Identity {
  const [owner, repository] = (claims.repository ?? "").split("/");
  return {
    owner: owner || claims.owner || "?",
    repository: repository || "?",
    workflow: comparedWorkflow(claims, kind)?.file ?? "?",
    environment: claims.environment,
  };
}

/** Fields with the labels of one registry's form, in its order. */
export function fieldsOf(identity: Identity, labels: Readonly<Record<keyof Identity, string>>): FormField[] {
  return [
    { label: labels.owner, value: identity.owner },
    { label: labels.repository, value: identity.repository },
    { label: labels.workflow, value: identity.workflow },
    { label: labels.environment, value: identity.environment ?? EMPTY },
  ];
}

/** What no record could heal. */
export function obstaclesOf(registry: Registry, claims: Claims): string[] {
  const problem = refusedByRule(registry, claims);
  return problem ? [problem.message] : [];
}
