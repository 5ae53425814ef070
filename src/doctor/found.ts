import { withLibraries } from "../formats/on_demand.ts";
import type { FoundFinding } from "./acceptance.ts";
import { completed, settled } from "./completed.ts";
import type { Report, Subject } from "./rule.ts";
import { RULES } from "./rules.ts";

/** What the rules find, rule by rule; `wantsUnsafe`: also the fixes that are not safe. */
export async function foundByRules(subject: Subject, wantsUnsafe: boolean): Promise<FoundFinding[]> {
  const found: FoundFinding[] = [];
  for (const { code, severity, confidence, phase, check } of RULES) {
    for (const report of distinct(await withLibraries(() => [...check(subject)]))) {
      const finding = completed(
        { ...confidence ? { confidence } : {}, ...await settled(report, wantsUnsafe) },
        code,
        severity,
      );
      found.push({ ...finding, phase, byRule: true });
    }
  }
  return found;
}

/** A workflow that several others call is looked at once for each; what is wrong with it is said once. */
function distinct(reports: readonly Report[]): readonly Report[] {
  const seen = new Set<string>();
  return reports.filter(({ at, message, package: pkg }) => {
    const key = JSON.stringify([at.path, at.start.offset, message, pkg ?? null]);
    return !seen.has(key) && seen.add(key);
  });
}
