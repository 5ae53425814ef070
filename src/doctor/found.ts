import { withLibraries } from "../formats/on_demand.ts";
import type { FoundFinding } from "./acceptance.ts";
import { completed, settled } from "./completed.ts";
import { fewOf } from "./few_places.ts";
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

/** A workflow or action that several others use is looked at once for each; what is wrong with it is said once, with a place in the file of each. */
function distinct(reports: readonly Report[]): readonly Report[] {
  const same = Map.groupBy(
    reports,
    ({ at, message, package: pkg }) => JSON.stringify([at.path, at.start.offset, message, pkg ?? null]),
  );
  return [...same.values()].map(([first, ...others]) => {
    const { at, related = [] } = first!;
    const paths = new Set([at, ...related.map((label) => label.at)].map(({ path }) => path));
    const more = others.flatMap((other) => other.related ?? []).filter((label) =>
      !paths.has(label.at.path) && paths.add(label.at.path)
    );
    return more.length === 0 ? first! : { ...first!, related: [...related, ...fewOf(more)] };
  });
}
