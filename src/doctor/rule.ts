import type { Parsed } from "../formats/located.ts";
import type { Project } from "../config/project.ts";
import type { Pipeline } from "../pipelines/model.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import type { PlacedProblem } from "../pipelines/read.ts";
import type { Start } from "../pipelines/starts.ts";
import type { Finding, Fix, Severity } from "../report/finding.ts";
import type { Bystander } from "./bystanders.ts";
import type { Settings } from "./settings.ts";
import type { Unbuilt } from "./unbuilt.ts";

/** What rules look at. */
export interface Subject {
  readonly project: Project;
  readonly pipelines: readonly Pipeline[];
  /** Every step that publishes and can run, of the pipelines that start by themselves and of those that only others start. */
  readonly publishing: readonly Publishing[];
  /** Jobs in which nothing is seen to publish, and that start what may with a token of theirs. */
  readonly suspected: readonly Publishing[];
  /** Steps with texts of strangers, in jobs that can request the OIDC token with which another job publishes. */
  readonly bystanders: readonly (Bystander & Pick<Publishing, "starts">)[];
  /** The texts of all files that were read, by path. */
  readonly sources: ReadonlyMap<string, string>;
  /** What the repository carries for the clients of registries. */
  readonly settings: Settings;
  /** The manifests of the packages, of crates those in the directories above too, and where something is published to npm those of the root and of its directory, by path. */
  readonly manifests: ReadonlyMap<string, Parsed>;
  /** What is wrong with those that cannot be read. */
  readonly unreadManifests: readonly PlacedProblem[];
  /** Files that packages name, that are not in the repository, and that nothing makes before. */
  readonly unbuilt: readonly Unbuilt[];
  /** Paths of CI files that are there and cannot be read. */
  readonly unread: ReadonlySet<string>;
  /** `owner/repo` of the git remote, `null` when there is none. */
  readonly remote: string | null;
  /** Addresses of all git remotes: a fork has its origin among them too. */
  readonly remotes: readonly string[];
  /** What git knows about declared workflow files that are not there. */
  readonly lost: ReadonlyMap<string, LostFile>;
  /** Whether the repository's root has the text of an open licence; asked where a publishing job may not read the code. */
  readonly openLicence: boolean;
  /** The GitHub Actions job that doctor runs in. */
  readonly running: RunningJob | null;
}

/** A step that publishes, and when it does. */
export interface Publishing extends PublishingJob {
  readonly starts: readonly Start[];
  /** That it may, by what cannot be read from here; `named` where that is a program which names the command. Absent: it is seen to. */
  readonly suspected?: "named" | "unnamed";
}

/** A file that was there once. */
export interface LostFile {
  /** Short hash of the commit that removed or renamed it. */
  readonly commit: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Its new path, `null` when it was removed. */
  readonly renamedTo: string | null;
}

/** What the environment says about the job around. */
export interface RunningJob {
  /** File name of the workflow that started. */
  readonly workflow: string;
  /** Whether it may request an OIDC token. */
  readonly oidc: boolean;
}

/**
 * What a rule reports; the engine adds what all findings of a rule share. What edits files is loaded for a fix alone, so that may take a moment. A function makes a fix that is not safe: most reports
 * show none of these.
 */
export type Report = Omit<SettledReport, "fix"> & {
  readonly fix?: Fix | null | Promise<Fix | null> | (() => Promise<Fix | null>);
};

/** A report whose fix is known. */
export type SettledReport =
  & Pick<Finding, "message" | "at">
  & Partial<
    Pick<
      Finding,
      "package" | "label" | "related" | "comparison" | "why" | "next" | "fix" | "confidence" | "severity"
    >
  >;

/** The sections of the report that are made from files alone. */
export type FilePhase =
  | "trust policy (local)"
  | "trust policy (declared)"
  | "credentials"
  | "publishing jobs"
  | "packages";

/** One rule, one file, one page in docs/rules, one folder of fixtures. */
export interface Rule {
  readonly code: string;
  readonly severity: Severity;
  /** `certain` unless said otherwise here or in a report. */
  readonly confidence?: Finding["confidence"];
  /** The section of the report that it belongs to. */
  readonly phase: FilePhase;
  check(subject: Subject): Iterable<Report>;
}
