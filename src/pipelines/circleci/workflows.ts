import {
  entriesOf,
  get,
  isList,
  isTable,
  isText,
  type Located,
  textOf,
  textsOf,
} from "../../formats/located.ts";
import type { Answer, Setting, Trigger } from "../model.ts";
import { plainTrigger } from "../plain_trigger.ts";
import { asSetting } from "../settings.ts";
import { negated, truthOf } from "./conditions.ts";
import { type Filters, filtersOf, startedBy } from "./filters.ts";
import { UNKNOWN } from "../commands.ts";
import { type Parameters, withParameters } from "./parameters.ts";
import { givenBy } from "./scope.ts";

/** A job as a workflow uses it. */
export interface Use {
  /** What other jobs of the workflow call it. */
  readonly name: string;
  /** The workflow; absent where none uses the job. */
  readonly workflow?: string;
  /** The job, or `orb/job`. */
  readonly job: string;
  readonly at: Located["at"];
  readonly given: Parameters;
  readonly needs: readonly string[];
  readonly contexts: readonly Setting[];
  readonly triggers: readonly Trigger[];
  readonly filters: Setting | null;
  readonly live: Answer;
  readonly preSteps: Located | undefined;
  readonly postSteps: Located | undefined;
}

const RESERVED = [
  "requires",
  "name",
  "context",
  "type",
  "filters",
  "matrix",
  "pre-steps",
  "post-steps",
  "serial-group",
  "override-with",
];

/** Every use of a job in the workflows of a configuration, then the jobs that nothing uses; without workflows `build` is used. */
export function usesOf(root: Located): readonly Use[] {
  const workflows = entriesOf(root, "workflows").filter(([, workflow]) => isTable(workflow));
  const uses = workflows.flatMap(([name, workflow]) => usesIn(name, workflow));
  const others = entriesOf(root, "jobs").filter(([name]) => !uses.some(({ job }) => job === name));
  return [...uses, ...others.map(([name, job]) => alone(name, job, workflows.length === 0))];
}

/** A job that no workflow uses. */
function alone(name: string, { keyAt, at: extent }: Located, withoutWorkflows: boolean): Use {
  const at = keyAt ?? extent;
  const runs = withoutWorkflows && name === "build";
  return {
    name,
    job: name,
    at,
    given: new Map(),
    needs: [],
    contexts: [],
    triggers: runs ? [plainTrigger("push", at)] : [],
    filters: null,
    live: runs ? "yes" : "no",
    preSteps: undefined,
    postSteps: undefined,
  };
}

/** An entry of `jobs:` of a workflow. */
interface Entry {
  readonly name: string;
  readonly job: string;
  readonly at: Located["at"];
  readonly body: Located | undefined;
  readonly filters: Filters;
  readonly needs: readonly string[];
}

function usesIn(workflowName: string, workflow: Located): Use[] {
  const jobs = get(workflow, "jobs");
  const entries = isList(jobs) ? jobs.value.flatMap(entryOf) : [];
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const schedules = schedulesOf(workflow);
  const live = liveness(workflow);
  return entries.filter(({ body }) => textOf(body, "type")?.value !== "approval").map((entry) => {
    const { name, job, at, body, needs, filters } = entry;
    const written = get(body, "filters");
    const triggers = schedules ?? startedBy(filters, needed(entry, byName), written?.keyAt ?? at);
    return {
      name,
      workflow: workflowName,
      job,
      at,
      given: givenTo(body),
      needs,
      contexts: contextsOf(body),
      triggers,
      filters: written ? { ...asSetting("filters", written), at: written.keyAt ?? written.at } : null,
      live: triggers.length === 0 ? "no" : filters.dynamic && live === "yes" ? "unknown" : live,
      preSteps: get(body, "pre-steps"),
      postSteps: get(body, "post-steps"),
    };
  });
}

/** The values that a workflow gives a job; one that a matrix gives several is known by no one of them. */
function givenTo(body: Located | undefined): Parameters {
  const legs = entriesOf(body, "matrix", "parameters").map(([name, values]): [string, Located] => {
    const only = isList(values) && values.value.length === 1 ? values.value[0]! : null;
    return [name, only ?? { ...values, value: UNKNOWN }];
  });
  const given = [...givenBy(body, RESERVED)].map(([name, value]): [string, Located] => [
    name,
    withParameters(value, new Map()),
  ]);
  return new Map([...legs, ...given]);
}

function entryOf(located: Located): Entry[] {
  const [job, body] = isText(located) ? [located.value, undefined] : entriesOf(located)[0] ?? [];
  if (job === undefined) return [];
  const requires = get(body, "requires");
  return [{
    name: textOf(body, "name")?.value ?? job,
    job,
    at: body?.keyAt ?? located.at,
    body,
    filters: filtersOf(body),
    needs: isText(requires) ? [requires.value] : needsIn(requires),
  }];
}

/** Names, or tables of a name and the states that let the job go on. */
function needsIn(requires: Located | undefined): string[] {
  return isList(requires)
    ? requires.value.flatMap((need) => isText(need) ? [need.value] : entriesOf(need).map(([name]) => name))
    : [];
}

/** The filters of everything that a job needs, also of what that needs. */
function needed(entry: Entry, byName: ReadonlyMap<string, Entry>): Filters[] {
  const seen = new Set<Entry>();
  const open = [...entry.needs];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const other = byName.get(name);
    if (!other || seen.has(other)) continue;
    seen.add(other);
    for (const need of other.needs) open.push(need);
  }
  return [...seen].map(({ filters }) => filters);
}

function contextsOf(body: Located | undefined): readonly Setting[] {
  const written = get(body, "context");
  const names = isText(written) ? [written] : textsOf(written);
  return names.map((name) => asSetting("context", name));
}

/** A workflow with a schedule runs by it, and not for pushes. */
function schedulesOf(workflow: Located): Trigger[] | null {
  const triggers = get(workflow, "triggers");
  if (!isList(triggers)) return null;
  return triggers.value.flatMap((trigger) => {
    const schedule = get(trigger, "schedule");
    return schedule
      ? [plainTrigger("schedule", schedule.keyAt ?? schedule.at, {
        branches: filtersOf(schedule).branches?.only ?? null,
      })]
      : [];
  });
}

function liveness(workflow: Located): Answer {
  const when = get(workflow, "when");
  const unless = get(workflow, "unless");
  if (when) return truthOf(when, new Map());
  return unless ? negated(truthOf(unless, new Map())) : "yes";
}
