import { entriesOf, get, isList, isText, type Located, textOf, textsOf } from "../formats/located.ts";
import type { Trigger } from "./model.ts";
import { strangersOf } from "./strangers.ts";

/** The events of `on:` in each of its three forms. */
export function triggersOf(on: Located | undefined): Trigger[] {
  const bare = (event: Located<string>): Trigger => ({
    event: event.value,
    tags: null,
    branches: null,
    tagsIgnored: null,
    branchesIgnored: null,
    types: null,
    at: event.at,
  });
  if (isText(on)) return [bare(on)];
  if (isList(on)) return on.value.filter(isText).map(bare);
  return entriesOf(on).map(([event, filters]) =>
    withStrangers(filters, {
      event,
      tags: patterns(filters, "tags"),
      branches: patterns(filters, "branches"),
      tagsIgnored: patterns(filters, "tags-ignore"),
      branchesIgnored: patterns(filters, "branches-ignore"),
      types: patterns(filters, "types"),
      ...event === "workflow_run" ? { workflows: patterns(filters, "workflows") ?? [] } : {},
      ...event === "workflow_dispatch" ? filledIn(filters) : {},
      at: filters.keyAt ?? filters.at,
    })
  );
}

function withStrangers(filters: Located, trigger: Trigger): Trigger {
  const strangers = strangersOf(trigger.event, filters);
  return strangers.length === 0 ? trigger : { ...trigger, strangers };
}

/** Switches and choices that have a default or must be given: none of their values is empty. */
function filledIn(filters: Located): Pick<Trigger, "filled"> {
  const filled = entriesOf(filters, "inputs").flatMap(([name, input]) => {
    const type = textOf(input, "type")?.value;
    const options = textsOf(input, "options").map(({ value }) => value);
    const never = type === "boolean" || type === "choice" && options.length > 0 && !options.includes("");
    const given = get(input, "required")?.value === true || `${get(input, "default")?.value ?? ""}` !== "";
    return never && given ? [name.toLowerCase()] : [];
  });
  return filled.length === 0 ? {} : { filled };
}

function patterns(filters: Located, key: string): readonly string[] | null {
  const single = textOf(filters, key);
  if (single) return [single.value];
  return get(filters, key) ? textsOf(filters, key).map((each) => each.value) : null;
}
