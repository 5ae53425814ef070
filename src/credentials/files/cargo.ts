import { entriesOf, get, isText, type Located, textOf, textsOf } from "../../formats/located.ts";
import { parseToml } from "../../formats/toml.ts";
import type { Location } from "../../problem.ts";
import { type CredentialFile, type FiledCredential, held } from "./filed_credential.ts";

/** A choice of credential providers in cargo's settings. */
export interface CargoProviders {
  /** The table that makes it: `registry`, `registries.NAME`. */
  readonly table: string;
  readonly key: "credential-provider" | "global-credential-providers";
  /** One for each provider, with its arguments; of `credential-provider` one alone. */
  readonly providers: readonly string[];
  readonly at: Location;
  readonly keyAt: Location;
}

/** Cargo's `config.toml` or `credentials.toml`. https://doc.rust-lang.org/cargo/reference/config.html */
export interface CargoFile extends CredentialFile {
  /** `credentials`: cargo reads it in its home and nowhere else. */
  readonly kind: "config" | "credentials";
  readonly providers: readonly CargoProviders[];
  /** Keys of `[registries.crates-io]` that mean something in `[registry]`, and nothing here. */
  readonly ignored: readonly { readonly key: string; readonly keyAt: Location }[];
}

/** How cargo calls crates.io, whose settings stand in `[registry]`. */
const CRATES_IO = "crates-io";

/** Reads a file of cargo's, by its name one or the other. @throws {UsageError} what `parseToml` does */
export function readCargo(text: string, path: string): CargoFile {
  const { root } = parseToml(text, path);
  const tables: [name: string, owner: string, table: Located | undefined][] = [
    ["registry", "crates.io", get(root, "registry")],
    ...entriesOf(root, "registries").filter(([name]) => name !== CRATES_IO).map((
      [name, table],
    ): [string, string, Located] => [
      `registries.${name}`,
      name,
      table,
    ]),
  ];
  return {
    path,
    kind: /credentials(?:\.toml)?$/.test(path) ? "credentials" : "config",
    credentials: tables.flatMap(([, owner, table]) =>
      ["token", "secret-key"].flatMap((key): FiledCredential[] => {
        const value = textOf(table, key);
        return value
          ? [{ key, owner, ...held(value.value, [], key), at: value.at, keyAt: value.keyAt ?? value.at }]
          : [];
      })
    ),
    ignored: entriesOf(root, "registries", CRATES_IO).flatMap(([key, { at, keyAt }]) =>
      ["token", "credential-provider"].includes(key) ? [{ key, keyAt: keyAt ?? at }] : []
    ),
    providers: tables.flatMap(([name, , table]) => [
      ...chosen(name, table, "credential-provider"),
      ...name === "registry" ? chosen(name, table, "global-credential-providers") : [],
    ]),
  };
}

function chosen(table: string, located: Located | undefined, key: CargoProviders["key"]): CargoProviders[] {
  const value = get(located, key);
  if (!value) return [];
  const words = isText(value) ? value.value.split(/\s+/) : textsOf(value).map((each) => each.value);
  const providers = key === "credential-provider" ? [words.join(" ")] : words;
  return [{ table, key, providers, at: value.at, keyAt: value.keyAt ?? value.at }];
}
