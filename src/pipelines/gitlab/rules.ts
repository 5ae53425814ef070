import { get, isList, isTable, type Located, textOf } from "../../formats/located.ts";
import type { Location } from "../../problem.ts";
import type { Answer, Setting, Trigger } from "../model.ts";
import { plainTrigger } from "../plain_trigger.ts";
import { asSetting } from "../settings.ts";
import { alternativesOf, type Term } from "./expression.ts";
import { flattened } from "./reference.ts";

/** When something runs. */
export interface Runs {
  readonly triggers: readonly Trigger[];
  /** `yes`: surely in a run of one of the triggers. `no`: never. */
  readonly live: Answer;
  /** The first condition, as written. */
  readonly condition: Setting | null;
}

/** What can start a pipeline, and matters for publishing. */
const EVENTS = ["push", "tag", "merge_request_event", "schedule", "web"] as const;

/** What `rules:` of a job or of the whole pipeline let run; a rule that matches decides, those behind it are not asked. `byDefault`: the job's own `when:`. */
export function ruled(rules: Located, byDefault?: string): Runs {
  const excluded = new Set<string>();
  const triggers: Trigger[] = [];
  const answers: Answer[] = [];
  let condition: Setting | null = null;
  for (const rule of isList(rules) ? rules.value.flatMap(nested) : []) {
    const written = textOf(rule, "if");
    const others = ["changes", "exists"].some((key) => get(rule, key));
    const when = textOf(rule, "when")?.value;
    const alternatives = written ? alternativesOf(written.value) : [[]];
    const meant = (alternatives ?? [[]]).map((terms) => startsWith(terms, written?.at ?? rule.at));
    if (when === "never") {
      const [only] = meant;
      if (!written && !others) break;
      if (meant.length === 1 && only?.certain && !others && alternatives) {
        for (const { event, tags, branches, protectedOnly } of only.triggers) {
          if (!tags && !branches && !protectedOnly) excluded.add(event);
        }
      }
      continue;
    }
    condition ??= written && asSetting("if", written);
    for (const each of meant) {
      const open = each.triggers.filter(({ event }) => !excluded.has(event));
      triggers.push(...(when ?? byDefault) === "manual" ? open.map(byHand) : open);
      if (open.length > 0) {
        answers.push(alternatives && each.certain && !others && when !== "manual" ? "yes" : "unknown");
      }
    }
    if (!written && !others) break;
  }
  const live = answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
  return { triggers, live, condition };
}

/** A start of a pipeline in which somebody has to start the job. */
export function byHand(trigger: Trigger): Trigger {
  return { ...trigger, manual: true };
}

/** `!reference` puts lists of rules into the list. */
function nested(rule: Located): readonly Located[] {
  return flattened(rule).filter(isTable);
}

interface Start {
  readonly triggers: readonly Trigger[];
  /** Whether nothing else is asked. */
  readonly certain: boolean;
}

/** What starts a run in which all the terms hold. */
function startsWith(terms: readonly Term[], at: Location): Start {
  let certain = true;
  let protectedOnly = false;
  let sources: readonly string[] | null = null;
  let kind: "tag" | "push" | null = null;
  const patterns: { tags?: string[]; branches?: string[] } = {};
  for (const term of terms) {
    const { variable, operator, value } = term;
    const there = operator === "set" || (operator === "!=" && !value);
    const text = (operator === "==" || operator === "=~") && value ? [value] : null;
    if ((variable === "CI_COMMIT_TAG" || variable === "CI_COMMIT_BRANCH") && (there || text)) {
      const here = variable === "CI_COMMIT_TAG" ? "tag" : "push";
      if (kind !== null && kind !== here) return { triggers: [], certain: true };
      kind = here;
      if (text) patterns[here === "tag" ? "tags" : "branches"] = text;
    } else if (variable === "CI_COMMIT_TAG" && operator === "==" && !value) kind ??= "push";
    else if (variable === "CI_PIPELINE_SOURCE" && operator === "==" && value) sources = [value];
    else if (variable === "CI_PIPELINE_SOURCE" && operator === "!=" && value) {
      sources = EVENTS.filter((event) => event !== value);
    } else if (/^CI_MERGE_REQUEST_\w+$/.test(variable) && there) sources = ["merge_request_event"];
    else if (variable === "CI_COMMIT_REF_NAME" && text) {
      patterns.tags = text;
      patterns.branches = text;
    } else if (variable === "CI_COMMIT_REF_PROTECTED" && operator === "==" && value === "true") {
      protectedOnly = true;
    } else certain = false;
  }
  const events = eventsOf(kind, sources);
  // Of a merge request or a schedule no file tells whether its ref is protected.
  if (protectedOnly && events.some((event) => !isOfRef(event))) certain = false;
  return {
    triggers: events.map((event) =>
      plainTrigger(event, at, {
        ...event === "tag" && patterns.tags ? { tags: patterns.tags } : {},
        ...event === "push" && patterns.branches ? { branches: patterns.branches } : {},
        ...protectedOnly && isOfRef(event) ? { protectedOnly } : {},
      })
    ),
    certain,
  };
}

function isOfRef(event: string): boolean {
  return event === "push" || event === "tag";
}

function eventsOf(kind: "tag" | "push" | null, sources: readonly string[] | null): readonly string[] {
  if (kind === null) {
    // GitLab calls both the push of a branch and that of a tag "push".
    return sources?.flatMap((source) => source === "push" ? ["push", "tag"] : [source]) ?? EVENTS;
  }
  if (sources === null || sources.includes("push")) return [kind];
  return sources.filter((source) => source !== "merge_request_event" && source !== "tag");
}
