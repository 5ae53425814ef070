import { dirname } from "@std/path";
import type { FailOn, Project } from "../../config/project.ts";
import { type Loaded, loadSound } from "../../config/load.ts";
import { type Baseline, baselineText, EVERYTHING, readBaseline } from "../../doctor/baseline.ts";
import { CODES, diagnose, type DiagnoseOptions, type Diagnosis } from "../../doctor/engine.ts";
import type { RegistryOptions } from "../../doctor/registry_sections.ts";
import { assertNoDirectory, leadsAway, outside } from "../../formats/text.ts";
import { currentDirectory } from "../../host/directory.ts";
import { given } from "../../host/env.ts";
import { realPath, writeAtomic } from "../../host/files.ts";
import { plainLine } from "../../host/redact.ts";
import type { Session } from "../../host/session.ts";
import { type ExitCode, KeylessError, UsageError } from "../../problem.ts";
import { chosen } from "../../publish/order.ts";
import type { ReportedFinding } from "../../report/finding.ts";
import { suggest } from "../../suggest.ts";
import { on, openSession, openSound, text, wayTo } from "../context.ts";
import { filesOf } from "../named_files.ts";
import type { Call } from "../verb.ts";
import { type Format, formatted } from "../views/doctor_formats.ts";
import { counted } from "../views/words.ts";

/** Finds every mistake of the publishing set-up, with its cause and its repair. Writes only what `--fix` or `--write-baseline` say. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const format = formatOf(call, session);
  try {
    return await answer(call, session, format);
  } catch (error) {
    if (format === "github" && error instanceof KeylessError) {
      const { annotations, refusalOf } = await import("../../report/github.ts");
      call.io.out(annotations(error.problems.map(refusalOf)));
    }
    throw error;
  }
}

async function answer(call: Call, session: Session, format: Format): Promise<ExitCode> {
  const started = session.clock.now();
  const only = await knownCodes(call.options.only);
  const opened = await openSound(session, call);
  const { project } = opened;
  const isForPrograms = format === "json" || format === "sarif";
  const options: DiagnoseOptions = {
    only,
    ...await filesOf({
      files: call.arguments,
      edited: text(call, "stdin-filename"),
      fix: text(call, "fix"),
    }, project.root),
    ...await baselineOf(call),
    ...registriesOf(call, project),
    unsafeFixes: isForPrograms || on(call, "diff") || text(call, "fix") !== null,
    fingerprints: isForPrograms,
  };
  const look = (loaded: Loaded, more: DiagnoseOptions = {}) => {
    return diagnose(loaded.project, session, { ...options, ...lookedAt(loaded, call), ...more });
  };
  if (on(call, "diff")) {
    checkPatch(call);
    const { overlay: edited = [] } = options;
    return await showPatch(
      (changed) => look(opened, { overlay: new Map([...edited, ...changed]) }),
      project,
      call,
    );
  }
  const reload = () => loadSound(currentDirectory(), session.env);
  const fixed = await repaired(async (anew) => await look(anew ? await reload() : opened), project, call);
  const diagnosis = fixed?.left ?? await look(opened);
  const file = text(call, "write-baseline");
  if (file !== null) await write(file, diagnosis, call);
  const failOn = (text(call, "fail-on") ?? project.doctor.failOn) as FailOn;
  const exit = exitCode(diagnosis, failOn);
  const way = wayTo(project.root);
  const elapsed = session.clock.now() - started;
  if (fixed && !call.io.quiet) {
    const { renderFixes } = await import("../../report/fixes.ts");
    call.io.err(renderFixes(fixed, way ? { ...call.io.stderr, above: `${way}/` } : call.io.stderr));
  }
  const fails = (finding: ReportedFinding) => counts(finding, failOn);
  call.io.out(await formatted(diagnosis, format, { io: call.io, way, elapsed, exit, fails }));
  if (format === "github") {
    const { diagnosisMarkdown } = await import("../views/doctor_markdown.ts");
    const { addSummary } = await import("../step_summary.ts");
    await addSummary(diagnosisMarkdown(diagnosis, call.io.verbose), session.env, call.io);
  }
  return exit;
}

/** The packages that are looked at, and what is wrong with the manifests of others. */
function lookedAt({ project, problems }: Loaded, call: Call): Pick<DiagnoseOptions, "chosen" | "broken"> {
  const name = text(call, "package");
  if (problems.length > 0 && name !== null && !project.packages.some((pkg) => pkg.name === name)) {
    throw new UsageError(problems);
  }
  return {
    broken: problems,
    ...name === null ? {} : { chosen: chosen(project.packages, [name], suggest) },
  };
}

/**
 * What `--fix` has repaired; `null` without it. Repairs may move what stands in keyless.toml and the manifests: `look(true)` reads
 * these anew.
 *
 * @throws {UsageError} `options-conflict`
 */
async function repaired(look: (anew: boolean) => Promise<Diagnosis>, { root }: Project, call: Call) {
  const allow = text(call, "fix");
  if (allow === null) return null;
  const other = ["stdin-filename", "write-baseline", "live"].find((each) => call.options[each] !== undefined);
  if (other !== undefined) {
    throw new UsageError({
      code: "options-conflict",
      message: `--fix writes files and looks again, so --${other} cannot stand beside it`,
      next: ["leave one of the two out"],
    });
  }
  const { fixAll } = await import("../../doctor/fix.ts");
  let looks = 0;
  return await fixAll<ReportedFinding, Diagnosis>(root, () => look(looks++ > 0), {
    allow: allow as "safe" | "unsafe",
  });
}

