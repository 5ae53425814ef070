import type { DoctorSettings } from "../config/project.ts";
import type { Finding, ReportedFinding } from "../report/finding.ts";
import { fingerprints } from "../report/fingerprint.ts";
import type { Baseline } from "./baseline.ts";
import { completed } from "./completed.ts";
import { type IgnoresJudged, reportIgnores } from "./ignore_reports.ts";
import { IGNORES } from "./phases.ts";

/** A finding before anything is known about who accepts it. */
export type FoundFinding = Finding & Pick<ReportedFinding, "phase" | "byRule">;

/** What may accept findings, and how much is known about it. */
export interface AcceptanceOptions extends Omit<IgnoresJudged, "paths"> {
  readonly settings: DoctorSettings;
  /** The texts of all files, by path. */
  readonly sources: ReadonlyMap<string, string>;
  readonly baseline: Baseline | null;
  /** Whether the findings get fingerprints; a baseline needs them. */
  readonly named: boolean;
}

/** Holds findings against comments, settings and the baseline; what is wrong with these is among the findings that it returns. */
export async function acceptance(
  found: readonly FoundFinding[],
  { settings, sources, baseline, named, ...judged }: AcceptanceOptions,
): Promise<readonly ReportedFinding[]> {
  const ignores = await ignoresIn(settings, sources);
  const hold = (finding: FoundFinding) => ({ finding, accepted: ignores?.accept(finding) ?? null });
  const held = found.map(hold);
  const about = Array.from(
    ignores ? reportIgnores(ignores, { ...judged, paths: [...sources.keys()] }) : [],
    (report) => hold({ ...completed(report, report.code, "warning"), phase: IGNORES, byRule: true }),
  );
  const all = [...held, ...about];
  const names = named || baseline ? await fingerprints(all.map(({ finding }) => finding), sources) : [];
  return all.map(({ finding, accepted }, index) => {
    const fingerprint = names[index] ?? null;
    const known = accepted === null && fingerprint !== null && baseline?.has(fingerprint);
    return {
      ...finding,
      fingerprint,
      ignored: known ? "in the baseline" : accepted?.reason ?? null,
      ignoredBy: known ? "baseline" : accepted?.by ?? null,
    };
  });
}

/** What accepts findings; `null` where nothing does, as in most projects, which then need not know the comments of any format. */
async function ignoresIn(settings: DoctorSettings, sources: ReadonlyMap<string, string>) {
  const any = settings.ignore.length > 0 || [...sources.values()].some((text) => text.includes("keyless:"));
  if (!any) return null;
  const { Ignores, isGlob } = await import("./ignores.ts");
  if (!settings.ignore.some(({ path }) => path !== null && isGlob(path))) {
    return new Ignores(settings, sources);
  }
  const { default: picomatch } = await import("picomatch");
  return new Ignores(settings, sources, (glob) => picomatch(glob, { dot: true }));
}
