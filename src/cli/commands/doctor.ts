import { relative, resolve } from "@std/path";
import type { Project } from "../../config/project.ts";
import { diagnose, type Diagnosis } from "../../doctor/engine.ts";
import { RECORD_CODES } from "../../doctor/crates_records.ts";
import { RULES } from "../../doctor/rules.ts";
import { currentDirectory } from "../../host/directory.ts";
import { given } from "../../host/env.ts";
import { kindOf } from "../../host/files.ts";
import type { Session } from "../../host/session.ts";
import { type ExitCode, UsageError } from "../../problem.ts";
import { chosen } from "../../publish/order.ts";
import type { Severity } from "../../report/finding.ts";
import { annotationOf, annotations, summarise } from "../../report/github.ts";
import { suggest } from "../../suggest.ts";
import { openProject, openSession, show, text } from "../context.ts";
import type { Call } from "../verb.ts";
import { diagnosisRecord, diagnosisSummary, renderDiagnosis } from "../views/doctor.ts";

/** Finds every mistake of the publishing set-up, with its cause and its repair. Changes nothing. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const started = session.clock.now();
  const only = knownCodes(call.options.only);
  const project = await openProject(session, call);
  const name = text(call, "package");
  const packages = name === null ? project.packages : chosen(project.packages, [name], suggest);
  const paths = await ciFiles(call.arguments, project);
  const diagnosis = await diagnose({ ...project, packages }, session, { only, paths });
  const elapsed = session.clock.now() - started;
  const format = call.io.json ? "json" : text(call, "format") ?? (inActions(session) ? "github" : "terminal");
  const human = format === "json" ? "" : renderDiagnosis(diagnosis, elapsed, call.io.stdout, call.io.verbose);
  show({ ...call, io: { ...call.io, json: format === "json" } }, "doctor", diagnosisRecord(diagnosis), human);
  if (format === "github") {
    call.io.out(annotations(diagnosis.findings.filter(({ ignored }) => ignored === null).map(annotationOf)));
    await summarise(diagnosisSummary(diagnosis), session.env);
  }
  return exitCode(diagnosis, (text(call, "fail-on") ?? project.doctor.failOn) as Project["doctor"]["failOn"]);
}

const RANKS: Readonly<Record<Severity, number>> = { error: 3, warning: 2, info: 1, unverified: 0 };

/** 1 from the severity on that counts as failure; 3 when nothing is published and nothing is wrong. */
export function exitCode({ findings, publishes }: Diagnosis, failOn: Project["doctor"]["failOn"]): ExitCode {
  const open = findings.filter(({ ignored }) => ignored === null);
  if (open.some(({ severity }) => RANKS[severity] >= RANKS[failOn])) return 1;
  return open.length === 0 && !publishes ? 3 : 0;
}

function inActions(session: Session): boolean {
  return given(session.env, "GITHUB_ACTIONS") === "true";
}

/** @throws {UsageError} `unknown-rule` */
function knownCodes(option: Call["options"][string] | undefined): readonly string[] {
  const asked = Array.isArray(option) ? option as readonly string[] : [];
  const known = [...RULES.map((rule) => rule.code), ...RECORD_CODES];
  const unknown = asked.filter((code) => !known.includes(code));
  if (unknown.length === 0) return asked;
  throw new UsageError(unknown.map((code) => {
    const near = suggest(code, known);
    return {
      code: "unknown-rule",
      message: `There is no rule "${code}"`,
      next: [near ? `did you mean ${near}?` : `the rules are: ${known.join(", ")}`],
    };
  }));
}

/** The files relative to the project's root. @throws {UsageError} `no-such-file` */
async function ciFiles(files: readonly string[], { root }: Project): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const file of files) {
    const path = resolve(currentDirectory(), file);
    if (await kindOf(path) !== "file") {
      throw new UsageError({
        code: "no-such-file",
        message: `There is no file "${file}"`,
        next: ["name files such as .github/workflows/release.yml, or none to look at all"],
      });
    }
    paths.push(relative(root, path).replaceAll("\\", "/"));
  }
  return paths;
}
