import type { PublisherRecord } from "../policy.ts";
import { type Incoming, Refused } from "../server.ts";
import type { Site } from "../site.ts";
import type { Shelf } from "./shelf.ts";

/** Everything that the calls of one embedded npm registry share. A minted token remembers the record that it was minted by. */
export interface NpmSite extends Site<PublisherRecord> {
  readonly audiences: readonly string[];
  readonly shelf: Shelf;
  /** How many readers do not see a new version yet. */
  readonly lag: number;
}

/** A package's name inside a path, in each of the ways in which clients escape it; one group. */
export const NAME = "((?:@|%40)[^/%]+(?:/|%2f)[^/]+|[^/@%-][^/]*)";

/** A pattern over whole paths, in which `NAME` stands for a package's name. */
export function path(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace("NAME", NAME)}$`, "i");
}

/** The token of `Authorization: Bearer TOKEN`; `""` when there is none. */
export function bearer(request: Incoming): string {
  return /^bearer\s+(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
}

/** What npm answers for what is not there, and for what one may not know of. */
export function notFound(): Refused {
  return new Refused(404, "Not found");
}
