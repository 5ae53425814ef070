import { plainLine } from "../host/redact.ts";
import type { Display } from "../host/terminal.ts";
import type { Finding } from "./finding.ts";
import { fold } from "./fold.ts";
import { paint, type Role } from "./style.ts";
import { symbols, worded } from "./symbols.ts";

/** What became of the fixes that findings carry. */
export interface Fixes<F extends Finding = Finding> {
  readonly applied: readonly F[];
  /** It may change behaviour, and only safe ones were asked for. */
  readonly heldBack: readonly F[];
  /** It changes what another one changes. */
  readonly overlapping: readonly F[];
  /** The file would no longer be read, or the next look would want it changed for ever: a mistake of ours. */
  readonly broken: readonly F[];
}

/** What became of the fixes, for people; `planned`: nothing was written. Empty where no finding carries any, else ends with a line break. */
export function renderFixes(fixes: Fixes, display: Display, options: { planned?: boolean } = {}): string {
  const { applied, heldBack, overlapping, broken } = fixes;
  const signs = symbols(display);
  const files = new Set(applied.flatMap((finding) => finding.fix!.edits.map((edit) => edit.path))).size;
  const verb = options.planned ? "Would fix" : "Fixed";
  const they = heldBack.length === 1 ? "it" : "they";
  const overlap = overlapping.length === 1 ? "it overlaps another" : "they overlap others";
  const sections: readonly (readonly [readonly Finding[], string, Role, string])[] = [
    [applied, signs.ok, "ok", `${verb} ${counted(applied.length, "finding")} in ${counted(files, "file")}`],
    [
      heldBack,
      signs.nothing,
      "faint",
      `${heldBack.length} held back: ${they} may change behaviour; --fix=unsafe`,
    ],
    [overlapping, signs.warning, "warning", `${overlapping.length} not fixed: ${overlap}; run again`],
    [
      broken,
      signs.error,
      "error",
      `${broken.length} not fixed: the repair does not hold, which is a mistake of keyless`,
    ],
  ];
  return sections.filter(([findings]) => findings.length > 0).flatMap(([findings, sign, role, title]) => [
    ...fold(worded(title, display), { width: display.width, first: `${paint(sign, role, display)} ` }),
    // Findings with one and the same repair share its line.
    ...new Set(findings.map((finding) => line(finding, display).join("\n"))),
  ]).map((each) => `${each}\n`).join("");
}

function line({ at, code, fix }: Finding, display: Display): string[] {
  const place = `${display.above ?? ""}${plainLine(at.path)}:${at.start.line}`;
  const text = `${place} ${paint(code, "strong", display)}: ${plainLine(fix!.description)}`;
  return fold(worded(text, display), { width: display.width, first: "   ", rest: "     " });
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
