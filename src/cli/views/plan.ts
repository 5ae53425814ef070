import type { Display } from "../../host/terminal.ts";
import type { Plan, PlannedPackage } from "../../publish/plan.ts";
import { dependenciesOf } from "../../publish/order.ts";
import { problemsOf } from "../../publish/plan.ts";
import { fold } from "../../report/fold.ts";
import { symbols, worded } from "../../report/symbols.ts";
import { table } from "../../report/table.ts";
import { withPage } from "../../report/problem_text.ts";
import { renderProblem } from "../../report/terminal.ts";
import { toldOnce } from "../../report/told_once.ts";
import { counted } from "./words.ts";

/** The plan as people read it: what, where, which version, what will happen, and every problem. */
export function renderPlan(plan: Plan, repository: string | null, display: Display): string {
  const lines = [...fold(heading(plan, repository, display), display), ""];
  lines.push(...table({
    header: ["", "package", "registry", "version", "there", "action"],
    rows: plan.packages.map((entry, index) => row(plan, entry, index, display)),
    indent: 1,
  }, display));
  const problems = problemsOf(plan);
  for (const problem of toldOnce(problems)) {
    lines.push("", renderProblem(withPage(problem), display).trimEnd());
  }
  lines.push("", ...fold(worded(verdict(plan, problems.length), display), display));
  return lines.join("\n") + "\n";
}

function heading(plan: Plan, repository: string | null, display: Display): string {
  const { commit, changed } = plan.checkout;
  const state = changed.length === 0 ? "clean" : `${counted(changed.length, "uncommitted change")}`;
  const credentials = [
    ...new Set(
      plan.packages.map(({ credential }) => credential.path === "none" ? "none" : credential.describe),
    ),
  ];
  const at = `${repository ?? "this repository"} at ${commit.slice(0, 7)} (${state})`;
  return worded(`${at}, credentials: ${credentials.join(", ")}`, display);
}

function row(plan: Plan, entry: PlannedPackage, index: number, display: Display): string[] {
  const latest = entry.there?.latest ?? symbols(display).none;
  return [
    String(index + 1),
    entry.package.name,
    entry.package.registry.label,
    entry.version ?? "by the build",
    entry.there?.state === "unknown" ? symbols(display).unknown : latest,
    action(plan, entry, display),
  ];
}

function action(plan: Plan, entry: PlannedPackage, display: Display): string {
  const signs = symbols(display);
  switch (entry.action) {
    case "done":
      return `${signs.ok} same bytes, nothing to do`;
    case "compare":
      return `${signs.nothing} ${entry.version} is there; packing tells whether it is the same`;
    case "blocked":
      return `${signs.error} ${entry.problems.map((problem) => problem.code).join(", ")}`;
    case "publish": {
      const first = entry.there?.state === "no-package" ? "publish, the first version" : "publish";
      const needed = dependenciesOf(entry.package, plan.packages.map((other) => other.package)).map((pkg) =>
        pkg.name
      );
      return needed.length > 0 ? `${first} after ${needed.join(", ")}` : first;
    }
  }
}

function verdict(plan: Plan, problems: number): string {
  if (problems > 0) {
    return `${counted(problems, "problem")} ${
      problems === 1 ? "blocks" : "block"
    } the release; nothing has been uploaded, and nothing will be until ${
      problems === 1 ? "it is" : "they are"
    } solved.`;
  }
  const todo = plan.packages.filter((entry) => entry.action === "publish").length;
  if (todo === 0) return "Nothing to publish: every version is there. Raise a version to release it.";
  return `Ready: ${counted(todo, "package")} to publish. → keyless rehearse`;
}
