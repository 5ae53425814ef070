import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { MINT_ACTIONS, PUBLISH_ACTIONS } from "../../pipelines/publishers.ts";
import type { Job, Step } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** What an action is taken by: a commit cannot change, a tag can be moved, a branch is moved all the time. */
type Ref = "commit" | "tag" | "branch";

/** Whoever can move the tag or the branch of an action runs code in the job that may publish. */
export const publishActionNotPinned: Rule = {
  code: "publish-action-not-pinned",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing }) {
    for (
      const job of new Set(
        publishing.filter(({ pipeline }) => pipeline.vendor === "github").map((each) => each.job),
      )
    ) {
      const loose = actionsOf(job).filter(({ ref }) => ref !== "commit");
      // The worst first: a branch, then an action that is handed the token.
      const [first, ...others] = loose.toSorted((a, b) => rank(a) - rank(b));
      if (!first) continue;
      yield {
        severity: first.ref === "branch" ? "warning" : "info",
        message: `Job "${job.id}" publishes, and runs ${first.name} from ${
          first.ref === "branch" ? "a branch" : "a tag"
        }${others.length > 0 ? `, and ${others.length} more like it` : ""}`,
        at: first.step.uses!.at,
        label: first.ref === "branch"
          ? "changes with every commit there"
          : "a tag can be moved to other code",
        related: others.slice(0, 3).map(({ step, ref }) => ({ at: step.uses!.at, message: `a ${ref}` })),
        why: [
          "Whoever can move it runs code where the token is; that is how tj-actions and trivy-action handed out secrets.",
        ],
        next: [
          "pin the commit, and keep the version as a comment: `uses: owner/action@<40 digits> # v1.2.3`",
        ],
      } satisfies Report;
    }
  },
};

interface Used {
  readonly step: Step;
  readonly name: string;
  readonly ref: Ref;
  readonly publishes: boolean;
}

function rank({ ref, publishes }: Used): number {
  return (ref === "branch" ? 0 : 2) + (publishes ? 0 : 1);
}

/** The actions of other people: GitHub's own have the token anyway. */
function actionsOf(job: Job): Used[] {
  return allSteps(job.steps).flatMap((step) => {
    const { uses, live } = step;
    if (!uses || live === "no" || /^(?:\.|\$|docker:)/.test(uses.value) || uses.value.includes("${{")) {
      return [];
    }
    const name = actionName(uses.value);
    const ref = uses.value.split("@")[1];
    if (ref === undefined || /^(?:actions|github)\//.test(name)) return [];
    const publishes = Object.hasOwn(MINT_ACTIONS, name) ||
      PUBLISH_ACTIONS.some((row) => row.actions.includes(name));
    return [{ step, name: uses.value.split("@")[0]!, ref: kindOf(ref), publishes }];
  });
}

function kindOf(ref: string): Ref {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(ref)) return "commit";
  // `setup-v2` is a tag of a repository with several actions.
  return /^(?:[\w.]+-)?v?\d+(?:[.\-_+]|$)/.test(ref) ? "tag" : "branch";
}
