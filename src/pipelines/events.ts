/** What kind of ref a run has: `refs/heads/…`, `refs/tags/…` or `refs/pull/…`. */
export type RefKind = "branch" | "tag" | "pull";

/**
 * GitHub's events whose runs people publish from, and the kinds of refs that such a run can have, the usual one first
 * (https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows).
 */
export const EVENTS: Readonly<Record<string, readonly RefKind[]>> = {
  push: ["branch", "tag"],
  release: ["tag"],
  workflow_dispatch: ["branch", "tag"],
  repository_dispatch: ["branch"],
  schedule: ["branch"],
  workflow_run: ["branch"],
  create: ["tag", "branch"],
  deployment: ["branch", "tag"],
  deployment_status: ["branch", "tag"],
  registry_package: ["branch", "tag"],
  merge_group: ["branch"],
  pull_request: ["pull"],
  pull_request_target: ["branch"],
  issues: ["branch"],
  issue_comment: ["branch"],
};

/** The kinds of refs that a run for an event of one of these types can have; `null` where it is not known. */
export function refKindsOf(event: string, types: readonly string[] | null = null): readonly RefKind[] | null {
  // The run for a pull request that was merged is one of its base branch.
  if (event === "pull_request" && types?.includes("closed")) return ["pull", "branch"];
  return Object.hasOwn(EVENTS, event) ? EVENTS[event]! : null;
}

/** What the refs of a kind begin with. */
export const PREFIXES: Readonly<Record<RefKind, string>> = {
  branch: "refs/heads/",
  tag: "refs/tags/",
  pull: "refs/pull/",
};

/** `refs/tags/v1.0.0` for the tag `v1.0.0`. */
export function refOf(kind: RefKind, name: string): string {
  return PREFIXES[kind] + name;
}

/** A full ref taken apart; `null` for one that no run has. */
export function partsOf(ref: string): { readonly kind: RefKind; readonly name: string } | null {
  const found = Object.entries(PREFIXES).find(([, prefix]) => ref.startsWith(prefix));
  return found ? { kind: found[0] as RefKind, name: ref.slice(found[1].length) } : null;
}
