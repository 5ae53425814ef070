import type { Session } from "../../host/session.ts";
import type { Display } from "../../host/terminal.ts";
import type { Problem } from "../../problem.ts";
import type { Observer, ReleaseEvent } from "../../publish/events.ts";
import type { Checkout } from "../../publish/git.ts";
import type { Released } from "../../publish/report.ts";
import type { Recorder } from "../../rehearsal/recorder.ts";
import type { Act, ActReport, RehearsalReport } from "../../rehearsal/rehearse.ts";
import { fold } from "../../report/fold.ts";
import { symbols, worded } from "../../report/symbols.ts";
import { table } from "../../report/table.ts";
import { withPage } from "../../report/problem_text.ts";
import { renderProblem } from "../../report/terminal.ts";
import { oneLine, plainLine } from "../../host/redact.ts";
import type { Io } from "../verb.ts";
import { bytes, counted, duration } from "./words.ts";

/** Tells a rehearsal while it runs. */
export class FlightRecorder {
  readonly #session: Session;
  readonly #io: Io;
  readonly #recorder: Recorder;

  constructor(session: Session, io: Io, recorder: Recorder) {
    this.#session = session;
    this.#io = io;
    this.#recorder = recorder;
  }

  open(acts: readonly Act[], head: Checkout): void {
    for (const act of acts) this.#say(opening(act, head.commit));
    this.#say(
      "Registries and issuer on 127.0.0.1, with your declared trust policies. No token and no upload leaves this machine.",
    );
    if (head.changed.length > 0) {
      this.#say(
        `${symbols(this.#io.stderr).warning} ${
          counted(head.changed.length, "uncommitted change")
        } will not ship, and ${head.changed.length === 1 ? "is" : "are"} not rehearsed`,
      );
    }
    this.#say("");
    if (this.#io.verbose) {
      this.#recorder.onEvent((event) => {
        if (event.what === "request") {
          this.#say(`  ${event.registry}  ${event.method} ${event.path}  ${event.status ?? "cut"}`);
        }
      });
    }
  }

  observe(_act: Act): Observer {
    return (event) => this.#hear(event);
  }

  #hear(event: ReleaseEvent): void {
    switch (event.type) {
      case "packing":
        return this.#live(`packing and verifying ${event.packages.map((pkg) => pkg.name).join(", ")} …`);
      case "line":
        return this.#io.verbose
          ? this.#say(`  │ ${plainLine(event.text)}`)
          : this.#live(plainLine(event.text));
      case "packed":
        return this.#live(`packed ${event.package.name} ${event.package.version}`);
      case "exchanged":
        return this.#live(`${event.registry.label} gave a token`);
      case "uploading":
        return this.#live(
          `uploading ${event.package.name} ${event.version} to ${event.package.registry.label} …`,
        );
      default:
    }
  }

  #say(line: string): void {
    const { stderr } = this.#io;
    for (const part of fold(worded(oneLine(line), stderr), stderr)) this.#session.progress.say(part);
  }

  #live(line: string): void {
    this.#session.progress.live(worded(oneLine(line), this.#io.stderr));
  }
}

function opening({ job, name }: Act, commit: string): string {
  const environment = job.environment ? `, environment ${job.environment}` : "";
  return `Rehearsing ${job.repository} at ${
    commit.slice(0, 7)
  } as ${name} (${job.event} of ${job.ref}${environment})`;
}

/** What happened to each package, what the rehearsal cannot know, and the verdict. */
export function renderRehearsal(
  report: RehearsalReport,
  unassigned: readonly Problem[],
  notCovered: readonly string[],
  elapsed: number,
  display: Display,
): string {
  const lines: string[] = [];
  for (const act of report.acts) lines.push(...actLines(act, report.recorder, display));
  for (const problem of unassigned) lines.push(renderProblem(withPage(problem), display).trimEnd(), "");
  lines.push("", "Not covered:");
  const bullet = `  ${symbols(display).nothing} `;
  for (const what of notCovered) lines.push(...fold(what, { width: display.width, first: bullet }));
  lines.push("", ...fold(verdict(report, unassigned, elapsed, display), display));
  return worded(lines.join("\n").replace(/^\n+/, "") + "\n", display);
}

