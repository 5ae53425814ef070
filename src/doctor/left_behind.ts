import type { PlacedProblem, UnreadPart } from "../pipelines/read.ts";
import { vendorOf } from "./claims.ts";
import { isAtGithub } from "./retired_actions.ts";
import type { Subject } from "./rule.ts";

/** What is wrong with CI files. */
export interface Mistakes {
  readonly real: readonly PlacedProblem[];
  /** The first of a GitLab file that seems to be left from another time; `null` where there is none. */
  readonly leftBehind: PlacedProblem | null;
}

/**
 * Tells a pipeline that fails from one that nobody seems to run: that of GitLab in a repository that is at github.com alone and publishes
 * from there. GitLab may still run it in a copy, so one mistake is told for all.
 */
export function mistakesIn(problems: readonly UnreadPart[], subject: Subject): Mistakes {
  const [first, ...others] = problems.filter(({ vendor }) => vendor === "gitlab");
  if (!first || !publishesAtGithub(subject)) return { real: problems, leftBehind: null };
  const more = others.length === 0 ? [] : [
    `${others.length} more ${
      others.length === 1 ? "mistake is" : "mistakes are"
    } in the way of that pipeline.`,
  ];
  return {
    real: problems.filter(({ vendor }) => vendor !== "gitlab"),
    leftBehind: {
      ...first,
      why: [
        ...first.why ?? [],
        ...more,
        "The git remotes are at github.com, and a workflow there publishes: GitLab reads this file only in a copy of the repository.",
      ],
      next: [
        "where nobody runs it: remove .gitlab-ci.yml",
        ...first.next.map((each) => `else ${each}`),
      ],
    },
  };
}

function publishesAtGithub({ publishing, suspected, pipelines, remotes, project }: Subject): boolean {
  return publishing.some(({ pipeline }) => pipeline.vendor === "github") &&
    [...publishing, ...suspected].every(({ pipeline }) => pipeline.vendor !== "gitlab") &&
    remotes.length > 0 && remotes.every((address) => isAtGithub([address])) &&
    project.packages.every(({ trustPolicy }) =>
      trustPolicy === null || vendorOf(trustPolicy.workflow, pipelines) !== "gitlab"
    );
}
