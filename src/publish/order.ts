import type { Package } from "../config/project.ts";
import { KeylessError } from "../problem.ts";

/** Identifies a package in a project: the same name may stand in several registries. */
export function keyOf(pkg: Pick<Package, "name" | "registry">): string {
  return `${pkg.registry.name}:${pkg.name}`;
}

/** The packages of this project that `pkg` needs first: those in its own registry, else whichever has the name. */
export function dependenciesOf(pkg: Package, packages: readonly Package[]): Package[] {
  return pkg.dependsOn.flatMap((name) => {
    const named = packages.filter((other) => other !== pkg && other.name === name);
    const beside = named.filter((other) => other.registry.name === pkg.registry.name);
    return beside.length > 0 ? beside : named;
  });
}

/** Dependencies before dependents, otherwise in the order given. @throws {KeylessError} `dependency-cycle` */
export function inOrder(packages: readonly Package[]): Package[] {
  const done = new Set<Package>();
  const ordered: Package[] = [];
  const visit = (pkg: Package, trail: readonly Package[]) => {
    if (trail.includes(pkg)) throw cycle([...trail.slice(trail.indexOf(pkg)), pkg]);
    if (done.has(pkg)) return;
    for (const needed of dependenciesOf(pkg, packages)) visit(needed, [...trail, pkg]);
    done.add(pkg);
    ordered.push(pkg);
  };
  for (const pkg of packages) visit(pkg, []);
  return ordered;
}

function cycle(trail: readonly Package[]): KeylessError {
  return new KeylessError({
    code: "dependency-cycle",
    message: `These packages wait for each other: ${trail.map((pkg) => pkg.name).join(" → ")}`,
    why: ["Each must be at its registry before the one that depends on it; there is no order that works."],
    next: ["remove one of the dependencies, or one of the depends_on entries"],
    at: trail[0]!.at,
    package: trail[0]!.name,
  }, { exit: 2 });
}

/** The packages named on the command line, or all. @throws {KeylessError} `unknown-package` */
export function chosen(packages: readonly Package[], names: readonly string[], suggest: Suggest): Package[] {
  if (names.length === 0) return [...packages];
  const unknown = names.filter((name) => named(packages, name).length === 0);
  if (unknown.length > 0) {
    const shared = (pkg: Package) => packages.some((other) => other !== pkg && other.name === pkg.name);
    const known = packages.map((pkg) => shared(pkg) ? keyOf(pkg) : pkg.name);
    const words = [...packages.map((pkg) => pkg.name), ...packages.map(keyOf), ...packages.map(kindKeyOf)];
    throw new KeylessError(
      unknown.map((name) => {
        const near = suggest(name, words);
        return {
          code: "unknown-package",
          message: `There is no package "${name}" here`,
          next: [near ? `did you mean ${near}?` : `the packages are: ${known.join(", ")}`],
        };
      }),
      { exit: 2 },
    );
  }
  const found = new Set(names.flatMap((name) => named(packages, name)));
  return packages.filter((pkg) => found.has(pkg));
}

type Suggest = (word: string, candidates: readonly string[]) => string | null;

/** By name, or by registry or kind and name where a name stands in several: `crates.io:widget`, `crates:widget`. */
function named(packages: readonly Package[], word: string): readonly Package[] {
  const exact = packages.filter((pkg) => keyOf(pkg) === word);
  // A registry may have the name of a kind.
  return exact.length > 0 ? exact : packages.filter((pkg) => pkg.name === word || kindKeyOf(pkg) === word);
}

function kindKeyOf(pkg: Package): string {
  return `${pkg.kind}:${pkg.name}`;
}
