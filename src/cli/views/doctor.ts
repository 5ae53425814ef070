import { type Diagnosis } from "../../doctor/engine.ts";
import { LOCAL, MAY_REQUEST, NO_CREDENTIAL, NOT_ASKED } from "../../doctor/phases.ts";
import { TOKEN } from "../../doctor/record_codes.ts";
import type { Display } from "../../host/terminal.ts";
import { plain } from "../../host/redact.ts";
import { isOpen, type Phase, type ReportedFinding } from "../../report/finding.ts";
import { fold } from "../../report/fold.ts";
import { findingJson } from "../../report/json.ts";
import { paint } from "../../report/style.ts";
import { symbols, worded } from "../../report/symbols.ts";
import { placeOf } from "../../report/problem_text.ts";
import { renderFinding, renderPlace } from "../../report/terminal.ts";
import { padded, width } from "../../report/width.ts";
import { counted, duration } from "./words.ts";

/** The findings to show: `all` of them, or those that nobody accepts. */
export function shownOf({ findings }: Diagnosis, all: boolean): readonly ReportedFinding[] {
  return findings.filter((finding) => all || finding.ignored === null);
}

/** What doctor found, for people: a section for each phase, the verdict last. `all` shows accepted findings too, and each in full. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  elapsed: number,
  display: Display,
  all: boolean,
): string {
  const shown = shownOf(diagnosis, all);
  let text = "";
  let apart = false;
  for (const phase of heard(diagnosis.phases)) {
    const findings = shown.filter((finding) => finding.phase === phase.name);
    if (text && (apart || findings.length > 0)) text += "\n";
    text += findings.length === 0
      ? section(phase, { phases: diagnosis.phases, hints: shown.length > 0, all }, display)
      : `${paint(phase.name, "strong", display)}\n` + seenIn(phase, all, display) +
        alike(findings, all).map((group) => renderGroup(group, diagnosis.sources, display)).join("\n");
    apart = findings.length > 0;
  }
  const end = hanging(worded(verdict(diagnosis, elapsed), display), "", display);
  return `${text}\n${end.map((line) => `${line}\n`).join("")}`;
}

/** What was looked at, above what is wrong with it; where nothing is seen to publish, that. */
function seenIn({ name, seen = [], reason }: Phase, all: boolean, display: Display): string {
  const said = seen.length === 0 && name === LOCAL && reason !== null ? [reason] : seen;
  const lines = listed(said, INDENT, all, display);
  return lines.length > 0 ? `${lines.join("\n")}\n\n` : "";
}

/** A line for each, what is folded of it deeper. */
function listed(seen: readonly string[], first: string, all: boolean, display: Display): string[] {
  const indent = " ".repeat(width(first));
  const few = all ? seen : [...beginningOf(seen), ...moreThan(seen)];
  return few.flatMap((line, index) =>
    fold(worded(plain(line), display), {
      width: display.width,
      first: index === 0 ? first : indent,
      rest: `${indent}  `,
    })
  );
}

/** The sections that somebody wants to hear of: what `--only` leaves out is no news to whoever wrote it. */
export function heard(phases: readonly Phase[]): readonly Phase[] {
  return phases.filter(({ reason }) => reason !== NOT_ASKED);
}

/** So many findings of a kind are shown in full; of more the first is, and of the others the place. */
const FEW = 2;
/** So many places, and jobs, are shown; who wants to see more gets all. */
const PLACES = 8;

/** Findings that are shown together. */
function alike(findings: readonly ReportedFinding[], all: boolean): (readonly ReportedFinding[])[] {
  const kinds = Map.groupBy(
    findings,
    ({ code, severity, ignored }) => `${code} ${severity} ${ignored !== null}`,
  );
  return [...kinds.values()].flatMap((kind) =>
    all || kind.length <= FEW ? kind.map((each) => [each]) : [...Map.groupBy(kind, adviceOf).values()]
  );
}

