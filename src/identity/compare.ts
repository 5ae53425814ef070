import type { Comparison } from "../problem.ts";
import type { Kind, TrustPolicy } from "../registries/registry.ts";
import type { Claims, WorkflowRef } from "./claims.ts";

/** How one kind of registry reads the claims of GitHub Actions. */
interface Reading {
  /** Which of the two workflow claims it compares. */
  readonly workflow: "workflow" | "calledWorkflow";
  readonly sameRepository: (a: string, b: string) => boolean;
  readonly sameEnvironment: (a: string, b: string) => boolean;
  /** Whether a record without environment is known to accept every environment; `null`: nobody knows. */
  readonly anyEnvironment: true | null;
}

const exact = (a: string, b: string) => a === b;
const anyCase = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

const READINGS: Readonly<Record<Kind, Reading>> = {
  crates: { workflow: "workflow", sameRepository: anyCase, sameEnvironment: anyCase, anyEnvironment: true },
  // PyPI spells the owner as GitHub does when a publisher is registered, but takes the repository's name as it was typed.
  pypi: {
    workflow: "calledWorkflow",
    sameRepository: (a, b) => anyCase(ownerOf(a), ownerOf(b)) && nameOf(a) === nameOf(b),
    sameEnvironment: anyCase,
    anyEnvironment: true,
  },
  npm: { workflow: "workflow", sameRepository: exact, sameEnvironment: exact, anyEnvironment: null },
};

/**
 * What a job claims, beside what its repository declares to be registered, by the rules of one kind of registry. Without a
 * declaration the claims stand alone and nothing is decided.
 */
export function compareClaims(claims: Claims, declared: TrustPolicy | null, kind: Kind): Comparison[] {
  const reading = READINGS[kind];
  const repository = declared?.repository ?? null;
  const rows: Comparison[] = [
    row("repository", claims.repository, repository, reading.sameRepository),
    workflowRow(claims, declared, reading, kind),
  ];
  if (declared && declared.environment === null) {
    const matches = claims.environment === null ? true : reading.anyEnvironment;
    rows.push({ field: "environment", claimed: claims.environment, registered: null, matches });
  } else {
    rows.push(row("environment", claims.environment, declared?.environment ?? null, reading.sameEnvironment));
  }
  return rows;
}

/** Whether the job runs in a reusable workflow, where the two workflow claims name different files. */
export function isReusable(claims: Claims): boolean {
  const { workflow, calledWorkflow } = claims;
  return workflow !== null && calledWorkflow !== null &&
    (workflow.path !== calledWorkflow.path || !anyCase(workflow.repository, calledWorkflow.repository));
}

/** The workflow that a kind of registry compares. */
export function comparedWorkflow(claims: Claims, kind: Kind): WorkflowRef | null {
  // Without a called workflow nothing was called: both claims would name the same file.
  return claims[READINGS[kind].workflow] ?? (kind === "pypi" ? claims.workflow : null);
}

function workflowRow(claims: Claims, declared: TrustPolicy | null, reading: Reading, kind: Kind): Comparison {
  const workflow = comparedWorkflow(claims, kind);
  const elsewhere = workflow !== null && claims.repository !== null &&
    reading.workflow === "calledWorkflow" &&
    !anyCase(workflow.repository, claims.repository);
  if (!elsewhere) return row("workflow", workflow?.file ?? null, declared?.workflow ?? null, exact);
  // PyPI looks for the file in the repository that the job belongs to: one of another repository can never match.
  return {
    field: "workflow",
    claimed: `${workflow.repository}/${workflow.path}`,
    registered: declared?.workflow ?? null,
    matches: false,
  };
}

function row(
  field: string,
  claimed: string | null,
  registered: string | null,
  same: (a: string, b: string) => boolean,
): Comparison {
  const matches = registered === null ? null : claimed !== null && same(claimed, registered);
  return { field, claimed, registered, matches };
}

function ownerOf(repository: string): string {
  return repository.split("/")[0]!;
}

function nameOf(repository: string): string {
  return repository.split("/").slice(1).join("/");
}
