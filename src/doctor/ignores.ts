import type { DoctorSettings } from "../config/project.ts";
import { type Comment, commentsOf } from "../formats/comments.ts";
import { SourceText } from "../formats/positions.ts";
import { plainLine } from "../host/redact.ts";
import type { Location } from "../problem.ts";
import type { Edit, Finding } from "../report/finding.ts";

/** Who accepts a finding: a comment beside it, or `[[doctor.ignore]]`. */
type IgnoredBy = "comment" | "configuration";

/** Something that accepts findings. */
export interface Ignore {
  readonly by: IgnoredBy;
  readonly codes: readonly IgnoredCode[];
  /** `null` where none is given: then nothing is accepted. */
  readonly reason: string | null;
  /** The comment, or the header of the table. */
  readonly at: Location;
  /** The file that it is about, or a glob for several; `null` for all. */
  readonly path: string | null;
  covers(place: Location): boolean;
  /** The edit after which it does not name these codes, or is gone when none is left; `null` where that is no matter of one line. */
  without(codes: readonly IgnoredCode[]): Edit | null;
}

/** A code as an {@link Ignore} names it. */
export interface IgnoredCode {
  readonly name: string;
  readonly at: Location;
}

/** All that accepts findings in a project, and what of it was of use. */
export class Ignores {
  readonly all: readonly Ignore[];
  readonly #byCode = new Map<string, Ignore[]>();
  readonly #used = new Set<IgnoredCode>();

  /** `matching` says which paths a glob means; not needed where no setting has one. */
  constructor(
    settings: DoctorSettings,
    sources: ReadonlyMap<string, string>,
    matching: (glob: string) => (path: string) => boolean = (path) => (other) => path === other,
  ) {
    this.all = [
      ...settings.ignore.map((setting) => fromSetting(setting, matching)),
      ...[...sources].flatMap(([path, text]) => fromComments(text, path)),
    ];
    for (const ignore of this.all) {
      for (const name of new Set(ignore.codes.map((each) => each.name))) {
        const others = this.#byCode.get(name);
        if (others) others.push(ignore);
        else this.#byCode.set(name, [ignore]);
      }
    }
  }

  /** Why a finding is accepted, and by whom; `null` when it is not. Whatever names it is of use from now on. */
  accept({ code, at, related }: Finding): { readonly reason: string; readonly by: IgnoredBy } | null {
    const places = [at, ...related.map((label) => label.at)];
    let accepted: { reason: string; by: IgnoredBy } | null = null;
    for (const ignore of this.#byCode.get(code) ?? []) {
      if (!places.some(ignore.covers)) continue;
      this.#used.add(ignore.codes.find(({ name }) => name === code)!);
      if (ignore.reason !== null) accepted ??= { reason: ignore.reason, by: ignore.by };
    }
    return accepted;
  }

  /** The codes of an ignore that no finding had so far. */
  unused({ codes }: Ignore): IgnoredCode[] {
    return codes.filter((code) => !this.#used.has(code));
  }
}

/** Whether the path of a setting means all paths of a form. */
export function isGlob(path: string): boolean {
  return /[*?[\]{}]/.test(path);
}

function fromSetting(
  { code, path: written, reason, at }: DoctorSettings["ignore"][number],
  matching: (glob: string) => (path: string) => boolean,
): Ignore {
  const path = written?.replace(/^(?:\.\/)+/, "") ?? null;
  const matches = path !== null && isGlob(path) ? matching(path) : () => false;
  return {
    by: "configuration",
    codes: [{ name: code, at }],
    reason,
    at,
    path,
    covers: (place) => path === null || place.path === path || matches(place.path),
    without: () => null,
  };
}

/** `# keyless: ignore[CODE, CODE] reason`; another comment may stand before or behind it. */
const DIRECTIVE =
  /(?<=^|\s)(?:#+|;+|\/\/)\s*keyless:\s*ignore\b[ \t]*(?:\[(?<codes>[^\]]{0,500})\])?[ \t:-]*(?<reason>.*?)(?=$|(?<=\s)(?:#|\/\/|;))/g;

function fromComments(text: string, path: string): Ignore[] {
  // Files without one are not searched for comments, which takes longer.
  if (!/keyless:\s*ignore/.test(text)) return [];
  const source = new SourceText(text, path);
  const comments = commentsOf(text, path);
  const below = linesBelow(comments);
  return comments.flatMap((comment) =>
    Array.from(comment.text.matchAll(DIRECTIVE), (found) => fromDirective(found, comment, source, below))
  );
}

/** For each line that holds nothing but a comment, the first line below it that holds more. */
function linesBelow(comments: readonly Comment[]): ReadonlyMap<number, number> {
  const below = new Map<number, number>();
  for (const { at, alone } of comments.toReversed()) {
    const next = at.start.line + 1;
    if (alone) below.set(at.start.line, below.get(next) ?? next);
  }
  return below;
}

function fromDirective(
  { 0: whole, index, groups }: RegExpExecArray,
  comment: Comment,
  source: SourceText,
  below: ReadonlyMap<number, number>,
): Ignore {
  const start = comment.at.start.offset - (source.text.length - source.body.length) + index;
  const span = (from: number, to: number) => source.span(start + from, start + to);
  const list = span(whole.indexOf("[") + 1, whole.indexOf("]"));
  const codes = groups!.codes === undefined ? [] : codesIn(groups!.codes, whole.indexOf("[") + 1, span);
  return {
    by: "comment",
    codes,
    reason: plainLine(groups!.reason!) || null,
    at: span(0, whole.trimEnd().length),
    path: source.path,
    covers: (place) => place.path === source.path && covers(comment, place, below),
    without(gone) {
      const left = codes.filter((code) => !gone.includes(code));
      return left.length > 0
        ? replacing(list, left.map(({ name }) => name).join(", "))
        : replacing(removed(source, start, start + whole.length), "");
    },
  };
}

/** The codes in the brackets that begin at `offset`. */
function codesIn(list: string, offset: number, span: (from: number, to: number) => Location): IgnoredCode[] {
  return [...list.matchAll(/[^\s,]+/g)].map(({ 0: name, index }) => ({
    name,
    at: span(offset + index, offset + index + name.length),
  }));
}

function replacing({ path, start, end }: Location, text: string): Edit {
  return { path, start: start.offset, end: end.offset, text };
}

/** On a line of the place, or in the comments directly above its first one. In a script, the line above alone. */
function covers({ at, alone, inner }: Comment, place: Location, below: ReadonlyMap<number, number>): boolean {
  const { line } = at.start;
  const { start, end } = place;
  // A span that ends before the first character of a line ends on the line before.
  const last = end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
  if (line >= start.line) return line <= last;
  return alone && start.line <= (inner ? line + 1 : below.get(line) ?? line + 1);
}

/** The stretch to take out: the whole line where nothing else stands there, else the words and the blanks before them. */
function removed(source: SourceText, from: number, to: number): Location {
  const { body } = source;
  const line = body.lastIndexOf("\n", from - 1) + 1;
  const next = body.indexOf("\n", to);
  const behind = body.slice(to, next < 0 ? undefined : next);
  if (behind.trim() !== "") return source.span(from, to + behind.length - behind.trimStart().length);
  const before = body.slice(line, from).trimEnd();
  if (before !== "") return source.span(line + before.length, to);
  return source.span(line, next < 0 ? body.length : next + 1);
}
