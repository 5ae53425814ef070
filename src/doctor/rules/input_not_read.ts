import { plainLine } from "../../host/redact.ts";
import { literally } from "../../formats/literally.ts";
import type { Pipeline } from "../../pipelines/model.ts";
import { publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** What people call an input that decides whether, or where, something is published. */
const DECIDES =
  /(?:^|[-_])(?:dry|dry-?run|test|tests-?only|test-?pypi|only|skip|publish|upload|deploy|prod|production|confirm|draft|preview|environment|target|registry|repository)(?:[-_]|$)/i;

/** What reads the inputs without their names. */
const READS_ALL =
  /toJSON\(\s*(?:inputs|github)\b|\binputs\s*(?:\[\s*[^'"\s]|\}\}|\.\*)|\bgithub\.event\s*(?:\[|\}\}|\))|GITHUB_EVENT_PATH|\bevent_path\b|\bcontext\.payload\b/i;

/** An input that nothing reads promises what does not happen: who asks for a dry run publishes. */
export const inputNotRead: Rule = {
  code: "input-not-read",
  severity: "warning",
  phase: "publishing jobs",
  *check(subject) {
    const reported = new Set<string>();
    for (const each of subject.publishing) {
      const { pipeline, job, invocation } = each;
      if (pipeline.vendor !== "github" || reported.has(pipeline.path) || !isStartedByHand(each)) continue;
      for (const { name, keyAt } of pipeline.switches?.values() ?? []) {
        if (!DECIDES.test(name) || mayBeRead(name, pipeline, subject)) continue;
        reported.add(pipeline.path);
        const input = plainLine(name, 60);
        yield {
          message: `${pipeline.file} asks for the input "${input}", and nothing reads it`,
          at: keyAt,
          label: "changes nothing",
          related: [{ at: invocation.at, message: "publishes whatever is chosen" }],
          why: ["Who starts it by hand and chooses otherwise publishes all the same."],
          next: [`ask for \`inputs.${input}\` in the condition of job "${job.id}", or remove the input`],
        } satisfies Report;
      }
    }
  },
};

/** Whether people who start it by hand publish what cannot be taken back. */
function isStartedByHand({ starts, invocation }: Publishing): boolean {
  return publicTarget(invocation)?.name !== "testpypi" &&
    starts.some(({ trigger, publishes }) => trigger.event === "workflow_dispatch" && publishes !== "no");
}

/** Whether anything may read an input: an expression of a workflow or an action, a script, or a workflow that nobody can read from here. */
function mayBeRead(name: string, { jobs, text }: Pipeline, { sources }: Subject): boolean {
  const named = new RegExp(`\\binputs\\s*(?:\\.\\s*|\\[\\s*['"])${literally(name)}(?![\\w-])`, "i");
  return jobs.some(({ calls }) => calls !== null && calls.pipeline === null) ||
    [text, ...sources.values()].some((each) => named.test(each) || READS_ALL.test(each));
}
