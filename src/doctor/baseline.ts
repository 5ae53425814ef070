import { get, isList, isTable, isText, type Located, typeName } from "../formats/located.ts";
import { decodeUtf8, readNamed } from "../formats/text.ts";
import { plainLine } from "../host/redact.ts";
import { UsageError } from "../problem.ts";
import type { ReportedFinding } from "../report/finding.ts";

/** The name of the format of a baseline; see docs/schema/baseline.json. */
export const BASELINE_SCHEMA = "keyless/baseline/1";

/** Findings that were there before someone began to look. */
export interface Baseline {
  /** Whether the finding with this fingerprint is one of them. */
  has(fingerprint: string): boolean;
  /** How many of them are none of these any more. */
  gone(fingerprints: readonly string[]): number;
}

/** A baseline that is about to be written: whatever is found is in it. */
export const EVERYTHING: Baseline = { has: () => true, gone: () => 0 };

/** A finding as a baseline keeps it. */
export type Entry = Pick<ReportedFinding, "code" | "at" | "message" | "fingerprint">;

/** The text of a baseline that has these findings, sorted, so that two of them can be compared line by line. */
export function baselineText(findings: readonly Entry[]): string {
  const entries = findings.map(({ code, at, message, fingerprint }) => ({
    path: at.path,
    code,
    message: plainLine(message),
    fingerprint,
  }));
  const key = (entry: typeof entries[number]) => JSON.stringify(Object.values(entry));
  const sorted = entries.toSorted((a, b) => key(a) < key(b) ? -1 : 1);
  return `${JSON.stringify({ schema: BASELINE_SCHEMA, findings: sorted }, null, 2)}\n`;
}

/** Reads a baseline. @throws {UsageError} `no-such-file`, `baseline-malformed`, `json-syntax`, `text-not-utf8` */
export async function readBaseline(file: string): Promise<Baseline> {
  const name = plainLine(file);
  const bytes = await readNamed(file, 64 << 20);
  if (bytes === null) {
    throw new UsageError({
      code: "no-such-file",
      message: `There is no baseline "${name}"`,
      next: [`write it: keyless doctor --write-baseline ${name}`],
    });
  }
  const { parseJson } = await import("../formats/json.ts");
  const { source, root } = parseJson(decodeUtf8(bytes, name), name);
  const refuse = (what: string, where: Located) =>
    new UsageError(source.problem(where.at, {
      code: "baseline-malformed",
      message: `Cannot read the baseline ${name}: ${what}`,
      next: [`write it anew: keyless doctor --write-baseline ${name}`],
    }));
  const schema = get(root, "schema");
  if (schema?.value !== BASELINE_SCHEMA) {
    throw refuse(`its "schema" is not "${BASELINE_SCHEMA}"`, schema ?? root);
  }
  const findings = get(root, "findings");
  if (!isList(findings)) {
    throw refuse(findings ? `"findings" is ${typeName(findings)}` : 'it has no "findings"', findings ?? root);
  }
  const entries = new Set(findings.value.map((entry) => {
    const fingerprint = get(entry, "fingerprint");
    if (isText(fingerprint)) return fingerprint.value;
    if (!isTable(entry)) throw refuse(`a finding is ${typeName(entry)}`, entry);
    throw refuse('a finding has no "fingerprint"', fingerprint ?? entry);
  }));
  return {
    has: (fingerprint) => entries.has(fingerprint),
    gone: (fingerprints) => entries.difference(new Set(fingerprints)).size,
  };
}
