/**
 * The variable in which cargo looks for a setting of a registry; those of crates.io stand without a name. `*` stands for all settings.
 * https://doc.rust-lang.org/cargo/reference/config.html#environment-variables
 */
export function cargoVariable(
  registry: string,
  setting: "TOKEN" | "INDEX" | "CREDENTIAL_PROVIDER" | "*",
): string {
  return registry === "crates.io"
    ? `CARGO_REGISTRY_${setting}`
    : `CARGO_REGISTRIES_${registry.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${setting}`;
}
