import { plainLine } from "../host/redact.ts";
import type { Problem } from "../problem.ts";
import type { Kind } from "../registries/registry.ts";
import { comparableName } from "./names.ts";
import type { Package } from "./project.ts";

/** Whether two packages would be one at the registry. */
export function isSame(one: Package, other: Package): boolean {
  return one.registry.name === other.registry.name &&
    comparableName(one.kind, one.name) === comparableName(other.kind, other.name);
}

/** Two packages that would be one at the registry. */
export function duplicate(first: Package, second: Package): Problem {
  const where = `${first.at.path}:${first.at.start.line}`;
  return {
    code: "duplicate-package",
    message: `"${plainLine(second.name, 80)}" is there twice for ${second.registry.label}`,
    why: [`The first one is in ${where} (${first.path}), the second one is ${second.path}.`],
    next: ["remove one of the two, or give it another name or registry"],
    package: second.name,
  };
}

/** How a manifest says that its package is not published. */
const UNPUBLISHED: Readonly<Record<Kind, string>> = {
  crates: "publish = false",
  npm: '"private": true',
  pypi: 'the classifier "Private :: Do Not Upload"',
};

/** The same of two that nobody has declared, but that are both there. */
export function foundTwice(first: Package, second: Package): Problem {
  return {
    ...duplicate(first, second),
    next: [
      `list in keyless.toml what is published, say: [[package]] with name = "${
        plainLine(first.name, 80)
      }", kind = "${first.kind}", path = "${plainLine(first.path, 80)}"`,
      `or let the other one say that it is not: ${UNPUBLISHED[second.kind]} in ${
        plainLine(second.at.path, 80)
      }`,
    ],
  };
}

/** A name that the registry cannot have. */
export function invalidName(name: string, kind: Kind): Problem {
  return {
    code: "name-invalid",
    message: `"${plainLine(name, 80)}" cannot be the name of a package of kind "${kind}"`,
    next: [
      kind === "npm"
        ? "use letters, digits, `-`, `_`, `.` and `~`, with an @scope/ in front where there is one"
        : "use letters, digits, `-` and `_`",
    ],
  };
}
