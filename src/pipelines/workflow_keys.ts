const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** Keys of a workflow. `true` is what a parser of YAML 1.1 makes of `on`. */
export const WORKFLOW_KEYS = words(
  "on true name description run-name defaults env permissions concurrency jobs cache-mode",
);

/** Keys of a job that has steps. */
export const JOB_KEYS = words(
  "needs if strategy name runs-on timeout-minutes cancel-timeout-minutes continue-on-error container services env environment " +
    "permissions concurrency outputs defaults steps snapshot cache-mode",
);

/** Keys of a job that calls a workflow. */
export const CALL_KEYS = words("name uses with secrets needs if permissions concurrency strategy cache-mode");

/** What makes a step one; it has exactly one of these. */
export const STEP_KINDS = ["run", "uses", "wait", "wait-all", "cancel", "parallel"] as const;

/** Keys of a step that runs a script. */
export const RUN_KEYS = words(
  "name id if timeout-minutes run continue-on-error env working-directory shell background",
);

/** Keys of a step that uses an action. */
export const USES_KEYS = words("name id if continue-on-error timeout-minutes uses with env background");

/** Keys of any step. */
export const STEP_KEYS: ReadonlySet<string> = new Set([...RUN_KEYS, ...USES_KEYS, ...STEP_KINDS]);

/** Names of events that GitHub takes, also those that start a workflow no longer or are not documented. */
export const EVENT_NAMES = words(
  "branch_protection_rule check_run check_suite create delete deployment deployment_status discussion discussion_comment dynamic " +
    "fork gollum image_version interactive_component issue_comment issues label member merge_group milestone page_build project " +
    "project_card project_column public pull_request pull_request_comment pull_request_review pull_request_review_comment " +
    "pull_request_review_thread pull_request_target push registry_package release repository_dispatch schedule status watch " +
    "workflow_call workflow_dispatch workflow_run",
);
