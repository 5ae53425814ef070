import type { Package } from "../config/project.ts";
import { literally } from "../formats/literally.ts";
import { joined } from "../formats/shell.ts";
import type { Answer, PublishInvocation } from "../pipelines/model.ts";
import { namedPlace } from "./own_manifest.ts";

/** Options of the npm clients with which other packages are published than that of the directory. */
const SEVERAL = /^(?:-r|--recursive|-ws|--workspaces?|-w|--filter|-F|--all)(?:=|$)/;

/** What tells whether a step is about a package. */
export type PackageAtPlace = Pick<Package, "name" | "kind" | "path" | "manifest">;

/** Whether a step publishes a package: one that it names, else that of its directory; `unknown` where the client's configuration decides. */
export function publishesPackage(
  invocation: PublishInvocation,
  pkg: PackageAtPlace,
  { packages }: { readonly packages: readonly PackageAtPlace[] },
): Answer {
  const { kind, client, directory } = invocation;
  if (kind !== null && kind !== pkg.kind) return "no";
  // pnpm's way to leave a package out.
  if (invocation.args.some((word) => word.replace(/^(?:--filter|-F)=/, "") === `!${pkg.name}`)) return "no";
  if (invocation.packages.length > 0) return invocation.packages.includes(pkg.name) ? "yes" : "no";
  const filtered = client === "pnpm" ? byFilter(invocation.args, pkg.name) : null;
  if (filtered !== null) return filtered;
  const only = packages.filter((other) => other.kind === pkg.kind).length === 1;
  if (client === "keyless") return "yes";
  if (client === "cargo") return only ? "yes" : cargoPublishes(invocation, pkg);
  const plain = ["npm", "pnpm"].includes(client) &&
    invocation.args.every((word) => !SEVERAL.test(word));
  if (!plain) return only ? "yes" : "unknown";
  const place = namedPlace(invocation);
  const target = place === undefined ? directory : joined(directory, place);
  if (target === null) return only && place === undefined ? "yes" : "unknown";
  if (invocation.inScript !== null && !only) return "unknown";
  if (target === pkg.path) return "yes";
  // A directory that is built, or brought by an artifact, is none of the project's packages.
  return packages.some((other) => other.kind === pkg.kind && other.path === target) ? "no" : "unknown";
}

/** Whether pnpm's filters let a package through (pnpm.io/filtering); `null` where there are none. */
function byFilter(args: readonly string[], name: string): Answer | null {
  const filters = [...valuesOf(args, "--filter"), ...valuesOf(args, "-F")].filter((word) =>
    !word.startsWith("!")
  );
  if (filters.length === 0) return null;
  // By directories, commits and dependencies it depends on the tree.
  if (filters.some((filter) => /\.{2}|[^\w@/.*-]|^\./.test(filter))) return "unknown";
  const fits = (text: string) => filters.some((filter) => fitsGlob(filter, text));
  // A name without a scope is also tried on those with one, where exactly one has it.
  return fits(name) ? "yes" : fits(name.replace(/^@[^/]+\//, "")) ? "unknown" : "no";
}

function fitsGlob(glob: string, text: string): boolean {
  return new RegExp(`^${glob.split("*").map(literally).join(".*")}$`).test(text);
}

function cargoPublishes({ args, directory }: PublishInvocation, pkg: PackageAtPlace): Answer {
  if (valuesOf(args, "--exclude").includes(pkg.name)) return "no";
  if (args.some((word) => word === "--workspace" || word === "--all")) return "yes";
  const [manifest] = valuesOf(args, "--manifest-path");
  const path = manifest === undefined ? inside(directory) : joined(directory, manifest);
  if (path === null) return "unknown";
  return path === pkg.manifest ? "yes" : "no";
}

function inside(directory: string | null): string | null {
  return directory === null ? null : joined(directory, "Cargo.toml");
}

function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((word, index) =>
    word === option
      ? args.slice(index + 1, index + 2)
      : word.startsWith(`${option}=`)
      ? [word.slice(option.length + 1)]
      : []
  );
}
