import type { DeclaredPolicy, Package } from "../config/project.ts";
import { isPublic } from "../registries/known.ts";
import type { SettledReport, Subject } from "./rule.ts";

/** A publisher record, as a registry lists it. */
export interface FiledRecord {
  /** `owner/repo`, at GitLab with all groups; `null` where the registry does not show it. */
  readonly repository: string | null;
  /** The file's name, or at GitLab its path; `null` where the registry does not show it. */
  readonly workflow: string | null;
  /** `null`: the record names none. */
  readonly environment: string | null;
  /** What else it demands and nobody can compare from here, for people; `null`: nothing. */
  readonly unseen: string | null;
}

/** A package with what it declares. */
export type DeclaredPackage = Package & { readonly trustPolicy: DeclaredPolicy };

/** What asking a registry came to: what was found, by code; or why nothing was compared. */
export type RecordsChecked =
  | { readonly skipped: string }
  | {
    readonly skipped: null;
    /** How many packages were compared. */
    readonly compared: number;
    readonly reports: readonly RecordReport[];
    /** What is right, when nothing is wrong; absent: that the records are as declared. */
    readonly right?: string;
  };

/** A report that no rule made. */
export type RecordReport = SettledReport & { readonly code: string };

/** The packages that declare a trust policy for a public registry of a kind. */
export function declaring(subject: Subject, kind: Package["kind"]): DeclaredPackage[] {
  return subject.project.packages.filter((pkg): pkg is DeclaredPackage =>
    pkg.kind === kind && pkg.trustPolicy !== null && isPublic(pkg.registry)
  );
}
