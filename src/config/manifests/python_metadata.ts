import type { Located } from "../../formats/located.ts";
import type { SourceText } from "../../formats/positions.ts";
import { plainLine } from "../../host/redact.ts";
import type { Dependency } from "./manifest.ts";

/** What one of the files of a Python package says; the files are asked in turn. */
export interface Says {
  readonly file: string;
  readonly source: SourceText;
  readonly name: Located<string> | null;
  readonly version: string | null;
  readonly versionFrom: string | null;
  readonly unpublished: string | null;
  readonly dependencies: readonly Dependency[];
  readonly repository: string | null;
}

/** The name in a requirement such as `one[extra]>=1; python_version < "3.12"` (PEP 508). */
export function requirement(text: string): Dependency[] {
  const name = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(text)?.[1];
  return name ? [{ name, path: null, local: false }] : [];
}

/** A classifier that makes indexes refuse the package; `null` where none of these does. */
export function privateBecause(classifiers: readonly string[]): string | null {
  const own = classifiers.map((line) => line.trim()).find((line) => line.startsWith("Private ::"));
  return own ? `classifier "${plainLine(own, 80)}"` : null;
}
