import { cargoVariable } from "./cargo_variable.ts";
import type { Registry } from "./registry.ts";

/** Variables in which people keep a token for a public registry, in the order in which they are looked at. */
const LOOKED_AT: ReadonlyMap<string, readonly string[]> = new Map([
  ["crates.io", [cargoVariable("crates.io", "TOKEN")]],
  ["pypi", ["PYPI_API_TOKEN", "TWINE_PASSWORD", "UV_PUBLISH_TOKEN"]],
  ["testpypi", ["TESTPYPI_API_TOKEN", "TWINE_PASSWORD", "UV_PUBLISH_TOKEN"]],
  ["npm", ["NODE_AUTH_TOKEN", "NPM_TOKEN"]],
]);

/** Names that hold a token for this registry and for no other, so that a token never meets another host. */
export function variablesOf({ name, kind }: Pick<Registry, "name" | "kind">): readonly string[] {
  return LOOKED_AT.get(name) ?? (kind === "crates" ? [cargoVariable(name, "TOKEN")] : []);
}

/** What else holds a credential of somebody in particular, by name. */
const OWNED: readonly (readonly [name: RegExp, owner: string])[] = [
  [/^(?:CARGO_REGISTRIES_CRATES_IO_TOKEN|CARGO_TOKEN|CRATES_IO_TOKEN)$/, "crates.io"],
  [/^(?:PYPI_TOKEN|PYPI_ID_TOKEN|POETRY_PYPI_TOKEN_PYPI|MATURIN_PYPI_TOKEN)$/, "PyPI"],
  [/^(?:NPM_AUTH_TOKEN|NPM_ID_TOKEN|NPM_CONFIG_TOKEN|NPM_CONFIG__AUTH)$/, "npm"],
  [/^SIGSTORE_ID_TOKEN$/, "Sigstore"],
  [/^ACTIONS_/, "GitHub Actions"],
  [/^(?:GITHUB|GH)_(?:.*_)?(?:TOKEN|PAT)$/, "GitHub"],
];

/** Whose credential a variable holds by its name, where that is not whoever is at `host`; `null` where the name does not tell. */
export function ownerElsewhere(variable: string, host: string): string | null {
  // On Windows the case of a variable's name means nothing.
  const name = variable.toUpperCase();
  const [registry] = [...LOOKED_AT].find(([, names]) => names.includes(name)) ?? [];
  const owner = registry ?? OWNED.find(([form]) => form.test(name))?.[1] ?? null;
  return owner === "GitHub" && host.endsWith(".pkg.github.com") ? null : owner;
}
