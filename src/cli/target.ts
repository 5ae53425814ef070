import { currentDirectory } from "../host/directory.ts";
import { loadProject } from "../config/load.ts";
import type { Session } from "../host/session.ts";
import type { IdentityProvider } from "../identity/provider.ts";
import { detectIdentity } from "../identity/table.ts";
import { KeylessError, UsageError } from "../problem.ts";
import type { Registry, TrustPolicy } from "../registries/registry.ts";
import { KNOWN, knownRegistry } from "../registries/known.ts";
import { suggest } from "../suggest.ts";

/** What an exchange is for. */
export interface Target {
  readonly registry: Registry;
  readonly packageName: string | null;
  readonly declared: TrustPolicy | null;
}

/**
 * The registry that the command line names, and the package: a public registry by its name, without any project; one of
 * `[registry.NAME]` from the configuration. @throws {UsageError} `unknown-registry`, `package-required`
 */
export async function findTarget(
  session: Session,
  name: string,
  packageName: string | null,
): Promise<Target> {
  const known = knownRegistry(name);
  // A broken configuration must not keep a public registry from being used; a private one needs it.
  const project = await loadProject(currentDirectory(), session.env).catch((error) => {
    if (known && error instanceof KeylessError) return null;
    throw error;
  });
  const registry = known ?? project?.registries.get(name);
  if (!registry) {
    const names = [...KNOWN.map((one) => one.name), ...project?.registries.keys() ?? []];
    const near = suggest(name, names);
    throw new UsageError({
      code: "unknown-registry",
      message: `There is no registry "${name}"`,
      next: [near ? `did you mean ${near}?` : `the registries are: ${[...new Set(names)].join(", ")}`],
    });
  }
  const own = project?.packages.filter((pkg) => pkg.registry.name === registry.name) ?? [];
  const pkg = packageName
    ? own.find((one) => one.name === packageName)
    : own.length === 1
    ? own[0]
    : undefined;
  if (registry.kind === "npm" && !packageName && !pkg) {
    throw new UsageError({
      code: "package-required",
      message: `${registry.label} gives tokens for one package each: say which`,
      next: own.length > 0
        ? [`--package ${own.map((one) => one.name).join(" or --package ")}`]
        : ["add --package NAME"],
    });
  }
  return { registry, packageName: packageName ?? pkg?.name ?? null, declared: pkg?.trustPolicy ?? null };
}

/** The identity of this CI job. @throws {KeylessError} when it has none, or may not prove it */
export async function requireIdentity(session: Session): Promise<IdentityProvider> {
  const provider = detectIdentity(session.env);
  if (!provider) {
    throw new KeylessError({
      code: "not-in-ci",
      message: "There is no CI job here that could prove who it is",
      why: ["GITHUB_ACTIONS is not set; OIDC tokens exist inside CI jobs only."],
      next: [
        "run this in GitHub Actions, in a job with `id-token: write`",
        "try a release on this machine: keyless rehearse",
      ],
    });
  }
  const obstacle = await provider.obstacle(session);
  if (obstacle) throw new KeylessError(obstacle);
  return provider;
}
