import { PREFIXES, type RefKind } from "./events.ts";

/** Names of refs that conditions ask for. */
export interface AskedRef {
  /** In words: a name, what it begins with (`release*`), or `the default branch`. */
  readonly pattern: string;
  /** A name that fits, and that no other text in a condition is like. */
  readonly example: string;
}

/** A name that nobody's condition asks for: git takes no `~` in a ref. */
export const OTHER_NAME = "~";
/** What stands in for the name of the default branch, which only GitHub knows. */
export const DEFAULT_BRANCH = "~default";

const REF = String.raw`(?<![\w.-])github\.(?:event\.)?(?:ref_name|ref)(?![\w.-])`;
/** GitHub takes no longer name of a branch or tag. */
const TEXT = String.raw`'((?:[^']|''){0,266})'`;
const DEFAULT = String.raw`(?<![\w.-])github\.event\.repository\.default_branch(?![\w.-])`;

/** What asks for a ref by its name: by all of it, or by what it begins with. */
const ASKED = new RegExp(
  [
    String.raw`${REF}\s{0,9}[!=]=\s{0,9}${TEXT}`,
    String.raw`${TEXT}\s{0,9}[!=]=\s{0,9}${REF}`,
    String.raw`\bstartsWith\(\s{0,9}${REF}\s{0,9},\s{0,9}${TEXT}\s{0,9}\)`,
    String.raw`\bcontains\(\s{0,9}${REF}\s{0,9},\s{0,9}'(refs\/(?:[^']|''){0,261})'\s{0,9}\)`,
    String.raw`${REF}\s{0,9}[!=]=\s{0,9}${DEFAULT}`,
    String
      .raw`${REF}\s{0,9}[!=]=\s{0,9}format\(\s{0,9}'refs\/heads\/\{0\}'\s{0,9},\s{0,9}${DEFAULT}\s{0,9}\)`,
  ].join("|"),
  "gi",
);
/** Any other question after one, also `github['ref']`. */
const ASKED_OTHERWISE = /(?<!\w)(?:ref|ref_name|default_branch)(?!\w)/i;

/** More of them than anybody lists are as good as not known. */
const MOST = 10;

/** The refs of a kind that conditions ask for; `null` where one asks for them in another way, or for very many. */
export function askedRefs(conditions: readonly string[], kind: RefKind): readonly AskedRef[] | null {
  const found = new Map<string, AskedRef>();
  for (const condition of conditions) {
    if (ASKED_OTHERWISE.test(condition.replace(ASKED, ""))) return null;
    for (const [written, ...texts] of condition.matchAll(ASKED)) {
      const text = texts.find((each) => each !== undefined)?.replaceAll("''", "'");
      const name = text?.startsWith(PREFIXES[kind]) ? text.slice(PREFIXES[kind].length) : text;
      const begins = /^(?:startsWith|contains)\(/i.test(written);
      const asked = name === undefined
        ? { pattern: "the default branch", example: DEFAULT_BRANCH }
        : begins
        ? { pattern: `${name}*`, example: name + OTHER_NAME }
        : { pattern: name, example: name };
      found.set(asked.pattern, asked);
    }
  }
  return found.size > MOST ? null : [...found.values()];
}
