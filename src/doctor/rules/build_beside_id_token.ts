import { allSteps, commandsOf, type PlacedCommand } from "../../pipelines/placed_commands.ts";
import { meantForOidc } from "../oidc.ts";
import type { Report, Rule } from "../rule.ts";

/** What installs packages of other people, whose code then runs here. */
const INSTALLS: Readonly<Record<string, readonly string[]>> = {
  npm: ["ci", "install", "i"],
  pnpm: ["install", "i"],
  yarn: ["install", ""],
  bun: ["install", "i"],
  pip: ["install"],
  pip3: ["install"],
  poetry: ["install"],
  uv: ["sync"],
  bundle: ["install"],
};

/** Every dependency whose code runs in the job that may publish could publish in its place. */
export const buildBesideIdToken: Rule = {
  code: "build-beside-id-token",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    for (const each of subject.publishing) {
      const { job, invocation, pipeline } = each;
      if (pipeline.vendor !== "github" || meantForOidc(subject, each) === "no") continue;
      const install = allSteps(job.steps).filter(({ live }) => live !== "no")
        .flatMap((step) => commandsOf(step, subject.sources)).find(installs);
      if (!install) continue;
      yield {
        message: `Job "${job.id}" may publish, and installs dependencies`,
        at: install.at,
        label: "brings the code of every dependency here",
        related: [{ at: invocation.at, message: "publishes here" }],
        why: [
          "Code that runs in a job with `id-token: write` can ask for a token and publish; at TanStack it did.",
        ],
        next: [
          "build and test in a job without `id-token`, hand the files over as an artifact, and only publish here",
        ],
      } satisfies Report;
    }
  },
};

function installs({ program, args }: PlacedCommand): boolean {
  const verbs = Object.hasOwn(INSTALLS, program) ? INSTALLS[program]! : [];
  const words = args.filter((word) => !word.startsWith("-"));
  if (!verbs.includes(words[0] ?? "") || args.includes("--ignore-scripts")) return false;
  // Tools that are named one by one are another matter: the rule mutable-tool looks at them.
  return words.length < 2 || words[1] === "." ||
    args.some((word) => word === "-r" || word.startsWith("--requirement"));
}
