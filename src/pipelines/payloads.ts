import type { Trigger } from "./trigger.ts";

/** Parts of `github.event`, and the events of {@link LISTED} whose runs have them (https://docs.github.com/webhooks/webhook-events-and-payloads). */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  head_commit: ["push"],
  commits: ["push"],
  pusher: ["push"],
  pull_request: ["pull_request", "pull_request_target"],
  release: ["release"],
  inputs: ["workflow_dispatch"],
  client_payload: ["repository_dispatch"],
  workflow_run: ["workflow_run"],
  issue: ["issues", "issue_comment"],
  comment: ["issue_comment"],
  ref: ["push", "create", "workflow_dispatch"],
};

/** Those that are there in every run of their events. */
const ALWAYS = ["pull_request", "release", "workflow_run", "issue", "comment"];

/** Events of which all of these parts are known. */
const LISTED = [
  "push",
  "schedule",
  "create",
  ...["pull_request", "pull_request_target", "release", "workflow_dispatch"],
  ...["repository_dispatch", "workflow_run", "issues", "issue_comment"],
];

const NAMED = new RegExp(
  String.raw`(?<![\w.-])github\.event\.(${Object.keys(PARTS).join("|")})(?![\w-])(?:\.[\w-]+){0,9}`,
  "gi",
);

/** Events that fill the context `inputs` of the workflow which they start. */
const WITH_INPUTS = ["workflow_dispatch", "workflow_call"];

/** Inputs of the workflow itself. */
const INPUTS = /(?<![\w.-])inputs\.[\w-]+/gi;

/**
 * What a condition asks of `github.event`, or of the `inputs` of a workflow that nobody has called, that runs of an event do not have, so that
 * it is `null` there; in lower case.
 */
export function absentParts(condition: string, event: string, isCalled: boolean): ReadonlySet<string> {
  const inputs = isCalled || WITH_INPUTS.includes(event) ? [] : condition.matchAll(INPUTS);
  const parts = !LISTED.includes(event)
    ? []
    : [...condition.matchAll(NAMED)].filter(([, part]) => !PARTS[part!.toLowerCase()]!.includes(event));
  return new Set([...inputs, ...parts].map(([path]) => path.toLowerCase()));
}

/**
 * What a condition asks of `github.event` that every run of a trigger has, in lower case. Inputs are texts there, also `false`, which is true then; as
 * switches they are in the context `inputs` alone (https://docs.github.com/actions/reference/workflows-and-actions/contexts#inputs-context).
 */
export function presentParts(
  condition: string,
  { event, filled = [] }: Pick<Trigger, "event" | "filled">,
): ReadonlySet<string> {
  const parts = [
    ...ALWAYS.filter((part) => PARTS[part]!.includes(event)).map((part) => `github.event.${part}`),
    ...filled.map((name) => `github.event.inputs.${name}`),
  ];
  return new Set(
    parts.length === 0
      ? []
      : [...condition.matchAll(NAMED)].map(([path]) => path.toLowerCase()).filter((path) =>
        parts.includes(path)
      ),
  );
}
