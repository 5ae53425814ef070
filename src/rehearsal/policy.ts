/** What is registered at a registry: which job may publish a package. */
export interface PublisherRecord {
  /** Name of the registry. */
  readonly registry: string;
  readonly package: string;
  readonly owner: string;
  /** Without owner. */
  readonly repository: string;
  readonly ownerId: string;
  /** A file name, not a path. */
  readonly workflow: string;
  /** `null`: any environment, or none. */
  readonly environment: string | null;
  /** PyPI: a pending publisher; its first exchange creates the project. */
  readonly pending?: boolean;
  /** npm: what is allowed with it; default: `publish`. */
  readonly action?: "publish" | "stage";
}

/** A claim that is a text; anything else counts as absent. */
export function textClaim(claims: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = claims[name];
  return typeof value === "string" ? value : null;
}

/** Whether two names are equal but for letter case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
