import type { Site } from "../site.ts";
import type { Shelf } from "./shelf.ts";

/** A minted token remembers nothing beyond its projects. */
export type PypiGrant = "trusted publisher";

/** Everything that the calls of one embedded PyPI share. */
export interface PypiSite extends Site<PypiGrant> {
  readonly audience: string;
  /** The host that its tokens name: `pypi.org` or `test.pypi.org`. */
  readonly location: string;
  readonly shelf: Shelf;
}
