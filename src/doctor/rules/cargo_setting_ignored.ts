import type { Report, Rule } from "../rule.ts";

/** Cargo reads `[registry]` for crates.io; a table of its own for crates.io looks right, and says nothing to it. */
export const cargoSettingIgnored: Rule = {
  code: "cargo-setting-ignored",
  severity: "warning",
  phase: "credentials",
  *check({ settings, sources }) {
    for (const { kind, path, ignored, credentials } of settings.cargo) {
      for (const { key, keyAt } of ignored) {
        yield {
          message: `cargo does not read ${key} of [registries.crates-io]`,
          at: keyAt,
          label: "has no effect",
          why: [
            "The settings of crates.io stand in [registry]; those of all other registries in [registries.NAME].",
          ],
          next: [`move it to [registry]: ${key} = …`],
        } satisfies Report;
      }
      const [first] = credentials;
      if (kind !== "credentials" || !first || isHome(sources)) continue;
      yield {
        message: `cargo does not read ${path}`,
        at: first.keyAt,
        label: "has no effect",
        why: [
          "Credentials are read from $CARGO_HOME/credentials.toml alone, by default ~/.cargo/credentials.toml.",
        ],
        next: [
          `remove the file; in CI, publish with OIDC or set ${
            first.owner === "crates.io" ? "CARGO_REGISTRY_TOKEN" : "CARGO_REGISTRIES_NAME_TOKEN"
          }`,
        ],
      } satisfies Report;
    }
  },
};

/** Whether somebody moves cargo's home, perhaps to where the file is. */
function isHome(sources: ReadonlyMap<string, string>): boolean {
  return [...sources.values()].some((text) => text.includes("CARGO_HOME"));
}
