import { plainLine } from "../host/redact.ts";
import { refKindsOf, refOf } from "../pipelines/events.ts";
import type { Pipeline, Trigger } from "../pipelines/model.ts";
import { accepts } from "../pipelines/ref_filter.ts";
import { KeylessError } from "../problem.ts";
import { madeUpBranch, madeUpTag } from "./made_up_ref.ts";

/** What git has, by its short name. */
export interface Refs {
  /** The newest first. */
  readonly tags: readonly Tag[];
  readonly branches: readonly string[];
}

export interface Tag {
  readonly name: string;
  /** Whether it is at the commit that is rehearsed. */
  readonly atHead: boolean;
}

/** What starts a run. */
export interface Start {
  readonly event: string;
  /** e.g. `refs/tags/v1.0.0` */
  readonly ref: string;
  /** Whether nobody has named the tag and git has none that would do. */
  readonly madeUp: boolean;
}

/**
 * What starts the workflow: what is wished, else a push, else a release, else its first trigger.
 * @throws {KeylessError} `event-not-triggered`, `ref-not-triggered`
 */
export function startOf(
  pipeline: Pipeline,
  wishes: { readonly event: string | null; readonly ref: string | null },
  refs: Refs,
  version: string | null,
): Start {
  const own = pipeline.triggers.filter(({ event }) => event !== "workflow_call");
  const wished = own.filter(({ event }) => wishes.event === null || event === wishes.event);
  const triggers = wished.toSorted((a, b) => rank(a) - rank(b));
  const [first] = triggers;
  if (!first) throw eventNotTriggered(pipeline, wishes.event!, own);
  if (wishes.ref === null) return { event: first.event, ...usualRef(first, refs, version) };
  const ref = fullRef(wishes.ref, first, refs);
  const fitting = triggers.find((trigger) => accepts(trigger, ref));
  if (!fitting) throw refNotTriggered(pipeline, ref, triggers);
  return { event: fitting.event, ref, madeUp: false };
}

function rank({ event }: Trigger): number {
  return event === "push" ? 0 : event === "release" ? 1 : 2;
}

/** Whether runs of it are runs of tags where nothing else is said. */
function prefersTags({ event, tags, tagsIgnored, branches, branchesIgnored }: Trigger): boolean {
  if (event !== "push") return refKindsOf(event)?.[0] === "tag";
  return tags !== null || tagsIgnored !== null && !branches && !branchesIgnored;
}

function fullRef(text: string, trigger: Trigger, { tags, branches }: Refs): string {
  if (text.startsWith("refs/")) return text;
  if (tags.some(({ name }) => name === text)) return refOf("tag", text);
  const onlyTags = prefersTags(trigger) && !trigger.branches && !trigger.branchesIgnored;
  return refOf(onlyTags && !branches.includes(text) ? "tag" : "branch", text);
}

function usualRef(trigger: Trigger, refs: Refs, version: string | null): Omit<Start, "event"> {
  if (trigger.event === "merge_group") {
    return { ref: refOf("branch", "gh-readonly-queue/main/pr-1"), madeUp: false };
  }
  if (refKindsOf(trigger.event)?.[0] === "pull") return { ref: refOf("pull", "1/merge"), madeUp: false };
  const starts = (kind: "tag" | "branch") => (name: string) => accepts(trigger, refOf(kind, name));
  if (prefersTags(trigger)) {
    const there = existingTag(refs.tags.filter(({ name }) => starts("tag")(name)), version);
    const name = there ?? madeUpTag(trigger.tags, version, starts("tag"));
    return { ref: refOf("tag", name), madeUp: there === null };
  }
  const name = madeUpBranch(trigger.branches, refs.branches, starts("branch"));
  return { ref: refOf("branch", name), madeUp: false };
}

/** At this commit, and of this version where there are several; else the newest. */
function existingTag(tags: readonly Tag[], version: string | null): string | null {
  const here = tags.filter(({ atHead }) => atHead);
  const own = here.find(({ name }) => version !== null && name.endsWith(version));
  return (own ?? here[0] ?? tags[0])?.name ?? null;
}

function eventNotTriggered(pipeline: Pipeline, event: string, own: readonly Trigger[]): KeylessError {
  const events = [...new Set(own.map((trigger) => plainLine(trigger.event, 40)))];
  return new KeylessError({
    code: "event-not-triggered",
    message: `${plainLine(pipeline.file)} does not run on "${plainLine(event, 40)}"`,
    why: [`Its \`on:\` has ${events.join(", ")}.`],
    next: [`say --event ${events.join(" or --event ")}, or nothing`, `or add ${event} to \`on:\``],
    ...own[0] ? { at: own[0].at, source: pipeline.text } : {},
  });
}

function refNotTriggered(pipeline: Pipeline, ref: string, triggers: readonly Trigger[]): KeylessError {
  return new KeylessError({
    code: "ref-not-triggered",
    message: `${plainLine(ref, 120)} does not start ${plainLine(pipeline.file)}`,
    why: triggers.map(wanted),
    next: ["claim a ref that starts it, or say nothing about the ref", "or change the filter in `on:`"],
    at: triggers[0]!.at,
    source: pipeline.text,
  });
}

/** `push starts it for tags that match v*, and for no branch.` */
function wanted(trigger: Trigger): string {
  const event = plainLine(trigger.event, 40);
  if (trigger.event !== "push") {
    return `${event} starts it for ${
      (refKindsOf(trigger.event) ?? []).map((kind) => KINDS[kind]).join(" and ")
    }.`;
  }
  const filtered = (what: string, patterns: readonly string[] | null, ignored: readonly string[] | null) => {
    const list = (patterns ?? ignored)?.map((pattern) => plainLine(pattern, 80)).join(", ");
    return patterns ? `${what} that match ${list}` : ignored ? `${what} that do not match ${list}` : null;
  };
  const tags = filtered("tags", trigger.tags, trigger.tagsIgnored);
  const branches = filtered("branches", trigger.branches, trigger.branchesIgnored);
  return `push starts it for ${tags ?? "no tag"}, and for ${branches ?? "no branch"}.`;
}

const KINDS = { branch: "branches", tag: "tags", pull: "pull requests" } as const;
