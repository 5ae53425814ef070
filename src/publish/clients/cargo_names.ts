import { cargoVariable } from "../../registries/cargo_variable.ts";
import type { Registry } from "../../registries/registry.ts";
import type { Environment } from "./environment.ts";

/** `crates.io` is `crates-io` to cargo; any other name without what cargo does not accept in one. */
export function cargoName(registry: Registry): string {
  return registry.name === "crates.io" ? "crates-io" : registry.name.replace(/[^A-Za-z0-9_-]/g, "-");
}

/** Tells cargo where a registry's index is; nothing for crates.io, which it knows. */
export function indexVariable(registry: Registry): Environment {
  if (registry.name === "crates.io") return {};
  return { [cargoVariable(registry.name, "INDEX")]: `sparse+${registry.endpoints.index}` };
}

/** For crates.io cargo reads another setting than for all others, and ignores the one that would look right. */
export function providerVariable(registry: Registry): string {
  return cargoVariable(registry.name, "CREDENTIAL_PROVIDER");
}
