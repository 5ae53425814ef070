import type { Pipeline, Stranger, Trigger } from "../../pipelines/model.ts";
import { neverFires } from "../../pipelines/strangers.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { yamlFix } from "../yaml_fix.ts";

/** A filter or an activity that GitHub does not know is no error to it: it ignores the one and waits for the other for ever. */
export const triggerMisspelt: Rule = {
  code: "trigger-misspelt",
  severity: "warning",
  phase: "trust policy (local)",
  *check(subject) {
    for (const [pipeline, jobs] of Map.groupBy(subject.publishing, ({ pipeline }) => pipeline)) {
      for (const trigger of pipeline.triggers) {
        const all = trigger.strangers ?? [];
        for (const stranger of all.filter(({ what }) => what === "filter")) {
          const job = jobs.find((each) => startedWithout(stranger, trigger, each));
          if (job) yield ignored(stranger, trigger, job, subject);
        }
        const [activity] = all.filter(({ what }) => what === "activity");
        if (activity) yield neverHappens(activity, trigger, pipeline, jobs, subject);
      }
    }
  },
};

/** Whether a run that the filter was to keep out publishes. */
function startedWithout({ meant }: Stranger, trigger: Trigger, { starts }: Publishing): boolean {
  return starts.some((start) =>
    start.trigger === trigger && start.publishes !== "no" && !(meant === "tags" && start.ref === "tag")
  );
}

function ignored(
  { name, meant, at }: Stranger,
  { event }: Trigger,
  job: Publishing,
  subject: Subject,
): Report {
  return {
    message:
      `GitHub ignores "${name}" below ${event}, so ${job.pipeline.file} starts as if it were not there`,
    at,
    label: `no filter of ${event}`,
    related: [{ at: job.invocation.at, message: "publishes" }],
    why: ["GitHub does not refuse a filter that it does not know. What was to be kept out publishes, too."],
    next: [`did you mean \`${meant}:\`?`],
    // What starts the workflow is another thing then, and what is near is no more than likely.
    fix: meant === null ? null : () =>
      yamlFix(
        at,
        subject,
        { safe: false, description: `write ${meant} for ${name}` },
        (file) => file.rename(at, meant),
      ),
  };
}

function neverHappens(
  { name, meant, at }: Stranger,
  trigger: Trigger,
  { file }: Pipeline,
  jobs: readonly Publishing[],
  subject: Subject,
): Report {
  const other = !neverFires(trigger) ||
    jobs.some(({ starts }) => starts.some((start) => start.trigger !== trigger && start.publishes !== "no"));
  return {
    severity: other ? "warning" : "error",
    message: other
      ? `There is no activity "${name}" of ${trigger.event}, so it never starts ${file}`
      : `Nothing ever starts ${file}: there is no activity "${name}" of ${trigger.event}`,
    at,
    label: "never happens",
    related: jobs.slice(0, 1).map(({ invocation }) => ({ at: invocation.at, message: "would publish" })),
    why: ["GitHub does not refuse an activity that it does not know. It waits for it, and says nothing."],
    next: [
      meant === null
        ? `name one that there is, e.g. \`types: [${EXAMPLES[trigger.event] ?? "published"}]\``
        : `did you mean \`${meant}\`?`,
    ],
    fix: meant === null ? null : () =>
      yamlFix(
        at,
        subject,
        { safe: false, description: `write ${meant} for ${name}` },
        (file) => trigger.types?.includes(meant) ? file.remove(at) : file.set(at, meant),
      ),
  };
}

const EXAMPLES: Readonly<Record<string, string>> = {
  workflow_run: "completed",
  pull_request: "closed",
  pull_request_target: "closed",
};
