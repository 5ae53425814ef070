import type { Location } from "../problem.ts";

/** What starts a pipeline, or a job that says so itself. */
export interface Trigger {
  /** `push`, `release`, `workflow_dispatch`, `workflow_call`, …; of GitLab `push`, `tag`, `merge_request_event`, `schedule`, `web`, … */
  readonly event: string;
  /** Tag patterns of a push, `null` when it is not limited to tags. */
  readonly tags: readonly string[] | null;
  readonly branches: readonly string[] | null;
  /** `tags-ignore` of a push. */
  readonly tagsIgnored: readonly string[] | null;
  /** `branches-ignore` */
  readonly branchesIgnored: readonly string[] | null;
  /** Activity types, `null` when the event is not limited to some. */
  readonly types: readonly string[] | null;
  /** Names of the workflows whose runs a `workflow_run` follows; absent for other events. */
  readonly workflows?: readonly string[];
  /** Whether somebody has to start the job in a pipeline that is there (GitLab's `when: manual`). */
  readonly manual?: true;
  /** Whether it is for refs alone that the settings of the project protect (GitLab); absent where it is for others too. */
  readonly protectedOnly?: true;
  /** Inputs that have a text in every run which people start by hand, in lower case; absent where there are none. */
  readonly filled?: readonly string[];
  /** What GitHub does not know and takes all the same; absent where there is nothing. */
  readonly strangers?: readonly Stranger[];
  readonly at: Location;
}

/** A filter that GitHub ignores, or an activity that never happens. */
export interface Stranger {
  readonly what: "filter" | "activity";
  readonly name: string;
  /** The one that it was probably meant to be. */
  readonly meant: string | null;
  readonly at: Location;
}
