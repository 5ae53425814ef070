import type { Location } from "../problem.ts";
import type { Trigger } from "./model.ts";

/** A trigger with these filters, and without any other. */
export function plainTrigger(
  event: string,
  at: Location,
  filters: Partial<
    Pick<Trigger, "tags" | "branches" | "tagsIgnored" | "branchesIgnored" | "protectedOnly">
  > = {},
): Trigger {
  return {
    event,
    tags: null,
    branches: null,
    tagsIgnored: null,
    branchesIgnored: null,
    types: null,
    at,
    ...filters,
  };
}

/** Triggers without those that say the same at another place. */
export function distinctTriggers(triggers: readonly Trigger[]): Trigger[] {
  const seen = new Set<string>();
  return triggers.filter(({ at: _, ...trigger }) => {
    const key = JSON.stringify(trigger);
    return !seen.has(key) && seen.add(key);
  });
}
