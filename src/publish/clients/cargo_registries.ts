import { entriesOf, textOf } from "../../formats/located.ts";
import { parseToml } from "../../formats/toml.ts";
import { readText } from "../../host/files.ts";
import type { Session } from "../../host/session.ts";
import { KeylessError } from "../../problem.ts";
import { parent } from "./cargo_workspace.ts";
import type { Environment } from "./environment.ts";
import { cargoHomes } from "./toolchain.ts";

/** A provider that does not exist. With a second word it is no alias, which the repository's settings could give a meaning. */
const NO_CREDENTIAL = "no-credential given-by-keyless";

/**
 * Where the repository's cargo settings say that other registries are, as variables: an upload starts where those settings are not found,
 * and a dependency may come from one of them. Nothing else of the settings is taken over. Nearer files count more. An address in the
 * user's own settings stays, and none of the user's tokens goes to an address of the repository's.
 */
export async function declaredIndexes(
  session: Session,
  manifest: string,
  top: string,
): Promise<Environment> {
  const own = [...await ownRegistries(session)].filter(([, index]) => index !== null);
  const settled = new Set(["crates-io", ...own.map(([name]) => name)].map(variable));
  const found: Record<string, string> = {};
  for (const path of settingsAbove(manifest, top)) {
    for (const [name, index] of await registriesIn(path)) {
      if (index === null || settled.has(variable(name))) continue;
      found[`${variable(name)}_INDEX`] ??= index;
      found[`${variable(name)}_CREDENTIAL_PROVIDER`] = NO_CREDENTIAL;
    }
  }
  return found;
}

/**
 * Keeps cargo from reading a token while the repository's settings count: they may say for any registry where it is, and which provider
 * gives the credential. Where a registry wants one, cargo fails.
 */
export async function withoutCredential(
  session: Session,
  manifest: string,
): Promise<{ readonly args: readonly string[]; readonly env: Environment }> {
  const names = ["crates-io", ...(await ownRegistries(session)).keys()];
  for (const path of settingsAbove(manifest, "/")) {
    names.push(...(await registriesIn(path)).map(([name]) => name));
  }
  const variables = ["CARGO_REGISTRY", ...names.map(variable)].map((name) => `${name}_CREDENTIAL_PROVIDER`);
  return {
    // The last provider of the list is asked first, and its failure ends the search. As a variable, the list would be cut at blanks.
    args: ["--config", `registry.global-credential-providers=[${JSON.stringify(NO_CREDENTIAL)}]`],
    env: Object.fromEntries(variables.map((name) => [name, NO_CREDENTIAL])),
  };
}

/** Registries for which the user has an address or a token; the address is `null` where there is none. */
async function ownRegistries(session: Session): Promise<Map<string, string | null>> {
  const { CARGO_HOME: home } = cargoHomes(session);
  const found = new Map<string, string | null>();
  for (const file of ["credentials.toml", "credentials", "config.toml", "config"]) {
    for (const [name, index] of await registriesIn(`${home}/${file}`)) {
      found.set(name, index ?? found.get(name) ?? null);
    }
  }
  return found;
}

/** Names and addresses. The file may hold tokens, so nothing of it stands in the problem. @throws {KeylessError} `toml-syntax` */
async function registriesIn(path: string): Promise<[string, string | null][]> {
  const text = await readText(path);
  if (text === null) return [];
  try {
    return entriesOf(parseToml(text, path).root, "registries")
      // Cargo takes no others.
      .filter(([name]) => /^[\p{L}\p{N}_-]+$/u.test(name))
      .map(([name, registry]) => [name, textOf(registry, "index")?.value ?? null]);
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    throw new KeylessError({
      code: "toml-syntax",
      message: `Cannot read ${path}: it is not TOML`,
      next: ["correct the file: cargo reads it too"],
    });
  }
}

function* settingsAbove(manifest: string, top: string): Iterable<string> {
  for (let directory = parent(manifest); directory.length >= top.length; directory = parent(directory)) {
    yield* [`${directory}/.cargo/config.toml`, `${directory}/.cargo/config`];
    if (directory === "/") break;
  }
}

/** `CARGO_REGISTRIES_COMPANY` */
function variable(name: string): string {
  return `CARGO_REGISTRIES_${name.toUpperCase().replaceAll("-", "_")}`;
}
