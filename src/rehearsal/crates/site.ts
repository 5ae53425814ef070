import type { Site } from "../site.ts";
import type { CratesUpstream, Shelf } from "./shelf.ts";

/** What a minted token remembers of the job that it was minted for: `trustpub_data` of the web API. */
export interface CratesGrant {
  readonly provider: "github";
  readonly repository: string;
  readonly run_id: string;
  readonly sha: string;
}

/** Everything that the calls of one embedded crates.io share. */
export interface CratesSite extends Site<CratesGrant> {
  readonly audience: () => string;
  readonly shelf: Shelf;
  readonly upstream: CratesUpstream;
  /** How many readers of the index do not see a new version yet. */
  readonly lag: number;
  /** Whether description and license are demanded, as crates.io does. */
  readonly metadataRequired: boolean;
}
