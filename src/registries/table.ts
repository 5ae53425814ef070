import { crates } from "./crates.ts";
import { npm } from "./npm.ts";
import { pypi } from "./pypi.ts";
import type { Kind, Protocol, Registry } from "./registry.ts";

/** Every protocol, by the kind of registry that speaks it. */
export const PROTOCOLS: Readonly<Record<Kind, Protocol>> = { crates, pypi, npm };

/** How to talk to a registry. */
export function protocolOf(registry: Registry): Protocol {
  return PROTOCOLS[registry.kind];
}

export { isPublic, KNOWN, knownRegistry } from "./known.ts";
export { customRegistry, type RegistrySettings } from "./custom.ts";
