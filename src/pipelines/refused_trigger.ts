import { entriesOf, get, isList, isTable, isText, type Located } from "../formats/located.ts";
import { plainLine } from "../host/redact.ts";
import type { Location } from "../problem.ts";
import { suggest } from "../suggest.ts";
import { refusal } from "./refusal.ts";
import type { PlacedProblem } from "./repository.ts";
import { EVENT_NAMES } from "./workflow_keys.ts";

const EXAMPLE = "say when it starts, e.g. `on: { release: { types: [published] } }`";

/** What GitHub refuses about what starts a workflow: that nothing does, or an event that there is not. Filters that it does not know it only ignores. */
export function refusedTrigger(root: Located): PlacedProblem | null {
  const on = get(root, "on") ?? get(root, "true");
  if (!on) return refusal(beginningOf(root), "nothing says when it starts", EXAMPLE);
  const events = eventsOf(on);
  if (events?.length === 0) return refusal(on.keyAt ?? on.at, "no event starts it", EXAMPLE);
  const [name, at] = events?.find(([event]) => !EVENT_NAMES.has(event)) ?? [];
  if (name === undefined || !at) return null;
  const meant = suggest(name, EVENT_NAMES);
  return refusal(
    at,
    `"${plainLine(name)}" is no event that starts workflows`,
    meant === null ? EXAMPLE : `did you mean \`${meant}\`?`,
  );
}

/** The events of `on:` and where they stand; `null` where it is something else. */
function eventsOf(on: Located): readonly (readonly [string, Location])[] | null {
  if (on.value === null) return [];
  if (isText(on)) return on.value.trim() === "" ? [] : [[on.value, on.at]];
  if (isTable(on)) return entriesOf(on).map(([event, { keyAt, at }]) => [event, keyAt ?? at]);
  return isList(on) && on.value.every(isText) ? on.value.map(({ value, at }) => [value, at]) : null;
}

function beginningOf(root: Located): Location {
  const first = entriesOf(root)[0]?.[1];
  return first?.keyAt ?? root.at;
}