/** @throws {UsageError} `options-conflict` */
function checkPatch(call: Call): void {
  const format = text(call, "format");
  const other = call.io.json
    ? "json"
    : format !== null && format !== "terminal"
    ? "format"
    : ["write-baseline", "live"].find((each) => call.options[each] !== undefined);
  if (other === undefined) return;
  throw new UsageError({
    code: "options-conflict",
    message: `--diff prints a patch and nothing else, so --${other} cannot stand beside it`,
    next: ["leave one of the two out"],
  });
}

/** Shows what `--fix` would write, all rounds in one patch. Exit 1 where that is something. */
async function showPatch(
  look: (changed: ReadonlyMap<string, string>) => Promise<Diagnosis>,
  { root }: Project,
  call: Call,
): Promise<ExitCode> {
  const { planFixes } = await import("../../doctor/fix.ts");
  const { applies, renderDiff } = await import("../../report/diff.ts");
  const { renderFixes } = await import("../../report/fixes.ts");
  const fixed = await planFixes<ReportedFinding, Diagnosis>(look, {
    allow: text(call, "fix") === "unsafe" ? "unsafe" : "safe",
  });
  const changes = [...fixed.changes].map(([path, change]) => ({ path, ...change }));
  const said = renderFixes(fixed, call.io.stderr, { planned: true });
  if (!call.io.quiet) {
    const way = wayTo(root);
    call.io.err([
      said || "There is nothing that --fix would repair\n",
      ...applies(changes) ? [] : ["A line of it is hidden, so git apply refuses the patch: use --fix\n"],
      ...changes.length === 0 || way === "" ? [] : [`To apply it: git -C ${way} apply\n`],
    ].join(""));
  }
  call.io.out(renderDiff(changes, call.io.stdout));
  return fixed.applied.length > 0 ? 1 : 0;
}

/** What the registries are asked for. @throws {UsageError} `option-without-effect` */
function registriesOf(call: Call, project: Project): RegistryOptions {
  const files = call.options["npm-trust"];
  const npmTrust = Array.isArray(files) ? files as readonly string[] : [];
  if (on(call, "live")) {
    const live = {
      spendOneShot: on(call, "spend-one-shot"),
      createProject: on(call, "create-project"),
      repository: project.packages,
    };
    return { npmTrust, live };
  }
  const idle = ["create-project", "spend-one-shot"].find((name) => on(call, name));
  if (idle === undefined) return { npmTrust };
  throw new UsageError({
    code: "option-without-effect",
    message: `--${idle} does nothing without --live`,
    next: [`add --live, or leave --${idle} out`],
  });
}

/** @throws {UsageError} `options-conflict` */
function formatOf(call: Call, session: Session): Format {
  const format = text(call, "format") as Format | null;
  if (call.io.json && format !== null && format !== "json") {
    throw new UsageError({
      code: "options-conflict",
      message: `--json and --format ${format} exclude each other`,
      next: ["keep one of them"],
    });
  }
  if (call.io.json) return "json";
  return format ?? (given(session.env, "GITHUB_ACTIONS") === "true" ? "github" : "terminal");
}

const RANKS: Readonly<Record<FailOn, number>> = { never: 4, error: 3, warning: 2, info: 1, unverified: 0 };

function counts({ severity, ignored }: ReportedFinding, failOn: FailOn): boolean {
  return ignored === null && RANKS[severity] >= RANKS[failOn];
}

/** 1 from the severity on that fails; 3 when `--live` proves nothing, and unless nothing may fail, when nothing is published or wrong. */
export function exitCode({ findings, publishes, unproven }: Diagnosis, failOn: FailOn): ExitCode {
  if (findings.some((finding) => counts(finding, failOn))) return 1;
  if (unproven) return 3;
  if (failOn === "never") return 0;
  return findings.every(({ ignored }) => ignored !== null) && !publishes ? 3 : 0;
}

/** @throws {UsageError} `unknown-rule` */
async function knownCodes(option: Call["options"][string] | undefined): Promise<readonly string[]> {
  const asked = Array.isArray(option) ? option as readonly string[] : [];
  const unknown = asked.filter((code) => !CODES.includes(code));
  if (unknown.length === 0) return asked;
  const { unknownRule } = await import("../unknown_rule.ts");
  throw new UsageError(unknown.map(unknownRule));
}

/**
 * What is known already: what a file says, or everything where one is to be written.
 *
 * @throws {UsageError} `options-conflict`, `no-such-file`
 */
async function baselineOf(call: Call): Promise<{ baseline?: Baseline }> {
  const file = text(call, "baseline");
  const written = text(call, "write-baseline");
  if (written === null) return file === null ? {} : { baseline: await readBaseline(file) };
  const option = ["only", "package", "baseline", "stdin-filename"].find((each) =>
    call.options[each] !== undefined
  );
  const other = option === undefined ? call.arguments[0] : `--${option}`;
  if (other === undefined) {
    await assertNoDirectory(written);
    return { baseline: EVERYTHING };
  }
  throw new UsageError({
    code: "options-conflict",
    message: `--write-baseline takes all findings, so ${other} cannot stand beside it`,
    next: ["leave one of the two out"],
  });
}

async function write(file: string, { findings }: Diagnosis, { io }: Call): Promise<void> {
  const entries = findings.filter(({ ignoredBy }) => ignoredBy === "baseline");
  if (await leadsAway(dirname(file)) || await leadsAway(file)) throw outside(file, "write");
  // A link stays one.
  await writeAtomic(await realPath(file) ?? file, baselineText(entries), { name: file });
  if (io.quiet) return;
  const name = plainLine(file);
  io.err(
    `Wrote ${
      counted(entries.length, "finding")
    } to ${name}; from now on: keyless doctor --baseline ${name}\n`,
  );
}
