import type { Location, Problem } from "../problem.ts";
import type { Kind, Registry, TrustPolicy } from "../registries/registry.ts";

export type ClientName = "cargo" | "npm" | "twine" | "uv";

/** One package that this repository publishes. */
export interface Package {
  /** As the registry knows it (PyPI: as written, not normalised). */
  readonly name: string;
  readonly kind: Kind;
  /** Relative to the root, with `/`; `.` for the root itself. */
  readonly path: string;
  /** The manifest, relative to the root. */
  readonly manifest: string;
  /** `null`: decided by the build (a dynamic version of a Python package). */
  readonly version: string | null;
  /** What decides the version where `version` is `null`, for people: `[tool.hatch.version]`. */
  readonly versionFrom?: string;
  readonly registry: Registry;
  readonly client: ClientName;
  /** Globs of what belongs to the package. */
  readonly paths: readonly string[];
  /** Names of packages of this project that must be there first; from the manifest and from `depends_on`. */
  readonly dependsOn: readonly string[];
  readonly trustPolicy: DeclaredPolicy | null;
  /** npm: `access` and `tag` of putitoutthere.toml or publishConfig. */
  readonly access: "public" | "restricted" | null;
  readonly tag: string | null;
  /** Repository URL that the manifest names, normalised to `https://host/owner/repo`; `null` when none. */
  readonly repositoryUrl: string | null;
  /** Where the package is declared: in the configuration, or its manifest. */
  readonly at: Location;
}

/** A trust policy with the places of its keys, so that a finding can point at them. */
export interface DeclaredPolicy extends TrustPolicy {
  readonly at: Location;
  readonly workflowAt: Location;
  readonly environmentAt: Location | null;
  readonly repositoryAt: Location | null;
}

/** What a command works on: the repository, its packages and its registries. */
export interface Project {
  /** Absolute path of the repository's root. */
  readonly root: string;
  /** `keyless.toml`, `putitoutthere.toml`, or `null` when packages were discovered. */
  readonly configuration: string | null;
  readonly packages: readonly Package[];
  /** Every registry that a package or a `[registry.NAME]` names, by name. */
  readonly registries: ReadonlyMap<string, Registry>;
  /** What was ignored, and why; shown, never fatal. */
  readonly warnings: readonly Problem[];
  /** Packages that were seen and are not published (`private`, `publish = false`). */
  readonly unpublished: readonly {
    readonly name: string;
    readonly kind: Kind;
    readonly path: string;
    readonly reason: string;
  }[];
  /** Settings of `[doctor]`. */
  readonly doctor: DoctorSettings;
}

/** From which severity on findings make doctor fail. */
export const FAIL_ON = ["error", "warning", "info", "unverified", "never"] as const;

export type FailOn = (typeof FAIL_ON)[number];

export interface DoctorSettings {
  readonly failOn: FailOn;
  readonly ignore: readonly {
    readonly code: string;
    readonly path: string | null;
    readonly reason: string;
    readonly at: Location;
  }[];
}
