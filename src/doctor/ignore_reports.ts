import { suggest } from "../suggest.ts";
import { plainLine } from "../host/redact.ts";
import type { Ignore, IgnoredCode, Ignores } from "./ignores.ts";
import type { SettledReport } from "./rule.ts";

/** The codes of what is found about comments and settings that accept findings. */
export const IGNORE_CODES = ["ignore-without-reason", "unused-ignore"] as const;

/** A report, and the code that it has. */
export type CodedReport = SettledReport & { readonly code: (typeof IGNORE_CODES)[number] };

/** What to say about ignores of which everything is known. */
export interface IgnoresJudged {
  /** Whether every finding of this code would have been found; `false` where something was left out. */
  readonly judged: (code: string) => boolean;
  /** Codes that findings have. */
  readonly known: readonly string[];
}

/** What is wrong with the ignores themselves, once all findings have been held against them; what accepts these reports is not judged. */
export function* reportIgnores(ignores: Ignores, { judged, known }: IgnoresJudged): Iterable<CodedReport> {
  const own: readonly string[] = IGNORE_CODES;
  for (const ignore of ignores.all) {
    const unused = ignores.unused(ignore).filter(({ name }) => !own.includes(name) && judged(name));
    if (unused.length > 0 || (ignore.codes.length === 0 && judged(""))) yield useless(ignore, unused, known);
    if (ignore.reason === null && unused.length < ignore.codes.length) yield withoutReason(ignore);
  }
}

function withoutReason({ at, codes }: Ignore): CodedReport {
  const names = codes.map(({ name }) => plainLine(name, 80)).join(", ");
  return {
    code: "ignore-without-reason",
    message: `This comment would ignore ${names}, but it gives no reason`,
    at,
    label: "no reason",
    why: ["Whoever reads it later cannot tell whether it still holds, so the finding is reported."],
    next: [`say why it is accepted: # keyless: ignore[${names}] REASON`],
  };
}

function useless(ignore: Ignore, unused: readonly IgnoredCode[], known: readonly string[]): CodedReport {
  const nears = unused.flatMap(({ name }) => known.includes(name) ? [] : suggest(name, known) ?? []);
  const all = unused.length === ignore.codes.length;
  const edit = nears.length === 0 ? ignore.without(unused) : null;
  const what = all ? "the comment" : unused.map(({ name }) => plainLine(name, 80)).join(", ");
  return {
    code: "unused-ignore",
    message: messageOf(ignore, unused),
    at: all ? ignore.at : unused[0]!.at,
    label: "ignores nothing",
    why: ["Left behind, it would hide the next finding of this kind."],
    next: [
      ...nears.map((near) => `did you mean ${near}?`),
      ignore.by === "comment" ? `remove ${what}` : "remove this [[doctor.ignore]]",
    ],
    ...edit ? { fix: { safe: true, description: `remove ${what}`, edits: [edit] } } : {},
  };
}

function messageOf({ by, path }: Ignore, unused: readonly IgnoredCode[]): string {
  if (unused.length === 0) return "This comment ignores nothing, because it names no code";
  const names = unused.map(({ name }) => plainLine(name, 80)).join(" and ");
  const are = unused.length === 1 ? "is" : "are";
  if (by === "comment") return `This comment ignores ${names}, which ${are} not reported here`;
  return path === null
    ? `[[doctor.ignore]] names ${names}, which is reported nowhere`
    : `[[doctor.ignore]] names ${names} in ${plainLine(path)}, where it is not reported`;
}
