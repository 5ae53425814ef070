import type { Claims } from "../identity/claims.ts";
import type { Problem } from "../problem.ts";
import { refusedIssuer } from "./issuers.ts";
import { isPublic } from "./known.ts";
import type { Kind, Registry } from "./registry.ts";

/** Events that a kind of registry refuses whatever is registered. */
const REFUSED_EVENTS: Readonly<Record<Kind, readonly string[]>> = {
  crates: ["pull_request_target", "workflow_run"],
  pypi: ["pull_request_target"],
  npm: [],
};

/** A claim that a public registry of this kind refuses whatever is registered; `null` when none. */
export function refusedByRule(registry: Registry, claims: Claims): Problem | null {
  const event = claims.event;
  if (event && isPublic(registry) && REFUSED_EVENTS[registry.kind].includes(event)) {
    return { ...refusedEvent(registry, event), registry: registry.name };
  }
  return refusedIssuer(registry, claims);
}

/** The problem of a job that was started by an event which the registry refuses. */
export function refusedEvent(registry: Registry, event: string): Problem {
  return {
    code: "exchange-event-refused",
    message: `${registry.label} accepts no publishing from a run started by "${event}"`,
    why: ["Such runs mix the repository's rights with somebody else's input."],
    next: ["start the release by `push` of a tag, `release` or `workflow_dispatch`"],
  };
}
