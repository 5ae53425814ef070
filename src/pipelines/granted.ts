import type { Location } from "../problem.ts";
import type { Fix } from "../report/finding.ts";
import type { Answer, Setting } from "./model.ts";

/** What the job's GITHUB_TOKEN and OIDC may do, by the platform's rules. */
export interface Permissions {
  allows(scope: string, level: "read" | "write"): Answer;
  /**
   * Whether a workflow of the same repository that the job calls may ask for it. Only where no block is written is that another question
   * than {@link allows}: a repository whose default is read and write lets a called workflow have the id-token that no job has by default.
   */
  grants(scope: string, level: "read" | "write"): Answer;
  /** What the deciding block says of all scopes at once (`read-all`, `write-all`); `null` where it names them, or says something else. */
  readonly all: "read" | "write" | null;
  /** The block that decides, `null` when none is written anywhere. */
  readonly at: Location | null;
  /** Whether the job's own block replaces one of the workflow. */
  readonly from: "job" | "workflow" | "default";
  /** The workflow's block when a job's block replaces it. */
  readonly replaced: Location | null;
  /** What the block says about a scope, with its place; `null` where it does not name it. */
  written(scope: string): Setting | null;
  /** What a block of the workflow says that the job's own replaces; GitHub holds it against what a caller grants all the same. */
  writtenAbove(scope: string): Setting | null;
  /** The key of the deciding block that was probably meant to be `scope` and is none, e.g. `id_token`. */
  misspelt(scope: string): { readonly name: string; readonly at: Location } | null;
  /** The edit that lets this job, and no other, do it; `null` where the text does not allow one. */
  granting(scope: string, level: "read" | "write"): Promise<Fix | null>;
}