/** What to do about a finding, but for the names in it: only those to which the same applies share what is printed once. */
function adviceOf({ next }: ReportedFinding): string {
  return next.join("\n").replace(
    /`[^`]*`|"[^"]*"|\S+/g,
    (word) => /^[`"].*[`"]$|[A-Z\d_./@]/s.test(word) ? "" : word,
  );
}

/** The first in full, then where else the same is wrong, then what else of this kind is. */
function renderGroup(
  [first, ...others]: readonly ReportedFinding[],
  sources: ReadonlyMap<string, string>,
  display: Display,
): string {
  const kinds = Map.groupBy(others, whatIsSaid);
  const same = kinds.get(whatIsSaid(first!)) ?? [];
  const different = [...kinds.values()].filter((each) => each !== same);
  const lines = [
    ...alsoAt(first!, same, INDENT, display),
    ...beginningOf(different).flatMap(([one, ...alike]) => [
      ...renderPlace(one!, display),
      ...alsoAt(one!, alike, INDENT.repeat(2), display),
    ]),
    ...moreThan(different).map((text) => INDENT + text),
  ];
  return renderFinding(first!, sources, display) + lines.map((line) => `${line}\n`).join("");
}

const INDENT = "   ";

/** A message without the job that it is about: its place tells that too. */
function whatIsSaid({ message }: ReportedFinding): string {
  return message.replace(/^Job "[^"]*" /, "");
}

/** The other places where it is found; a line that several jobs share is one. */
function alsoAt(
  shown: ReportedFinding,
  findings: readonly ReportedFinding[],
  indent: string,
  display: Display,
): string[] {
  const others = new Set(findings.map(({ at }) => placeOf(at)));
  others.delete(placeOf(shown.at));
  const all = [...others];
  const places = beginningOf(all);
  return places.length === 0 ? [] : fold(`also at ${[...places, ...moreThan(all)].join(", ")}`, {
    width: display.width,
    first: indent,
  });
}

function beginningOf<Item>(items: readonly Item[]): readonly Item[] {
  // One more line says no less than "and 1 more".
  return items.length > PLACES + 1 ? items.slice(0, PLACES) : items;
}

function moreThan(items: readonly unknown[]): string[] {
  const left = items.length - beginningOf(items).length;
  return left > 0 ? [`and ${left} more: keyless doctor --verbose`] : [];
}

/** Below so many columns the reasons stand below the names. */
const NARROWEST = 80;

/** The sign, the name, and what is right or why it was not looked at. */
function section(
  phase: Phase,
  { phases, hints, all }: {
    readonly phases: readonly Phase[];
    readonly hints: boolean;
    readonly all: boolean;
  },
  display: Display,
): string {
  const name = padded(phase.name, Math.max(...phases.map((each) => width(each.name))));
  const head = `${padded(signOf(phase, display), width(symbols(display).ok))} ${name}`;
  const hint = hints && phase.reason?.includes(`${TOKEN} is not set`)
    ? "\n→ a token with the scope trusted-publishing lets doctor compare the real records"
    : "";
  const reason = worded(plain(phase.reason ?? "").replaceAll("; ", "\n") + hint, display);
  const paste = phase.paste
    ? [
      ...fold(worded("→ to have it checked, put this into keyless.toml:", display), {
        width: display.width,
        first: "   ",
      }),
      ...plain(phase.paste).split("\n").map((line) => line && `     ${line}`),
    ]
    : [];
  const below = display.width < NARROWEST;
  const first = below ? INDENT : `${head} `;
  const seen = listed(phase.seen ?? [], first, all, display);
  const lines = [
    ...below ? [head.trimEnd()] : [],
    ...seen,
    ...reason || seen.length === 0
      ? hanging(reason, seen.length > 0 ? " ".repeat(width(first)) : first, display)
      : [],
  ];
  return [...lines, ...paste].map((line) => `${line}\n`).join("");
}

function signOf(phase: Phase, display: Display): string {
  const signs = symbols(display);
  if (phase.status === "passed") return paint(signs.ok, "ok", display);
  if (phase.status === "failed") return paint(signs.error, "error", display);
  return isOpen(phase) ? paint(signs.unknown, "unknown", display) : signs.nothing;
}

