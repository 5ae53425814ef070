import { isText, type Located, typeName } from "../../formats/located.ts";
import type { SourceText } from "../../formats/positions.ts";
import { plainLine } from "../../host/redact.ts";
import { type Location, type Problem, UsageError } from "../../problem.ts";
import type { Kind } from "../../registries/registry.ts";
import type { ProjectFiles } from "./files.ts";

/** What a manifest says about one package, before anything is decided. */
export interface Manifest {
  readonly kind: Kind;
  /** Relative to the root, with `/`; `.` for the root itself. */
  readonly directory: string;
  /** The file, relative to the root. */
  readonly file: string;
  readonly source: SourceText;
  /** `null` where it has none, or computes it. */
  readonly name: Located<string> | null;
  readonly version: string | null;
  /** What decides the version where the manifest does not hold it; `null` where nothing does. */
  readonly versionFrom: string | null;
  /** Why it is never published; `null` where it may be. */
  readonly unpublished: string | null;
  /** The only registries that it may go to, as cargo names them or by address; `null`: it does not say. */
  readonly registries: { readonly names: readonly string[]; readonly at: Location } | null;
  /** What must be there before it can be used. */
  readonly dependencies: readonly Dependency[];
  readonly access: "public" | "restricted" | null;
  readonly tag: string | null;
  /** Normalised to `https://host/owner/repo`. */
  readonly repositoryUrl: string | null;
  /** The name, else the beginning of the manifest. */
  readonly at: Location;
}

export interface Dependency {
  readonly name: string;
  /** Where the manifest says that it is, relative to the root; `null` where it goes by the name alone. */
  readonly path: string | null;
  /** Whether it must be a package of this repository (`path = …`, `workspace:`), or only may be one. */
  readonly local: boolean;
}

/** Reads the package in a directory; `null` where there is none of this kind. @throws {UsageError} what the parsers throw */
export type ManifestReader = (files: ProjectFiles, directory: string) => Promise<Manifest | null>;

/** The text of `version`; `null` where there is none. @throws {UsageError} `wrong-type` where it is something else, which every client refuses */
export function versionOf(value: Located | undefined, source: SourceText): string | null {
  if (value === undefined) return null;
  if (isText(value)) return value.value;
  const parts = /^\d+(?:\.\d+)?$/.test(String(value.value)) ? String(value.value).split(".") : ["1"];
  const example = `"${[...parts, "0", "0"].slice(0, 3).join(".")}"`;
  throw new UsageError(source.problem(value.at, {
    code: "wrong-type",
    message: `"version" in ${plainLine(source.path)} is ${typeName(value)}, and must be text`,
    next: [`write it in quotes, with all its parts: ${example}`],
  }));
}

/** A manifest that lacks what publishing needs. */
export function incomplete(
  manifest: Pick<Manifest, "source" | "at" | "file">,
  what: string,
  next: string,
): Problem {
  return manifest.source.problem(manifest.at, {
    code: "manifest-incomplete",
    message: `${plainLine(manifest.file)} ${what}`,
    next: [next],
  });
}
