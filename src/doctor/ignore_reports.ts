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
  /** Files that findings may point at. */
  readonly paths: readonly string[];
}

/** What is wrong with the ignores themselves, once all findings have been held against them; what accepts these reports is not judged. */
export function* reportIgnores(ignores: Ignores, about: IgnoresJudged): Iterable<CodedReport> {
  const { judged } = about;
  const own: readonly string[] = IGNORE_CODES;
  for (const ignore of ignores.all) {
    const unused = ignores.unused(ignore).filter(({ name }) => !own.includes(name) && judged(name));
    if (unused.length > 0 || (ignore.codes.length === 0 && judged(""))) yield useless(ignore, unused, about);
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

function useless(
  ignore: Ignore,
  unused: readonly IgnoredCode[],
  { known, paths }: IgnoresJudged,
): CodedReport {
  const meant = new Map(unused.flatMap(({ name }) => {
    const near = known.includes(name) ? null : suggest(name, known);
    return near === null ? [] : [[name, near]];
  }));
  const file = ignore.path === null || paths.includes(ignore.path) ? null : suggest(ignore.path, paths);
  const guesses = [
    ...[...meant.values()].map((near) => `did you mean ${near}?`),
    ...file === null ? [] : [`did you mean the file ${plainLine(file)}?`],
  ];
  const all = unused.length === ignore.codes.length;
  const edit = meant.size === 0 ? ignore.without(unused) : null;
  const names = unused.map(({ name }) => plainLine(name, 80));
  const what = all ? "the comment" : names.join(", ");
  return {
    code: "unused-ignore",
    message: messageOf(ignore, unused, meant),
    at: all ? ignore.at : unused[0]!.at,
    label: "ignores nothing",
    why: ["Left behind, it would hide the next finding of this kind."],
    next: [
      ...guesses,
      (guesses.length > 0 ? "or " : "") +
      (ignore.by === "comment" ? `remove ${what}` : "remove this [[doctor.ignore]]"),
    ],
    ...edit
      ? {
        fix: {
          safe: true,
          description: names.length === 0 ? `remove ${what}` : `remove ignore[${names.join(", ")}]`,
          edits: [edit],
        },
      }
      : {},
  };
}

/** `meant`: what misspelt codes were probably meant to be. */
function messageOf(
  { by, path }: Ignore,
  unused: readonly IgnoredCode[],
  meant: ReadonlyMap<string, string>,
): string {
  if (unused.length === 0) return "This comment ignores nothing, because it names no code";
  const names = unused.map(({ name }) => {
    const near = meant.get(name);
    return plainLine(name, 80) + (near === undefined ? "" : ` (did you mean ${near}?)`);
  }).join(" and ");
  const are = unused.length === 1 ? "is" : "are";
  if (by === "comment") return `This comment ignores ${names}, which ${are} not reported here`;
  return path === null
    ? `[[doctor.ignore]] names ${names}, which is reported nowhere`
    : `[[doctor.ignore]] names ${names} in ${plainLine(path)}, where it is not reported`;
}
