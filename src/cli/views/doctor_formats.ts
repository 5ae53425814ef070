import type { Diagnosis } from "../../doctor/engine.ts";
import { redact } from "../../host/redact.ts";
import type { ExitCode } from "../../problem.ts";
import type { ReportedFinding } from "../../report/finding.ts";
import { json } from "../io.ts";
import type { Io } from "../verb.ts";
import { diagnosisRecord, renderDiagnosis, shownOf } from "./doctor.ts";

/** The forms of doctor's report. */
export type Format = "terminal" | "json" | "sarif" | "github" | "markdown" | "junit";

/** What a report is about beside the diagnosis. */
export interface Run {
  readonly io: Pick<Io, "stdout" | "verbose">;
  /** The way from the working directory to the root: `../..`, or `""` there. */
  readonly way: string;
  /** Milliseconds. */
  readonly elapsed: number;
  readonly exit: ExitCode;
  /** Whether a finding makes the run fail. */
  fails(finding: ReportedFinding): boolean;
}

/** The report in a format. Names of files, reasons and edits stand in some of them as they are, so all of it is searched for secrets. */
export async function formatted(diagnosis: Diagnosis, format: Format, run: Run): Promise<string> {
  return redact(await written(diagnosis, format, run));
}

async function written(
  diagnosis: Diagnosis,
  format: Format,
  { io: { stdout, verbose }, way, elapsed, exit, fails }: Run,
): Promise<string> {
  const shown = shownOf(diagnosis, verbose);
  switch (format) {
    case "json":
      return json({ schema: "keyless/doctor/1", ...diagnosisRecord(diagnosis, way || ".") });
    case "sarif": {
      // The pages of all codes come with it.
      const { diagnosisSarif } = await import("./doctor_sarif.ts");
      return json(diagnosisSarif(diagnosis, shown, exit));
    }
    case "junit": {
      const { junit } = await import("../../report/junit.ts");
      return junit({ findings: shown, phases: diagnosis.phases, fails });
    }
    case "markdown":
      return (await import("./doctor_markdown.ts")).diagnosisMarkdown(diagnosis, verbose);
    case "terminal":
      return renderDiagnosis(diagnosis, elapsed, way ? { ...stdout, above: `${way}/` } : stdout, verbose);
    case "github": {
      const { annotationOf, annotations } = await import("../../report/github.ts");
      return renderDiagnosis(diagnosis, elapsed, stdout, verbose) +
        annotations(shownOf(diagnosis, false).map(annotationOf));
    }
  }
}
