import type { Located } from "../formats/located.ts";
import type { SourceText } from "../formats/positions.ts";
import { plainLine } from "../host/redact.ts";
import type { Problem } from "../problem.ts";
import type { Kind, Registry } from "../registries/registry.ts";
import type { Manifest } from "./manifests/manifest.ts";
import { type Registries, USUAL } from "./registries.ts";

/** A registry that a configuration chooses. */
export interface Choice {
  readonly name: Located<string>;
  readonly source: SourceText;
}

/**
 * Where a package goes: the registry that the configuration names, else the one that the manifest restricts itself to, else the usual
 * one. `null` where the choice cannot be used for a reason that has been reported.
 */
export function registryFor(
  manifest: Manifest,
  choice: Choice | null,
  registries: Registries,
): Registry | Problem | null {
  const chosen = choice ? chooseNamed(choice, manifest.kind, registries) : null;
  if (choice && !isRegistry(chosen)) return chosen;
  if (!manifest.registries) return isRegistry(chosen) ? chosen : registries.find(USUAL[manifest.kind]);
  const allowed = manifest.registries.names.map((name) => registries.find(name))
    .filter((registry) => registry?.kind === manifest.kind) as Registry[];
  if (isRegistry(chosen)) {
    return allowed.some(({ name }) => name === chosen.name) ? chosen : notAllowed(manifest, chosen);
  }
  return allowed.find(({ name }) => name === USUAL[manifest.kind]) ?? allowed[0] ?? notDeclared(manifest);
}

/** Whether it is a registry and not what stands in its way. */
export function isRegistry(found: Registry | Problem | null): found is Registry {
  return found !== null && "endpoints" in found;
}

function chooseNamed(
  { name, source }: Choice,
  kind: Kind,
  registries: Registries,
): Registry | Problem | null {
  const found = registries.find(name.value);
  if (!found) {
    return registries.isBroken(name.value) ? null : source.problem(name.at, registries.unknown(name.value));
  }
  if (found.kind === kind) return found;
  return source.problem(name.at, {
    code: "registry-mismatch",
    message: `registry "${
      plainLine(name.value, 80)
    }" takes packages of kind "${found.kind}", and this one is of kind "${kind}"`,
    next: [`write a registry of kind "${kind}", such as "${USUAL[kind]}"`],
  });
}

function notAllowed(manifest: Manifest, chosen: Registry): Problem {
  const names = shownNames(manifest);
  return problemAt(manifest, {
    code: "registry-conflict",
    message: `${plainLine(manifest.file)} allows ${names} only, and the configuration says "${chosen.name}"`,
    why: ["The client would refuse, or go where the manifest says."],
    next: [`change one of the two`],
  });
}

function notDeclared(manifest: Manifest): Problem {
  const { names } = manifest.registries!;
  const isAddress = /^https?:/.test(names[0] ?? "");
  const name = isAddress ? "NAME" : plainLine(names[0] ?? "NAME", 80);
  const index = isAddress ? withoutUser(names[0]!) : "sparse+https://…";
  return problemAt(manifest, {
    code: "registry-not-declared",
    message: `${plainLine(manifest.file)} goes to ${shownNames(manifest)}, which keyless does not know`,
    next: [`add to keyless.toml: [registry.${name}] with kind = "${manifest.kind}" and index = "${index}"`],
  });
}

/** Why a package whose manifest names only unknown registries is left out. */
export function elsewhere(manifest: Manifest): string {
  return `publishes to ${shownNames(manifest)}, which keyless.toml does not describe`;
}

function shownNames(manifest: Manifest): string {
  return (manifest.registries?.names ?? []).map((name) => `"${withoutUser(name)}"`).join(", ");
}

/** A problem at the registries of a manifest; a user name or password in an address is not shown with the line. */
function problemAt({ source, registries }: Manifest, problem: Problem): Problem {
  const shown = source.text.replace(/(?<=:\/\/)[^\s/"']+(?=@)/g, (user) => "*".repeat(user.length));
  return { ...source.problem(registries!.at, problem), source: shown };
}

/** An address as it may be shown: without a user name or password. */
function withoutUser(address: string): string {
  return plainLine(address.replace(/\/\/[^/]*@/, "//"), 120);
}