/** What it comes to, and what to do next. */
function verdict(diagnosis: Diagnosis, elapsed: number): string {
  const { checked, publishes, unproven, baseline, findings } = diagnosis;
  const open = openCounts(diagnosis);
  const accepted = acceptedCounts(diagnosis);
  const gone = baseline && baseline.gone > 0
    ? `\n${baseline.gone} of the baseline ${baseline.gone === 1 ? "is" : "are"} gone: write it anew`
    : "";
  const local = diagnosis.phases.find(({ name }) => name === LOCAL);
  if (open.length === 0 && accepted.length === 0 && !publishes) {
    if (local?.reason?.startsWith("not checked")) return `Nothing was checked, so nothing is known.${gone}`;
    const nothing = local?.reason?.includes(MAY_REQUEST)
      ? "No job is seen to publish; of those that can request a token it is not known what they do."
      : "No job is seen to publish, so there was nothing to check.";
    return `${nothing}\n` +
      `   → where one does all the same: keyless explain publish-out-of-sight says what can be seen${gone}`;
  }
  if (open.length === 0) {
    const none = accepted.length > 0 ? `No other problems: ${accepted.join(", ")}.` : "No problems.";
    const silent = local?.seen?.some((line) => line.includes(NO_CREDENTIAL))
      ? " The files do not say what every job publishes with."
      : "";
    const next = unproven
      ? `But ${UNPROVEN}, so it proves nothing.`
      : "Before you tag a release: keyless rehearse";
    return `${none}${silent} ${next}${gone}`;
  }
  const looked = [
    counted(checked.files, "workflow"),
    counted(checked.jobs, "job"),
    counted(checked.packages, "package"),
  ].join(", ");
  const counts = [...open, ...accepted, ...uncheckedCounts(diagnosis)].join(", ");
  const repairs = findings.filter(({ fix, ignored }) => fix?.safe && ignored === null).length;
  const repair = repairs > 0
    ? `\n   → ${repairs} of these can be repaired: keyless doctor --fix, or --diff to see how`
    : "";
  return `${counts} · ${looked} · ${duration(elapsed)}${repair}${gone}`;
}

/** Folded lines, the first behind `first`; what follows an arrow stays behind it. */
function hanging(text: string, first: string, display: Display): string[] {
  return text.split("\n").flatMap((line, index) => {
    const arrow = /^ *(?:\u2192|->) /.exec(line)?.[0] ?? "";
    const lead = (index === 0 ? first : " ".repeat(width(first))) + arrow;
    return fold(line.slice(arrow.length), { width: display.width, first: lead });
  });
}

/** What there is to do, by severity. */
export function openCounts({ summary }: Diagnosis): string[] {
  return [
    ...summary.error ? [counted(summary.error, "error")] : [],
    ...summary.warning ? [counted(summary.warning, "warning")] : [],
    ...summary.info ? [`${summary.info} to know`] : [],
    ...summary.unverified ? [`${summary.unverified} not decidable`] : [],
  ];
}

/** What somebody has accepted. */
export function acceptedCounts({ summary, baseline }: Diagnosis): string[] {
  return [
    ...summary.ignored ? [`${summary.ignored} ignored`] : [],
    ...baseline?.known ? [`${baseline.known} in the baseline`] : [],
  ];
}

/** What could not be looked at. */
export function uncheckedCounts({ phases, unproven }: Diagnosis): string[] {
  const open =
    heard(phases).filter(({ status, reason }) => status === "skipped" && reason?.startsWith("not checked"))
      .length;
  return [...open ? [`${open} not checked`] : [], ...unproven ? [UNPROVEN] : []];
}

/** What is said of `--live` when it has done nothing. */
const UNPROVEN = "--live exchanged nothing";

/** The body of `keyless/doctor/1`; `root` is where its paths begin, from where keyless was started. */
export function diagnosisRecord(diagnosis: Diagnosis, root: string): object {
  const { checked, findings, phases, summary, baseline } = diagnosis;
  return { root, checked, findings: findings.map(findingJson), phases, summary, baseline };
}
