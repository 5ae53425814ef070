import { wordsPublish } from "../../pipelines/inner_scripts.ts";
import type { Job } from "../../pipelines/model.ts";
import { allSteps, commandsOf, type PlacedCommand } from "../../pipelines/placed_commands.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** Programs that run a command where the variables of the step are not. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  docker: ["run", "exec", "compose"],
  podman: ["run", "exec"],
  "docker-compose": ["run", "exec"],
  ssh: [],
};
/** What hands variables, or files with a credential, to it. */
const HANDS_IN =
  /ACTIONS_ID_TOKEN|^--env-file|^--secret|^-v$|^--volume|^--mount|(?:^|=)\w{0,60}(?:TOKEN|PASSWORD|SECRET|AUTH|KEY)\w{0,60}(?:=|$)|keyless/i;

/** A command in a container that a script starts sees none of the job's variables: no OIDC token can be asked for in it. */
export const publishInContainer: Rule = {
  code: "publish-in-container",
  severity: "unverified",
  phase: "publishing jobs",
  *check(subject) {
    for (const pipeline of subject.pipelines.filter(({ vendor }) => vendor === "github")) {
      for (const job of pipeline.jobs) {
        if (job.live === "no" || job.permissions.allows("id-token", "write") !== "yes") continue;
        const found = publishesElsewhere(job, subject);
        if (found) yield reportOf(job, found);
      }
    }
  },
};

function publishesElsewhere(job: Job, { sources }: Subject): PlacedCommand | undefined {
  return allSteps(job.steps).filter(({ live }) => live !== "no").flatMap((step) => commandsOf(step, sources))
    .find(({ program, args }) => {
      const verbs = Object.hasOwn(ELSEWHERE, program) ? ELSEWHERE[program]! : null;
      const [verb = ""] = args.filter((word) => !word.startsWith("-"));
      return verbs !== null && (verbs.length === 0 || verbs.includes(verb)) &&
        wordsPublish(args) && !args.includes("--dry-run") &&
        !args.some((word) => HANDS_IN.test(word));
    });
}

function reportOf({ id, permissions }: Job, { program, at }: PlacedCommand): Report {
  const permission = permissions.written("id-token");
  const container = program !== "ssh";
  return {
    message: `Job "${id}" may request an OIDC token, and publishes ${
      container ? "in a container" : "on another machine"
    } that cannot`,
    at,
    label: "no variable of the job is there",
    related: permission ? [{ at: permission.keyAt, message: "may request an OIDC token" }] : [],
    why: [
      "Clients ask for an OIDC token with ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN, which are variables of the step alone.",
    ],
    next: [
      ...container
        ? [
          "hand them in: docker run -e ACTIONS_ID_TOKEN_REQUEST_URL -e ACTIONS_ID_TOKEN_REQUEST_TOKEN -e GITHUB_ACTIONS …",
        ]
        : [],
      `or only build ${container ? "in the container" : "there"}, and publish in a step of its own`,
      "where it publishes with a token of its own, leave it as it is",
    ],
  };
}
