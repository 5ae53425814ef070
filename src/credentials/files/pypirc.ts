import { entriesOf, textOf } from "../../formats/located.ts";
import { parseIni } from "../../formats/ini.ts";
import type { Location } from "../../problem.ts";
import { type CredentialFile, type FiledCredential, held, SHORTEST } from "./filed_credential.ts";

/** What a `.pypirc` says about one index. */
export interface PypircIndex {
  /** The section's name. */
  readonly name: string;
  /** `null` where it is not given: then only `pypi` and `testpypi` have one. */
  readonly repository: string | null;
  /** Whether `index-servers` names it: twine and flit look at no other section. */
  readonly listed: boolean;
  readonly at: Location;
}

/** A comment behind a value, which is no comment but a part of it. */
export interface InlineComment {
  /** The section and the key: `[pypi] password`. */
  readonly section: string;
  readonly key: string;
  /** From the end of the value to the end of the line. */
  readonly at: Location;
  /** Whether there is no value before it. */
  readonly alone: boolean;
}

/** A `.pypirc`, as Python's RawConfigParser reads it for twine. https://packaging.python.org/en/latest/specifications/pypirc/ */
export interface Pypirc extends CredentialFile {
  readonly indexes: readonly PypircIndex[];
  readonly inlineComments: readonly InlineComment[];
}

/** Reads a `.pypirc`. @throws {UsageError} what `parseIni` does */
export function readPypirc(text: string, path: string): Pypirc {
  const { source, root } = parseIni(text, path);
  const servers = textOf(root, "distutils", "index-servers")?.value.split(/\s+/).filter(Boolean) ?? [];
  const credentials: FiledCredential[] = [];
  const inlineComments: InlineComment[] = [];
  const indexes: PypircIndex[] = [];
  for (const [section, table] of entriesOf(root)) {
    if (section === "distutils") continue;
    indexes.push({
      name: section,
      repository: textOf(table, "repository")?.value ?? null,
      listed: servers.includes(section),
      at: table.at,
    });
    for (const key of ["username", "password"]) {
      const entry = textOf(table, key);
      if (!entry) continue;
      const start = source.offsetOf(entry.at.start.line, entry.at.start.column);
      const value = withoutComment(entry.value);
      const end = start + value.length;
      const rest = entry.value.includes("\n") ? "" : entry.value.slice(value.length);
      // The line of a short password would be shown with it.
      const shown = key === "username" || value === "" || value.length >= SHORTEST;
      if (rest !== "" && shown) {
        inlineComments.push({ section, key, at: source.span(end, end + rest.length), alone: value === "" });
      }
      if (key === "username") continue;
      credentials.push({
        key,
        owner: section,
        ...held(value, [...value.matchAll(/\$\{?(\w+)\}?/g)].map(([, name]) => name!), key),
        at: rest === "" ? entry.at : source.span(start, end),
        keyAt: entry.keyAt ?? entry.at,
      });
    }
  }
  return { path, credentials, indexes, inlineComments };
}

function withoutComment(value: string): string {
  return value.replace(/(?:^|\s)[#;].*$/, "").trimEnd();
}
