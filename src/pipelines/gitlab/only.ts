import { get, isText, type Located, textsOf } from "../../formats/located.ts";
import type { Trigger } from "../model.ts";
import { plainTrigger } from "../plain_trigger.ts";
import { asSetting } from "../settings.ts";
import type { Runs } from "./rules.ts";

/** Words of `only:` and `except:` that are no names of branches or tags, and the events that they mean. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  branches: ["push"],
  tags: ["tag"],
  pushes: ["push", "tag"],
  merge_requests: ["merge_request_event"],
  schedules: ["schedule"],
  web: ["web"],
  api: ["api"],
  triggers: ["trigger"],
  pipelines: ["pipeline"],
  chat: ["chat"],
  external: ["external"],
  external_pull_requests: ["external_pull_request_event"],
};

/** What `only:` and `except:` of a job let run; without them it runs for branches and tags. */
export function limited(job: Located): Runs {
  const only = get(job, "only");
  const except = get(job, "except");
  const refs = refsOf(only);
  const place = job.keyAt ?? job.at;
  const wanted = refs.length > 0
    ? refs.flatMap(triggersOf)
    : ["push", "tag"].map((event) => plainTrigger(event, only?.at ?? place));
  const out = refsOf(except).flatMap(triggersOf);
  const triggers = wanted.filter(({ event }) =>
    !out.some((each) => each.event === event && !each.tags && !each.branches)
  );
  const asked = ["variables", "changes", "kubernetes"].some((key) => get(only, key) ?? get(except, key));
  return {
    triggers,
    live: triggers.length === 0 ? "no" : asked ? "unknown" : "yes",
    condition: only ? asSetting("only", only) : except ? asSetting("except", except) : null,
  };
}

function refsOf(filter: Located | undefined): readonly Located<string>[] {
  const refs = get(filter, "refs") ?? filter;
  return isText(refs) ? [refs] : textsOf(refs);
}

function triggersOf({ value, at }: Located<string>): readonly Trigger[] {
  // `branches@group/project` limits it to one project: there it runs, in forks it does not.
  const [name] = value.startsWith("/") ? [value] : value.split("@");
  const events = Object.hasOwn(KEYWORDS, name!) ? KEYWORDS[name!]! : null;
  if (events) return events.map((event) => plainTrigger(event, at));
  const branch = plainTrigger("push", at, { branches: [name!] });
  // A name may be that of a tag as well; people mean branches, and patterns for both.
  return name!.startsWith("/") ? [branch, plainTrigger("tag", at, { tags: [name!] })] : [branch];
}
