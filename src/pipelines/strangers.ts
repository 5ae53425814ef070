import { entriesOf, get, isList, isText, type Located } from "../formats/located.ts";
import { ownTable } from "../formats/own_table.ts";
import { suggest } from "../suggest.ts";
import type { Stranger, Trigger } from "./model.ts";

const PULL_REQUEST =
  "assigned unassigned labeled unlabeled opened edited closed reopened synchronize converted_to_draft locked unlocked enqueued dequeued " +
  "milestoned demilestoned ready_for_review review_requested review_request_removed auto_merge_enabled auto_merge_disabled stacked";

/** The activity types of GitHub's events from which people publish. */
const ACTIVITIES = ownTable<readonly string[]>({
  release: ["published", "unpublished", "created", "edited", "deleted", "prereleased", "released"],
  registry_package: ["published", "updated"],
  workflow_run: ["requested", "completed", "in_progress"],
  pull_request: PULL_REQUEST.split(" "),
  pull_request_target: PULL_REQUEST.split(" "),
});

/** The filters that an event can have; those of no other events are asked for. */
const FILTERS = ownTable<readonly string[]>({
  push: ["branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"],
  release: ["types"],
  workflow_run: ["types", "workflows", "branches", "branches-ignore"],
  pull_request: ["types", "branches", "branches-ignore", "paths", "paths-ignore"],
  pull_request_target: ["types", "branches", "branches-ignore", "paths", "paths-ignore"],
});

/** What stands below an event and is misspelt: GitHub refuses neither such a filter nor such an activity. */
export function strangersOf(event: string, filters: Located): Stranger[] {
  const known = FILTERS[event] ?? [];
  const found: Stranger[] = [];
  for (const [name, { keyAt, at }] of entriesOf(filters)) {
    const meant = known.includes(name) ? null : suggest(name, known);
    // Many write a filter of another event; what is like none of this one's may be new.
    if (meant !== null) found.push({ what: "filter", name, meant, at: keyAt ?? at });
  }
  const types = get(filters, "types");
  const activities = ACTIVITIES[event];
  for (const type of types && activities ? isList(types) ? types.value : [types] : []) {
    if (!isText(type) || activities!.includes(type.value.toLowerCase())) continue;
    found.push({ what: "activity", name: type.value, meant: suggest(type.value, activities!), at: type.at });
  }
  return found;
}

/** Whether a trigger asks only for activities that there are not. */
export function neverFires({ types, strangers = [] }: Trigger): boolean {
  return types !== null && types.length > 0 &&
    strangers.filter(({ what }) => what === "activity").length === types.length;
}
