import { partsOf, type RefKind, refKindsOf } from "./events.ts";
import type { Trigger } from "./model.ts";

/** Whether a run of this trigger can have this full ref. What only GitHub knows (the default branch, a pull request's base) counts as right. */
export function accepts(trigger: Trigger, ref: string): boolean {
  const parts = partsOf(ref);
  if (!parts || refKindsOf(trigger.event, trigger.types)?.includes(parts.kind) === false) return false;
  if (trigger.event !== "push") return true;
  const tags = { patterns: trigger.tags, ignored: trigger.tagsIgnored };
  const branches = { patterns: trigger.branches, ignored: trigger.branchesIgnored };
  const [own, other] = parts.kind === "tag" ? [tags, branches] : [branches, tags];
  if (own.patterns) return matches(own.patterns, parts.name);
  if (own.ignored) return !matches(own.ignored, parts.name);
  // A filter for branches alone keeps tags out, and the other way round.
  return !other.patterns && !other.ignored;
}

/** Whether no ref of this kind gets through the filters of a trigger, whatever it is called. */
export function shutsOut(trigger: Trigger, kind: RefKind | null): boolean {
  if (trigger.event !== "push" || kind !== "tag" && kind !== "branch") return false;
  const [patterns, ignored] = kind === "tag"
    ? [trigger.tags, trigger.tagsIgnored]
    : [trigger.branches, trigger.branchesIgnored];
  const wanted = patterns?.filter((pattern) => !pattern.startsWith("!")) ?? [];
  return wanted.length > 0 ? wanted.every(fitsNoName) : ignored?.includes("**") === true;
}

/** Whether a pattern is one for whole refs, which names are not, or has a sign that git takes in no name. */
export function fitsNoName(pattern: string): boolean {
  return /^refs\/|[~^:\s]/.test(pattern.replace(/\[[^\]]*\]/g, ""));
}

/** Whether a name gets through a list of GitHub's filter patterns: the last one that matches decides, and `!` takes out. */
export function matches(patterns: readonly string[], name: string): boolean {
  const last = patterns.findLast((pattern) => expressionOf(pattern.replace(/^!/, "")).test(name));
  return last !== undefined && !last.startsWith("!");
}

const NONE = /(?!)/;
/** With more of them than anybody writes, a text that does not fit takes longer than anybody waits. */
const MOST_WILDCARDS = 8;
/** GitHub takes no longer name of a branch or tag. */
const LONGEST = 255;

/** What a pattern is made of: an escaped character, a wildcard, a class, a quantifier, any other character. */
const PART = /\\(.)|\*\*\/|\*\*|\*|\[[^\]]+\]|[?+]|./gs;

/** GitHub's own kind of glob: `?` and `+` count the character before them (…/workflow-syntax#filter-pattern-cheat-sheet). */
function expressionOf(pattern: string): RegExp {
  if (pattern.split("*").length > MOST_WILDCARDS || pattern.length > LONGEST) return NONE;
  let text = "";
  let countable = false;
  for (const [part, escaped] of pattern.matchAll(PART)) {
    const wildcard = WILDCARDS[part];
    if (part === "?" || part === "+") {
      text += countable ? part : "";
      countable = false;
      continue;
    }
    countable = wildcard === undefined;
    text += wildcard ??
      (escaped === undefined && part.length > 1
        ? `[${part.slice(1, -1).replace(/[\\^[]/g, "\\$&")}]`
        : literal(escaped ?? part));
  }
  try {
    return new RegExp(`^${text}$`, "s");
  } catch {
    // A class such as [9-0], which GitHub refuses as well.
    return NONE;
  }
}

const WILDCARDS: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*" };

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, "\\$&");
}
