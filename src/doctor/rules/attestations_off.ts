import type { Location } from "../../problem.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** With OIDC attestations cost nothing, and let people see where a release came from. */
export const attestationsOff: Rule = {
  code: "attestations-off",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const switchedOff = offAt(job);
      // Nobody trusts what is at TestPyPI.
      const rehearsal = publicTarget(job.invocation)?.name === "testpypi";
      // PyPI refuses those of a called workflow.
      const refused = job.invocation.kind === "pypi" && job.called.path !== job.pipeline.path;
      if (!switchedOff || rehearsal || refused || meantForOidc(subject, job) === "no") continue;
      yield {
        message: `Job "${job.job.id}" publishes with OIDC and without attestations`,
        at: switchedOff,
        label: "switched off here",
        related: [{ at: job.invocation.at, message: "publishes here" }],
        why: [
          "Nobody can see then which repository and which commit the files were built from, and a stolen token leaves no gap.",
        ],
        next: [
          "leave the setting out: attestations are made by default",
          "in a private repository, or where the files are built elsewhere, leave it as it is",
        ],
      } satisfies Report;
    }
  },
};

function offAt({ invocation, step, job, pipeline }: Publishing): Location | null {
  const input = step.with.get("attestations");
  if (invocation.client === "pypa/gh-action-pypi-publish" && input?.value === "false") return input.at;
  if (invocation.kind !== "npm") return null;
  if (invocation.args.some((word) => word === "--no-provenance" || word === "--provenance=false")) {
    return invocation.at;
  }
  const variables = [step.env, job.env, pipeline.env].flatMap((env) => [...env.values()]);
  return variables.find(({ name, value }) => /^npm_config_provenance$/i.test(name) && value === "false")
    ?.at ?? null;
}
