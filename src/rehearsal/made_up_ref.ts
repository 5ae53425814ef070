/** Where a filter pattern leaves room. */
const OPEN = /\*+|\[[^\]]+\]|[?+]/;

/** A tag that a workflow would start for: its patterns with the version in them, else with the least that matches. */
export function madeUpTag(
  patterns: readonly string[] | null,
  version: string | null,
  starts: (tag: string) => boolean,
): string {
  const positive = (patterns ?? ["v*"]).filter((pattern) => !pattern.startsWith("!"));
  const versions = [...version === null ? [] : [version], "1.0.0"];
  const candidates = [
    ...versions.flatMap((each) => positive.flatMap((pattern) => withVersion(pattern, each))),
    ...positive.map(filled),
  ];
  return candidates.find(starts) ?? `v${versions[0]}`;
}

/** A branch that a workflow would start for: one that it names, `main`, one that is there, else one that matches. */
export function madeUpBranch(
  patterns: readonly string[] | null,
  branches: readonly string[],
  starts: (branch: string) => boolean,
): string {
  const positive = (patterns ?? []).filter((pattern) => !pattern.startsWith("!"));
  const named = positive.filter((pattern) => !OPEN.test(pattern));
  return [...named, "main", ...branches, ...positive.map(filled)].find(starts) ?? "main";
}

/** `v1.2.0` for `v*`, and for `v1.*`; nothing for `v2.*`, where it would not be that version. */
function withVersion(pattern: string, version: string): string[] {
  const open = OPEN.exec(pattern);
  if (!open) return [pattern];
  // A quantifier belongs to the character before it.
  const fixed = pattern.slice(0, open.index - (/[?+]/.test(open[0]) ? 1 : 0));
  const [, lead, digits] = /^(.*?)([\d.]*)$/s.exec(fixed)!;
  if (!version.startsWith(digits!)) return [];
  const tail = pattern.split(new RegExp(OPEN, "g")).at(-1)!;
  return [lead! + version, lead! + version + tail];
}

/** The least that a pattern matches. */
function filled(pattern: string): string {
  return pattern.replaceAll(
    new RegExp(OPEN, "g"),
    (part) => part.startsWith("*") ? "0" : part.startsWith("[") ? part[1]! : "",
  );
}
