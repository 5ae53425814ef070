import { mintOf } from "../../pipelines/mint_of.ts";
import type { Step } from "../../pipelines/model.ts";
import type { MintAction } from "../../pipelines/publishers.ts";
import type { PlacedCommand } from "../../pipelines/placed_commands.ts";
import { commandsBefore, stepsUntil } from "../before_publishing.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** Words behind a program with which it tests, or builds everything. */
const SLOW: ReadonlyMap<string, RegExp> = new Map([
  ["cargo", /^(?:test|build|check|clippy|doc|bench|nextest|tarpaulin|llvm-cov|miri|hack)$/],
  ["npm", /^(?:test|t)$/],
  ["dotnet", /^test$/],
  ["dart", /^(?:test|compile)$/],
  ["flutter", /^(?:test|build)$/],
  ["rake", /^(?:test|spec|default)$/],
]);
/** Programs that test, whatever their words. */
const TESTS = ["pytest", "tox", "nox", "rspec", "cibuildwheel", "cross"];

/** A minted token lives for minutes, from the moment on in which it is minted. */
export const mintedTooEarly: Rule = {
  code: "minted-too-early",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    for (const publishing of subject.publishing) {
      const { invocation, pipeline } = publishing;
      if (pipeline.vendor !== "github" || invocation.keyless !== "yes") continue;
      const steps = stepsUntil(publishing).map(({ step }) => step);
      const mints = steps.map(mintOf);
      const at = mints.findLastIndex((mint) => mint?.kind === invocation.kind && mint?.minutes !== undefined);
      const slow = at < 0
        ? undefined
        : steps.slice(at + 1).flatMap((step) => slowIn(step, publishing, subject))[0];
      if (slow) yield reportOf(publishing, steps[at]!, mints[at]!, slow);
    }
  },
};

function slowIn(step: Step, publishing: Publishing, { sources }: Subject): readonly PlacedCommand[] {
  return commandsBefore(step, publishing, sources).filter(({ program, args }) => {
    const [verb = ""] = args.filter((word) => !/^[-+]/.test(word));
    return TESTS.includes(program) || SLOW.get(program)?.test(verb);
  });
}

function reportOf(
  { job, invocation }: Publishing,
  step: Step,
  { client, minutes }: MintAction,
  { program, args, at }: PlacedCommand,
): Report {
  const command = [program, args.find((word) => !/^[-+]/.test(word))].filter(Boolean).join(" ");
  return {
    message: `Job "${job.id}" mints a token that lives ${minutes} minutes before \`${command}\` runs`,
    at: (step.uses ?? step.run)!.at,
    label: `from here on ${client}'s token lives ${minutes} minutes`,
    related: [
      { at, message: "takes its time" },
      { at: invocation.at, message: "needs the token" },
    ],
    why: [
      "A token that has expired is refused in the middle of a release, perhaps between two packages.",
      "And whatever the build runs in between is beside a token that is not used yet.",
    ],
    next: ["mint in the step right before the one that publishes, and build and test before that"],
  };
}
