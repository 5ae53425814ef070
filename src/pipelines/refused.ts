import { entriesOf, get, isList, isTable, isText, type Located, typeName } from "../formats/located.ts";
import type { PlacedProblem } from "./repository.ts";

const WHY = "It runs nothing of a workflow that it cannot read, and says so in the list of runs alone.";

/** The first place where a workflow is written in another way than GitHub reads, so that it runs none of it; `null` where there is none. */
export function refusedShape(root: Located): PlacedProblem | null {
  const jobs = get(root, "jobs");
  if (isWrong(jobs, isTable)) {
    return problem(jobs!, "the jobs are", "a table", "give each job a name: `jobs: { publish: … }`");
  }
  for (const [id, job] of entriesOf(jobs)) {
    if (isWrong(job, isTable)) {
      return problem(job, `job "${id}" is`, "a table", "give it `runs-on:` and `steps:`");
    }
    const steps = get(job, "steps");
    if (isWrong(steps, isList)) {
      return problem(steps!, `the steps of job "${id}" are`, "a list", "write each step behind a `-`");
    }
    const all = isList(steps) ? steps.value : [];
    const quoted = [job, ...all].map((each) => get(each, "if")).find((each) => hasDoubleQuotes(each));
    if (quoted) return inDoubleQuotes(quoted, id);
    const step = all.find((each) => isWrong(each, isTable));
    if (step) {
      return problem(
        step,
        `a step of job "${id}" is`,
        "a table",
        "write `run: ` before a command, and `uses: ` before an action",
      );
    }
  }
  return null;
}

/** Whether something is there and is of another kind. */
function isWrong(located: Located | undefined, is: (located: Located) => boolean): boolean {
  return located !== undefined && located.value !== null && !is(located);
}

/** Whether a condition has a text in double quotes, which expressions do not know. */
function hasDoubleQuotes(condition: Located | undefined): boolean {
  if (!isText(condition)) return false;
  const { value } = condition;
  const expressions = value.includes("${{")
    ? value.split("${{").slice(1).map((each) => each.split("}}")[0]!)
    : [value];
  return expressions.some((each) => each.replace(/'[^']*(?:'|$)/g, "").includes('"'));
}

function inDoubleQuotes({ at }: Located, id: string): PlacedProblem {
  return {
    code: "workflow-refused",
    message: `GitHub refuses ${at.path}: a condition of job "${id}" has a text in double quotes`,
    at,
    why: [WHY],
    next: ["write single quotes: expressions know no others"],
  };
}

function problem(located: Located, what: string, wanted: string, next: string): PlacedProblem {
  const { at } = located;
  return {
    code: "workflow-refused",
    message: `GitHub refuses ${at.path}: ${what} ${typeName(located)}, where it reads ${wanted}`,
    at,
    why: [WHY],
    next: [next],
  };
}
