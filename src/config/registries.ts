import {
  entriesOf,
  get,
  isTable,
  type Located,
  type Parsed,
  type Table,
  textOf,
} from "../formats/located.ts";
import type { Env } from "../host/env.ts";
import { plainLine } from "../host/redact.ts";
import { type Location, type Problem, UsageError } from "../problem.ts";
import { cargoVariable } from "../registries/cargo_variable.ts";
import { customRegistry, type RegistrySettings } from "../registries/custom.ts";
import type { ConfiguredAuth, Kind, Registry } from "../registries/registry.ts";
import { KNOWN, knownRegistry } from "../registries/known.ts";
import { suggest } from "../suggest.ts";
import { foreignVariable, resolveAddress } from "./refs.ts";

/** The registry that a package of each kind goes to when nothing else is said. */
export const USUAL: Readonly<Record<Kind, string>> = { crates: "crates.io", pypi: "pypi", npm: "npm" };

/** The registries that a project may publish to: the public ones and those of `[registry.NAME]`. */
export class Registries {
  readonly #configured = new Map<string, Registry>();
  readonly #broken = new Set<string>();

  /** Reads `[registry.*]` of a file that was held against its schema; what is wrong beyond that is pushed to `problems`. */
  static read(config: Parsed<Table>, env: Env, problems: Problem[]): Registries {
    const registries = new Registries();
    for (const [name, table] of entriesOf(config.root, "registry")) {
      if (isTable(table)) registries.#add(name, table, config, env, problems);
    }
    return registries;
  }

  #add(name: string, table: Located<Table>, config: Parsed<Table>, env: Env, problems: Problem[]): void {
    this.#broken.add(name);
    if (knownRegistry(name)) {
      problems.push(config.source.problem(table.keyAt ?? table.at, nameTaken(name)));
      return;
    }
    const settings = readSettings(table, config, env, problems);
    if (!settings) return;
    const twin = settings.kind === "crates" ? this.#twinOf(name) : undefined;
    if (twin !== undefined) {
      problems.push(config.source.problem(table.keyAt ?? table.at, sameVariables(name, twin)));
      return;
    }
    try {
      this.#configured.set(name, customRegistry(name, settings));
      this.#broken.delete(name);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(
        ...error.problems.map((problem) => config.source.problem(placeOf(problem, table), problem)),
      );
    }
  }

  /** A registry of crates whose variables are those of `name` too: a token meant for one would reach the other. */
  #twinOf(name: string): string | undefined {
    return [...this.#configured.values()]
      .find((other) => other.kind === "crates" && cargoVariable(other.name, "*") === cargoVariable(name, "*"))
      ?.name;
  }

  /** Those of the configuration, by name. */
  configured(): ReadonlyMap<string, Registry> {
    return this.#configured;
  }

  /** By the name that a configuration or a manifest uses, or by address; `null` when there is none. */
  find(name: string): Registry | null {
    const byAddress = [...this.#configured.values()].find((registry) =>
      addressOf(registry.endpoints.index) === addressOf(name)
    );
    return this.#configured.get(name) ?? byAddress ?? knownRegistry(name);
  }

  /** Whether a `[registry.NAME]` is there that could not be used, which has been reported. */
  isBroken(name: string): boolean {
    return this.#broken.has(name);
  }

  /** A registry that the configuration names and nobody knows. */
  unknown(name: string): Problem {
    const names = [...KNOWN.map((known) => known.name), ...this.#configured.keys()];
    const near = suggest(name, names);
    return {
      code: "unknown-registry",
      message: `There is no registry "${plainLine(name, 80)}"`,
      next: [
        near
          ? `did you mean "${near}"?`
          : `write one of ${names.join(", ")}, or add [registry.${plainLine(name, 80)}]`,
      ],
    };
  }
}

function readSettings(
  table: Located<Table>,
  config: Parsed<Table>,
  env: Env,
  problems: Problem[],
): RegistrySettings | null {
  const before = problems.length;
  const text = (key: string): Record<string, string> => {
    const found = textOf(table, key);
    if (!found) return {};
    try {
      return { [key]: resolveAddress(found.value, env) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(...error.problems.map((problem) => config.source.problem(found.at, problem)));
      return {};
    }
  };
  const { token_for: tokenFor, ...addresses } = {
    ...text("index"),
    ...text("upload"),
    ...text("exchange"),
    ...text("token_for"),
    ...text("audience"),
  };
  const kind = textOf(table, "kind")?.value;
  if (problems.length > before || !addresses.index || !kind || !Object.hasOwn(USUAL, kind)) return null;
  const destination = kind === "pypi" ? addresses.upload ?? "" : addresses.index;
  const auth = readAuth(get(table, "auth"), hostOf(destination), config, problems);
  return {
    kind: kind as Kind,
    index: addresses.index,
    ...addresses,
    ...(tokenFor ? { tokenFor } : {}),
    ...(auth ? { auth } : {}),
  };
}

function readAuth(
  table: Located | undefined,
  host: string,
  config: Parsed<Table>,
  problems: Problem[],
): ConfiguredAuth | null {
  const type = textOf(table, "type")?.value;
  if (type !== "bearer" && type !== "basic" && type !== "oidc") return null;
  const needed = type === "bearer" ? ["token"] : type === "basic" ? ["username", "password"] : [];
  for (const key of needed.filter((key) => !get(table, key))) {
    problems.push(config.source.problem(table!.at, {
      code: "missing-key",
      message: `auth of type "${type}" has no "${key}"`,
      next: [`add ${key} = "\${NAME_OF_A_VARIABLE}"`],
    }));
  }
  const text = (key: "token" | "username" | "password") => {
    const found = textOf(table, key);
    if (!found) return {};
    const foreign = foreignVariable(found.value, host);
    if (foreign) problems.push(config.source.problem(found.at, foreign));
    return { [key]: found.value };
  };
  return { type, ...text("token"), ...text("username"), ...text("password") };
}

/** Where a complaint about settings belongs: at the key that it names, else at the header. */
function placeOf(problem: Problem, table: Located<Table>): Location {
  const key = /`(\w+)`/.exec(problem.message)?.[1];
  return (key ? get(table, key)?.at : undefined) ?? table.at;
}

function nameTaken(name: string): Problem {
  return {
    code: "registry-name-taken",
    message: `[registry.${plainLine(name, 80)}] has the name of a public registry`,
    why: ["A package that says so goes to the public one, whose addresses are fixed."],
    next: [`choose another name, such as [registry.my-${plainLine(name, 80)}]`],
  };
}

function sameVariables(name: string, twin: string): Problem {
  return {
    code: "registry-name-taken",
    message: `[registry.${plainLine(name, 80)}] and [registry.${
      plainLine(twin, 80)
    }] have the same variables`,
    why: [
      `Cargo looks for the settings and the token of both in ${
        cargoVariable(name, "*")
      }: a token for one would be sent to the other.`,
    ],
    next: ["give one of them a name that differs in a letter or a digit"],
  };
}

/** The host of an address; the address where it is none, which is reported elsewhere. */
function hostOf(address: string): string {
  const url = address.replace(/^sparse\+/, "");
  return URL.canParse(url) ? new URL(url).hostname : address;
}

/** An address without what does not distinguish it. */
function addressOf(text: string): string {
  return text.replace(/^sparse\+/, "").replace(/(?<!\/)\/+$/, "").toLowerCase();
}
