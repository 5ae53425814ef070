import type { Rule } from "./rule.ts";
import { missingIdToken } from "./rules/missing_id_token.ts";
import { publisherEnvironmentMismatch } from "./rules/publisher_environment_mismatch.ts";
import { publisherWorkflowMismatch } from "./rules/publisher_workflow_mismatch.ts";

/** Every rule, in the order of the report. */
export const RULES: readonly Rule[] = [
  missingIdToken,
  publisherWorkflowMismatch,
  publisherEnvironmentMismatch,
];
