import type { Diagnosis } from "../../doctor/engine.ts";
import { docsOf } from "../../report/json.ts";
import { markdown } from "../../report/markdown.ts";
import { acceptedCounts, heard, openCounts, shownOf, uncheckedCounts } from "./doctor.ts";

/** A page for a pull request or a step summary, in Markdown. */
export function diagnosisMarkdown(diagnosis: Diagnosis, all: boolean): string {
  const open = openCounts(diagnosis);
  const counts = [
    ...open.length > 0 ? open : ["no problems"],
    ...acceptedCounts(diagnosis),
    ...uncheckedCounts(diagnosis),
  ];
  return markdown({
    verdict: counts.join(", "),
    findings: shownOf(diagnosis, all),
    phases: heard(diagnosis.phases),
    url: docsOf,
  });
}
