import { partsOf, type RefKind, refKindsOf } from "./events.ts";
import type { Trigger } from "./model.ts";

/** Whether a run of this trigger can have this full ref. What only GitHub knows (the default branch, a pull request's base) counts as right. */
export function accepts(trigger: Trigger, ref: string): boolean {
  return fits(trigger, ref, matches);
}

/** Whether a run of this trigger can have a full ref that begins like this, which has at least `refs/tags/` or another kind's beginning. */
export function mayAccept(trigger: Trigger, beginning: string): boolean {
  return fits(trigger, beginning, mayMatch);
}

/** `names` says whether a name, or its beginning, gets through a list of patterns. */
function fits(
  trigger: Trigger,
  ref: string,
  names: (patterns: readonly string[], name: string) => boolean,
): boolean {
  const parts = partsOf(ref);
  if (!parts || refKindsOf(trigger.event, trigger.types)?.includes(parts.kind) === false) return false;
  if (trigger.event !== "push") return true;
  const tags = { patterns: trigger.tags, ignored: trigger.tagsIgnored };
  const branches = { patterns: trigger.branches, ignored: trigger.branchesIgnored };
  const [own, other] = parts.kind === "tag" ? [tags, branches] : [branches, tags];
  if (own.patterns) return names(own.patterns, parts.name);
  if (own.ignored) return names(["**", ...own.ignored.map((pattern) => `!${pattern}`)], parts.name);
  // A filter for branches alone keeps tags out, and the other way round.
  return !other.patterns && !other.ignored;
}

/** Whether no ref of this kind gets through the filters of a trigger, whatever it is called. */
export function shutsOut(trigger: Trigger, kind: RefKind | null): boolean {
  if (trigger.event.startsWith("pull_request")) return takesOutAlone(trigger.branches);
  if (trigger.event !== "push" || kind !== "tag" && kind !== "branch") return false;
  const [patterns, ignored] = kind === "tag"
    ? [trigger.tags, trigger.tagsIgnored]
    : [trigger.branches, trigger.branchesIgnored];
  const wanted = patterns?.filter((pattern) => !pattern.startsWith("!")) ?? [];
  return wanted.length > 0
    ? wanted.every(fitsNoName)
    : takesOutAlone(patterns) || ignored?.includes("**") === true;
}

/** Whether patterns take out and let nothing in: GitHub wants one without `!` before them (workflow syntax, `on.push.branches`). */
export function takesOutAlone(patterns: readonly string[] | null): boolean {
  return patterns !== null && patterns.length > 0 && patterns.every((pattern) => pattern.startsWith("!"));
}

/** Whether a pattern is one for whole refs, which names are not, or has a sign that git takes in no name. */
export function fitsNoName(pattern: string): boolean {
  return /^refs\/|[~^:\s]/.test(pattern.replace(/\[[^\]]*\]/g, ""));
}

/** Whether a name gets through a list of GitHub's filter patterns: the last one that matches decides, and `!` takes out. */
export function matches(patterns: readonly string[], name: string): boolean {
  const last = patterns.findLast((pattern) => compared(pattern.replace(/^!/, ""), name) === "fits");
  return last !== undefined && !last.startsWith("!");
}

/** Whether a name that begins like this may get through a list of patterns: one lets it, and none behind that keeps all such names out. */
function mayMatch(patterns: readonly string[], beginning: string): boolean {
  const last = patterns.findLastIndex((pattern) =>
    !pattern.startsWith("!") && compared(pattern, beginning) !== "differs"
  );
  return last >= 0 &&
    !patterns.slice(last).some((pattern) =>
      pattern.startsWith("!") && pattern.endsWith("**") && compared(pattern.slice(1), beginning) === "fits"
    );
}

/** GitHub takes no longer name of a branch or tag. */
const LONGEST = 255;

/** What a pattern is made of: an escaped character, a wildcard, a class, a quantifier, any other character. */
const PART = /\\(.)|\*\*\/|\*\*|\*|\[[^\]]+\]|[?+]|./gs;

/** A place between two parts of a pattern. */
interface Place {
  /** Characters that lead to the next place. */
  readonly next?: RegExp;
  /** Characters that lead nowhere else. */
  readonly stays?: RegExp;
  /** How many places further one is without any. */
  readonly skips?: readonly number[];
}

const ANY = /./s;
const NO_SLASH = /[^/]/;

/** GitHub's own kind of glob: `?` and `+` count the character before them (…/workflow-syntax#filter-pattern-cheat-sheet). */
function placesOf(pattern: string): readonly Place[] | null {
  const places: Place[] = [];
  let countable: RegExp | null = null;
  for (const [part, escaped] of pattern.matchAll(PART)) {
    if (part === "?" || part === "+") {
      if (countable && part === "?") places[places.length - 1] = { next: countable, skips: [1] };
      else if (countable) places.push({ stays: countable, skips: [1] });
      countable = null;
      continue;
    }
    countable = WILDCARDS[part] ? null : characters(escaped ?? part, escaped === undefined);
    if (!WILDCARDS[part] && !countable) return null;
    places.push(...WILDCARDS[part] ?? [{ next: countable! }]);
  }
  return places;
}

const WILDCARDS: Readonly<Record<string, readonly Place[]>> = {
  "**/": [{ skips: [1, 2] }, { stays: ANY, next: /\// }],
  "**": [{ stays: ANY, skips: [1] }],
  "*": [{ stays: NO_SLASH, skips: [1] }],
};

/** One character of a pattern, or a class of them; `null` for such as [9-0], which GitHub refuses as well. */
function characters(part: string, mayBeClass: boolean): RegExp | null {
  const inside = mayBeClass && part.length > 1
    ? part.slice(1, -1).replace(/[\\^[]/g, "\\$&")
    : part.replace(/[\\^\]-]/, "\\$&");
  try {
    return new RegExp(`[${inside}]`, "s");
  } catch {
    return null;
  }
}

/** Whether a name fits a pattern, could be the beginning of one that does, or neither; in one go through the name, whatever both are. */
function compared(pattern: string, name: string): "fits" | "begins" | "differs" {
  const places = pattern.length <= LONGEST && name.length <= LONGEST ? placesOf(pattern) : null;
  if (!places) return "differs";
  let at = from(places, [0]);
  for (const character of name.split("")) {
    const reached: number[] = [];
    for (const place of at) {
      if (places[place]?.stays?.test(character)) reached.push(place);
      if (places[place]?.next?.test(character)) reached.push(place + 1);
    }
    at = from(places, reached);
  }
  return at.has(places.length) ? "fits" : at.size > 0 ? "begins" : "differs";
}

/** All places where one is without a further character. */
function from(places: readonly Place[], some: readonly number[]): ReadonlySet<number> {
  const all = new Set(some);
  for (const place of all) for (const skip of places[place]?.skips ?? []) all.add(place + skip);
  return all;
}
