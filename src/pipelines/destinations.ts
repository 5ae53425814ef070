import { filling } from "./filling.ts";
import type { Arguments } from "./commands.ts";
import type { Surroundings } from "./credentials.ts";
import type { Ecosystem, PublishInvocation } from "./model.ts";
import type { PublishCommand } from "./publishers.ts";

/** Where something goes. */
export type Destination = Pick<PublishInvocation, "registry" | "registryAs">;

/** The registry that the command line names, a variable, or an earlier step. */
export function registryOf(
  row: PublishCommand,
  { options }: Arguments,
  around: Surroundings,
): Destination {
  const scoped = row.kind === "npm"
    ? [...options].find(([name]) => /^--@[^:]+:registry$/.test(name))?.[1].at(-1)
    : undefined;
  const option = row.registry?.flatMap((name) => options.get(name) ?? []).at(-1) ?? scoped;
  return option === undefined ? registryAround(row, around) : registryValue(option, around);
}

/** The registry that a variable names, or an earlier step. */
export function registryAround(
  { kind, client, registryEnv, ownHost }: Pick<PublishCommand, "kind" | "client" | "registryEnv" | "ownHost">,
  around: Surroundings,
): Destination {
  const variable = registryEnv?.map((name) => around.env.get(name)?.value).find((value) =>
    value !== undefined && value !== ""
  );
  if (ownHost !== undefined) return registryValue(`https://${variable ?? ownHost}`, around);
  if (variable !== undefined) return registryValue(variable, around);
  // Yarn since 2 reads no .npmrc.
  return { registry: kind === "npm" && client !== "yarn" ? around.npmRegistry : null };
}

/** A registry as it is in the end, or as it is written where nobody knows. */
export function registryValue(written: string, around: Surroundings): Destination {
  const filled = filling(
    written,
    /\$\{\{\s*(?:inputs\.([\w-]+)|env\.(\w+))\s*\}\}|\$\{?(\w+)\}?/g,
    ([whole, input, variable, name]) =>
      (input === undefined ? around.env.get(variable ?? name!)?.value : around.inputs.get(input)) ?? whole,
  );
  if (filled === "") return { registry: null };
  return /[$`]|\ue000/.test(filled) ? { registry: null, registryAs: written } : { registry: filled };
}

/** A registry on the machine itself is there for a test, or for a later step; Maven's directories are `NAME::file:…`. */
export function isRehearsal(registry: string | null): boolean {
  return registry !== null &&
    /^(?:https?:)?\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\]|verdaccio\b)|^[\w.-]+::(?:\w+::)?file:/.test(
      registry,
    );
}

/** Hosts and names of the public registries. */
const PUBLIC: Readonly<Partial<Record<Ecosystem, RegExp>>> = {
  npm: /^(?:https?:)?\/\/registry\.(?:npmjs\.org|yarnpkg\.com)\b/,
  pypi: /^(?:test|test-|test_)?pypi$|^(?:main|test)$|\bpypi\.org\b/i,
  crates: /^crates[-.]io$|\bcrates\.io\b/,
  rubygems: /\brubygems\.org\b/,
  nuget: /\bnuget\.org\b/,
};

/** Whether a registry is another one than the public ones of its kind. */
export function isForeign(kind: Ecosystem | null, registry: string | null): boolean {
  const known = kind === null ? undefined : PUBLIC[kind];
  return registry !== null && known !== undefined && !known.test(registry);
}
