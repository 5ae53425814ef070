import type { Answer, Pipeline, Trigger } from "./model.ts";

/** Whether one of the workflows whose runs a `workflow_run` follows runs for pull requests; a workflow that is not here may. */
export function followsPullRequests({ workflows = [] }: Trigger, pipelines: readonly Pipeline[]): Answer {
  const answers = workflows.map((name): Answer => {
    const named = pipelines.filter((each) => nameOf(each) === name);
    if (named.length === 0) return "unknown";
    return named.some(runsForPullRequests) ? "yes" : "no";
  });
  return answers.includes("yes")
    ? "yes"
    : answers.includes("unknown") || answers.length === 0
    ? "unknown"
    : "no";
}

/** The workflow among those whose runs a `workflow_run` follows that runs for pull requests; `null` where none is seen to. */
export function followedForPullRequests(
  { workflows = [] }: Trigger,
  pipelines: readonly Pipeline[],
): Pipeline | null {
  return pipelines.find((each) => workflows.includes(nameOf(each)) && runsForPullRequests(each)) ?? null;
}

/** What GitHub calls a workflow: its path where it has no name. Of one in which nothing publishes only the text is known. */
function nameOf({ name, path, text }: Pipeline): string {
  if (name !== null) return name;
  const written = /^["']?name["']?[ \t]*:([^\n]*)/m.exec(text)?.[1]?.trim() ?? "";
  const [, double, single] = /^(?:"([^"]*)"|'([^']*)')/.exec(written) ?? [];
  return double ?? single ?? (written.split(/(?:^|[ \t])#/, 1)[0]!.trim() || path);
}

const PULL_REQUEST = /\bpull_request(?:_target)?\b/;

function runsForPullRequests({ triggers, text }: Pipeline): boolean {
  if (triggers.length > 0) return triggers.some(({ event }) => PULL_REQUEST.test(event));
  const [head] = text.split(/^["']?jobs["']?[ \t]*:/m, 1);
  return head!.split("\n").some((line) =>
    !line.includes("${{") && PULL_REQUEST.test(line.replace(/#.*/, ""))
  );
}
