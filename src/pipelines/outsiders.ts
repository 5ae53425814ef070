import type { Job, Step, Trigger } from "./model.ts";

/** Events that people without write access start, in runs that have the rights of the repository. */
const OPEN_EVENTS = ["pull_request_target", "issue_comment", "issues", "discussion", "discussion_comment"];

/** Activities of those events that take rights in the repository. */
const OF_INSIDERS =
  /^(?:(?:un)?(?:labeled|assigned|locked|pinned)|(?:de)?milestoned|(?:en|de)queued|review_requested|transferred|deleted)$/;
/** Actions and commands that may ask who has started a run, and end it. */
const WHO_ACTION = /permission|collaborator|member|team|author|actor|command|access|github-script/i;
const WHO_COMMAND =
  /permission|collaborator|author_association|\bcheck(?!out)|verify|guard|allow|ACTOR\b|github\.(?:actor|triggering_actor)|\bgh api\b/i;

/** What outsiders write themselves: comments, titles, names of branches. */
const THEIRS = String
  .raw`github\.(?:head_ref|event\.(?:workflow_run\.(?:head_branch|display_title|head_commit\.message)|comment\.body|(?:issue|pull_request|discussion)\.(?:title|body)|pull_request\.head\.(?:ref|label)))`;
const TEXT = String.raw`'(?:[^']|'')*'`;
/** What a branch may be called: also like the one that the repository has. */
const NAME = String.raw`(?:${TEXT}|github\.(?:event\.repository\.default_branch|ref_name)(?![\w.-]))`;

/** A question that outsiders answer as they like, also with a `!`: of their texts, whether it is a comment on a pull request, and who they are not. In which repository it is keeps out other repositories alone. */
const ASKED = new RegExp(
  String.raw`!?\s{0,9}(?<![\w.-])(?:contains|startsWith|endsWith)\(\s*${THEIRS}\s*,\s*${TEXT}\s*\)` +
    String.raw`|(?<![\w.-])${THEIRS}\s*[!=]=\s*${NAME}` +
    String.raw`|!?\s{0,9}(?<![\w.-])github\.event\.issue\.pull_request(?![\w.])(?!\s*[!=]=)` +
    String.raw`|(?<![\w.-])github\.repository(?:_owner)?\s*==\s*${TEXT}` +
    String
      .raw`|(?<![\w.-])github\.(?:actor|event\.(?:comment|issue|pull_request|discussion)\.user\.login)\s*!=\s*${TEXT}`,
  "gi",
);

/** A condition with `true` in place of everything that outsiders decide. */
export function asOutsidersLike(condition: string): string {
  return condition.replace(ASKED, "true");
}

/** Whether people without write access can start runs of this trigger, which have the rights of the repository. */
export function isOpen({ event, types }: Trigger): boolean {
  return OPEN_EVENTS.includes(event) && types?.every((type) => OF_INSIDERS.test(type)) !== true;
}

/** Whether a step of these jobs may ask who has started the run; one that nobody can read may. */
export function mayAskWho(jobs: readonly Pick<Job, "steps">[]): boolean {
  return jobs.some(({ steps }) => steps.some(mayAsk));
}

function mayAsk({ uses, run, inner, unseen }: Step): boolean {
  return unseen.length > 0 || WHO_ACTION.test(uses?.value ?? "") || WHO_COMMAND.test(run?.value ?? "") ||
    inner.some(mayAsk);
}
