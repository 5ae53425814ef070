import type { Label } from "../../report/finding.ts";
import { wantsProvenance } from "../identities.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule } from "../rule.ts";
import { type Operator, operatorOf } from "../runners.ts";
import { variablesAt } from "../variables.ts";

/** npm accepts identities and provenance of machines that GitHub runs, and of no others. */
export const selfHostedRunnerAtNpm: Rule = {
  code: "self-hosted-runner-at-npm",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation, pipeline } = job;
      const runner = job.job.runner;
      if (pipeline.vendor !== "github" || publicTarget(invocation)?.name !== "npm" || !runner) continue;
      const signs = wantsProvenance(job);
      const meant = meantForOidc(subject, job);
      const operator = runner.group === null ? whoRuns(runner.labels ?? []) : null;
      if ((meant === "no" && !signs) || operator === "github") continue;
      const sure = operator === "own" && (signs || (meant === "yes" && !withoutProvenance(job)));
      yield reportOf(job, operator, signs, sure);
    }
  },
};

/** Labels of one machine say it together; of several (a matrix) only what holds for all is sure. */
function whoRuns(labels: readonly string[]): Operator {
  const operators = labels.map(operatorOf);
  if (operators.includes("github")) return "github";
  return operators.find((each) => each !== null) ?? null;
}

function reportOf(job: Publishing, operator: Operator, signs: boolean, sure: boolean): Report {
  const { invocation, job: { id, runner } } = job;
  const related: Label = { at: invocation.at, message: signs ? "asks for provenance" : "publishes here" };
  return {
    severity: sure ? "error" : "unverified",
    confidence: signs ? "certain" : "likely",
    message: `Job "${id}" publishes to npm with ${signs ? "provenance" : "OIDC"} ${
      WHERE[operator ?? "github"]
    }`,
    at: runner!.at,
    label: operator === "own" ? "npm accepts machines of GitHub alone" : "does GitHub run this machine?",
    related: [related],
    why: [
      'npm refuses provenance from any other machine with 422 ("Unsupported GitHub Actions runner environment"), and makes it by itself where OIDC is used and the repository is public.',
      "Its documentation rules out OIDC from such machines altogether.",
    ],
    next: [
      "publish in a job of its own on ubuntu-latest, with files that this one has made",
      "or publish without provenance: NPM_CONFIG_PROVENANCE=false",
    ],
  };
}

const WHERE: Readonly<Record<"own" | "other" | "github", string>> = {
  own: "from a machine of your own",
  other: "from a machine of another company",
  github: "from a machine that may not be GitHub's",
};

/** Whether provenance is switched off. */
function withoutProvenance(job: Publishing): boolean {
  return job.invocation.args.some((word) => /^--no-provenance$|^--provenance=false$/.test(word)) ||
    [...variablesAt(job).values()].some(({ name, value }) =>
      /^npm_config_provenance$/i.test(name) && value === "false"
    );
}