function actLines({ act, release, problems }: ActReport, recorder: Recorder, display: Display): string[] {
  const signs = symbols(display);
  const shown = [...problems, ...release?.packages.flatMap((entry) => entry.problems) ?? []];
  const lines: string[] = [];
  const good =
    release?.packages.filter((entry) => entry.result === "published" || entry.result === "there") ?? [];
  if (release && good.length > 0) {
    const rows = good.map((entry) => row(entry, release.tools, recorder, signs.ok));
    lines.push(...table({ header: ["", "", "", "", ""], rows }, display));
  }
  for (const problem of unique(shown)) lines.push(renderProblem(withPage(problem), display).trimEnd());
  const untried =
    (release
      ? release.packages.filter((entry) => entry.result === "not-tried").map((entry) => entry.package)
      : act.packages)
      .filter((pkg) =>
        !shown.some((problem) => problem.package === pkg.name && problem.registry === pkg.registry.name)
      );
  if (untried.length > 0) {
    const names = untried.map((pkg) => `${pkg.name} (${pkg.registry.label})`).join(", ");
    lines.push(
      `${signs.nothing} ${names}: not tried, because all packages are checked before the first upload`,
    );
  }
  return lines;
}

function unique(problems: readonly Problem[]): Problem[] {
  return problems.filter((one, index) =>
    problems.findIndex((other) => other.message === one.message && other.package === one.package) === index
  );
}

function row(
  entry: Released,
  tools: Readonly<Record<string, string>>,
  recorder: Recorder,
  ok: string,
): string[] {
  const size = entry.files.length === 1 ? bytes(entry.files[0]!.size) : counted(entry.files.length, "file");
  const steps = entry.result === "there"
    ? "there already"
    : `packed ${size} · exchanged · uploaded${entry.proof?.visible === "yes" ? " · visible" : ""}`;
  const used = new Set(
    recorder.of("upload")
      .filter(({ registry, package: name }) =>
        registry === entry.package.registry.name && name === entry.package.name
      )
      .map((upload) => upload.token),
  );
  const lives = recorder.tokens.filter((life) => used.has(life.id));
  const lived = lives.map((life) =>
    life.burnedAt === null ? "token not burned" : `token lived ${duration(life.burnedAt - life.mintedAt)}`
  );
  return [
    `${ok} ${entry.package.name} ${entry.version}`,
    entry.package.registry.label,
    `${entry.package.client} ${tools[entry.package.client] ?? ""}`.trim(),
    steps,
    lived.join(", "),
  ];
}

function verdict(
  report: RehearsalReport,
  unassigned: readonly Problem[],
  elapsed: number,
  display: Display,
): string {
  const signs = symbols(display);
  const entries = report.acts.flatMap((act) => act.release?.packages ?? []);
  const failed = report.acts.some((act) => !act.release || act.problems.length > 0) ||
    entries.some((entry) => entry.result === "failed");
  const uploads = entries.filter((entry) => entry.result === "published").length;
  if (failed) {
    return uploads === 0
      ? `${signs.error} This release would stop before anything is uploaded.`
      : `${signs.error} This release would stop after ${counted(uploads, "package")}.`;
  }
  if (unassigned.length > 0) {
    return `${signs.error} ${counted(unassigned.length, "package")} could not be rehearsed.`;
  }
  const minted = report.recorder.tokens.filter((life) => life.kind === "minted");
  const live = minted.filter((life) => life.burnedAt === null).length;
  const tokens = live === 0
    ? `${counted(minted.length, "token")}, all burned`
    : `${counted(minted.length, "token")}, ${live} not burned`;
  return `${signs.ok} This release would go through: ${counted(uploads, "package")}, ${tokens}. ${
    duration(elapsed)
  }`;
}
