import { get, isList, isTable, isText, keysOf, type Located, typeName } from "../formats/located.ts";
import { plainLine } from "../host/redact.ts";
import { suggest } from "../suggest.ts";
import { needsOf } from "./refused_needs.ts";
import { refusedPermissions } from "./refused_permissions.ts";
import { keyOfOther, misspeltKey, refusal } from "./refusal.ts";
import type { PlacedProblem } from "./repository.ts";
import { CALL_KEYS, JOB_KEYS, RUN_KEYS, STEP_KEYS, STEP_KINDS, USES_KEYS } from "./workflow_keys.ts";

const ALL_JOB_KEYS: ReadonlySet<string> = new Set([...JOB_KEYS, ...CALL_KEYS]);

/** What GitHub refuses about a job; `ids` are those of all jobs. */
export function refusedJob(id: string, job: Located, ids: readonly string[]): PlacedProblem | null {
  if (!isTable(job)) {
    if (job.value === null) return null;
    return otherType(job, `job "${id}" is`, "a table", "give it `runs-on:` and `steps:`");
  }
  const uses = get(job, "uses");
  const steps = get(job, "steps");
  return misspeltKey(job, ALL_JOB_KEYS, `in job "${id}"`) ??
    (uses ? ofOtherJob(id, job) : withoutRunner(id, job)) ??
    refusedPermissions(get(job, "permissions")) ??
    unknownNeed(id, job, ids) ??
    (steps === undefined || steps.value === null || isList(steps)
      ? null
      : otherType(steps, `the steps of job "${id}" are`, "a list", "write each step behind a `-`")) ??
    refusedCondition(get(job, "if"), id) ??
    first(isList(steps) ? steps.value : [], (step) => refusedStep(step, id));
}

function first<T>(all: readonly T[], find: (each: T) => PlacedProblem | null): PlacedProblem | null {
  for (const each of all) {
    const found = find(each);
    if (found) return found;
  }
  return null;
}

function ofOtherJob(id: string, job: Located): PlacedProblem | null {
  const found = keyOfOther(job, CALL_KEYS, JOB_KEYS);
  return found && refusal(
    found[1],
    `job "${id}" calls a workflow with \`uses\`, and such a job takes no \`${found[0]}\``,
    `move \`${found[0]}\` into the workflow that it calls`,
  );
}

function withoutRunner(id: string, job: Located): PlacedProblem | null {
  const runner = get(job, "runs-on");
  if (runner && runner.value !== null) return null;
  return refusal(
    runner?.keyAt ?? job.keyAt ?? job.at,
    `job "${id}" does not say where it runs`,
    "add `runs-on:`, e.g. `runs-on: ubuntu-latest`",
  );
}

function unknownNeed(id: string, job: Located, ids: readonly string[]): PlacedProblem | null {
  const needs = needsOf(job);
  if (needs.length === 0) return null;
  const known = ids.map((each) => each.toLowerCase());
  const unknown = needs.find(({ value }) => !known.includes(value.toLowerCase()) && !value.includes("${{"));
  if (!unknown) return null;
  const meant = suggest(unknown.value, ids.filter((each) => each !== id));
  return refusal(
    unknown.at,
    `job "${id}" needs a job "${plainLine(unknown.value)}", which it does not have`,
    meant === null ? "name one of its jobs, or remove it" : `did you mean \`${meant}\`?`,
  );
}

function refusedStep(step: Located, id: string): PlacedProblem | null {
  if (!isTable(step)) {
    return step.value === null ? null : otherType(
      step,
      `a step of job "${id}" is`,
      "a table",
      "write `run: ` before a command, and `uses: ` before an action",
    );
  }
  const where = `a step of job "${id}"`;
  const misspelt = misspeltKey(step, STEP_KEYS, `in ${where}`);
  if (misspelt) return misspelt;
  const kinds = STEP_KINDS.filter((kind) => get(step, kind));
  if (kinds.length === 0) {
    for (const key of keysOf(step)) if (!STEP_KEYS.has(key)) return null;
    return refusal(step.at, `${where} has neither \`run\` nor \`uses\``, "give it one of them, or remove it");
  }
  const kind = kinds[0]!;
  const other = kind === "run"
    ? keyOfOther(step, RUN_KEYS, STEP_KEYS)
    : kind === "uses"
    ? keyOfOther(step, USES_KEYS, STEP_KEYS)
    : null;
  if (other) {
    return refusal(
      other[1],
      `${where} has \`${kind}\` and \`${other[0]}\`, which do not go together`,
      kinds.length > 1 ? "make two steps of it" : `remove \`${other[0]}\``,
    );
  }
  const value = get(step, kind)!;
  if ((kind === "run" || kind === "uses") && (isTable(value) || isList(value))) {
    return otherType(value, `\`${kind}\` in ${where} is`, "a string", RIGHT[kind]);
  }
  const condition = refusedCondition(get(step, "if"), id);
  if (condition) return condition;
  return kind === "parallel" && isList(value) ? first(value.value, (inner) => refusedStep(inner, id)) : null;
}

const RIGHT = {
  run: "write the command without brackets; several of them below `run: |`, one a line",
  uses: "name one action: `uses: owner/repo@ref`",
} as const;

/** A condition with a text in double quotes, or with `secrets`: expressions know the one nowhere, and conditions the other. */
function refusedCondition(condition: Located | undefined, id: string): PlacedProblem | null {
  if (!isText(condition)) return null;
  const { value, at } = condition;
  const expressions = value.includes("${{")
    ? value.split("${{").slice(1).map((each) => each.split("}}")[0]!)
    : [value];
  const bare = expressions.map((each) => each.replace(/'[^']*(?:'|$)/g, ""));
  if (bare.some((each) => each.includes('"'))) {
    return refusal(
      at,
      `a condition of job "${id}" has a text in double quotes`,
      "write single quotes: expressions know no others",
    );
  }
  return bare.some((each) => /(?<![\w.-])secrets\s*[.[]/i.test(each))
    ? refusal(
      at,
      `a condition of job "${id}" asks for \`secrets\`, which no condition knows`,
      "set a variable of the job to `${{ secrets.NAME != '' }}`, and ask for `env.VARIABLE == 'true'` in the steps",
    )
    : null;
}

function otherType(located: Located, what: string, wanted: string, next: string): PlacedProblem {
  return refusal(located.at, `${what} ${typeName(located)}, where it reads ${wanted}`, next);
}
