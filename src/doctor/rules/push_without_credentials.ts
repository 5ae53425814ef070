import { plainLine } from "../../host/redact.ts";
import { changesLogin, gitCredentials, isCheckout } from "../../pipelines/git_credentials.ts";
import type { Job, Pipeline, Step } from "../../pipelines/model.ts";
import { allSteps, commandsOf } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { releaseWork } from "../../pipelines/release_tools.ts";
import type { Location } from "../../problem.ts";
import { pushesToOrigin } from "../repository_writers.ts";
import type { Report, Rule, Subject } from "../rule.ts";
import { operatorOf } from "../runners.ts";
import { isHarmless } from "../unseen_hands.ts";
import { variablesAt } from "../variables.ts";

/** A checkout with `persist-credentials: false` leaves git no credential, and nothing else gives it one: a push fails. */
export const pushWithoutCredentials: Rule = {
  code: "push-without-credentials",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const pipelines = new Set(subject.publishing.flatMap(({ pipeline, called }) => [pipeline, called]));
    for (const called of pipelines) {
      if (called.vendor !== "github") continue;
      for (const job of called.jobs) {
        const push = job.live === "no" || gitCredentials(job) !== "nothing"
          ? null
          : firstPush(job, called, subject);
        if (!push) continue;
        const checkout = allSteps(job.steps).find(isCheckout)!;
        const given = checkout.with.get("token")?.value.trim() ?? "";
        const token = /^\$\{\{[^}]*\}\}$/.test(given) ? given : "${{ github.token }}";
        yield {
          message: `Job "${job.id}" ${push.does}, and git has no credentials there`,
          at: push.at,
          label: "fails here",
          related: [{
            at: checkout.with.get("persist-credentials")!.at,
            message: "leaves git no token",
          }],
          why: [
            "git asks for a user name, and nobody answers: \"could not read Username for 'https://github.com'\". The job ends there.",
          ],
          next: [
            `let git ask gh for the token, in the step that pushes: \`gh auth setup-git\`, with GH_TOKEN: ${
              plainLine(token, 80)
            } in its env`,
            `or take \`persist-credentials: false\` out of job "${job.id}", where no code of others runs beside it`,
          ],
        } satisfies Report;
      }
    }
  },
};

/** A push that is on its own. */
interface Push {
  readonly does: string;
  readonly at: Location;
}

/** The first push of a job; `null` where there is none, or where something before it may give git a credential. */
function firstPush(job: Job, called: Pipeline, subject: Subject): Push | null {
  const { runner, container } = job;
  const hosted = runner?.labels?.length && runner.labels.every((label) => operatorOf(label) === "github");
  if (!hosted || container !== null) return null;
  for (const step of allSteps(job.steps).filter(({ live }) => live !== "no")) {
    if (mayLogIn(step, variablesAt({ called, job, step }).keys())) return null;
    const push = step.continueOnError === null ? pushIn(step, subject) : null;
    if (push) return filesLogIn(subject) ? null : push;
  }
  return null;
}

function pushIn(step: Step, subject: Subject): Push | null {
  const command = commandsOf(step, subject.sources).find(({ program, args, directory, tolerated }) =>
    pushesToOrigin(program, args) && directory === "." && !tolerated
  );
  if (command) return { does: "pushes to the repository", at: command.at };
  return releaseWork(step, subject).find(({ makes, tolerated }) => makes === "push" && !tolerated) ?? null;
}

/** Variables with which git finds a credential. */
const GIT_VARIABLE = /^(?:GIT_(?:ASKPASS|SSH|CONFIG)\w*|SSH_ASKPASS)$/;
/** Actions that give git the token that they are given. */
const LOGS_IN = /^(?:changesets|peaceiris)\//;
/** A command that runs a file, or a task, which may do anything. */
const RUNS_FILE =
  /(?:^|[\n;&|(])\s*(?:(?:ba|z)?sh\s|source\s|\.\s|["']?\.{0,2}[\w@.-]{0,100}\/\w|(?:make|just|task|rake|nox|tox|invoke|eval)\b)/;

/** Whether a step may give git a credential. */
function mayLogIn({ uses, run, inner, unseen, shell }: Step, variables: Iterable<string>): boolean {
  const stranger = uses !== null && inner.length === 0 &&
    (!isHarmless(uses.value) || LOGS_IN.test(actionName(uses.value)));
  const scripted = run !== null &&
    (RUNS_FILE.test(run.value) || shell !== null && !/^(?:ba)?sh\b/.test(shell));
  return stranger || scripted || unseen.length > 0 || [...variables].some((name) => GIT_VARIABLE.test(name));
}

/** Whether anything that was read beside the workflows does. */
function filesLogIn({ sources }: Subject): boolean {
  return [...sources].some(([path, text]) => !path.startsWith(".github/workflows/") && changesLogin(text));
}
