import { type Clock, systemClock } from "../host/clock.ts";
import type { Listener } from "../host/listen.ts";
import { KNOWN, knownRegistry } from "../registries/known.ts";
import type { Endpoints, Kind, Registry } from "../registries/registry.ts";
import { startCrates } from "./crates.ts";
import type { CratesUpstream } from "./crates/shelf.ts";
import type { UserToken } from "./credentials.ts";
import { Faults } from "./faults.ts";
import { type Issuer, startIssuer } from "./issuer.ts";
import { startNpm } from "./npm.ts";
import type { ExistingPackage } from "./packages.ts";
import type { PublisherRecord } from "./policy.ts";
import { startPypi } from "./pypi.ts";
import { Recorder } from "./recorder.ts";
import type { Stage } from "./server.ts";
import type { RegistryServer } from "./site.ts";

/** A registry to stand in for. */
export interface RegistryPart {
  readonly name: string;
  readonly label: string;
  readonly kind: Kind;
  /** `null`: by the kind's own rule. */
  readonly audience: string | null;
}

/** What is there before the curtain rises. */
export interface RegistriesSetup {
  /** Claims of the CI job, see `githubClaims`. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Default: crates.io, pypi and npm. */
  readonly registries?: readonly RegistryPart[];
  readonly records?: readonly PublisherRecord[];
  readonly packages?: readonly ExistingPackage[];
  /** Long-lived tokens, by name of the registry. */
  readonly tokens?: Readonly<Record<string, readonly UserToken[]>>;
  /** Asked for crates that are not ours. */
  readonly cratesUpstream?: CratesUpstream;
  /** How many readers do not see a new version yet (crates: of the index; npm: of the package). Default: none. */
  readonly lag?: number;
  readonly clock?: Clock;
}

/** Embedded registries and an issuer, each on its own port of 127.0.0.1. */
export interface Registries {
  /** By name, with the addresses of this machine. */
  readonly registries: ReadonlyMap<string, Registry>;
  readonly issuer: Issuer;
  readonly recorder: Recorder;
  readonly faults: Faults;
  /** The servers by name: to change records, or to add tokens, in between. */
  readonly servers: ReadonlyMap<string, RegistryServer>;
  close(): Promise<void>;
}

/** Starts everything together. */
export async function startRegistries(setup: RegistriesSetup): Promise<Registries> {
  const clock = setup.clock ?? systemClock;
  const stage: Stage = { clock, recorder: new Recorder(clock), faults: new Faults(clock) };
  const issuer = await startIssuer(stage, setup.claims);
  const servers = new Map<string, RegistryServer>();
  const registries = new Map<string, Registry>();
  for (const part of setup.registries ?? DEFAULT) {
    const server = await startServer(stage, issuer, part, setup);
    servers.set(part.name, server);
    registries.set(part.name, {
      name: part.name,
      label: part.label,
      kind: part.kind,
      endpoints: endpointsOf(part, server),
      auth: null,
    });
  }
  return {
    registries,
    issuer,
    ...stage,
    servers,
    async close() {
      await Promise.all([issuer, ...servers.values()].map((server) => server.close()));
    },
  };
}

const DEFAULT: readonly RegistryPart[] = KNOWN
  .filter(({ name }) => name === "crates.io" || name === "pypi" || name === "npm")
  .map(({ name, label, kind, endpoints }) => ({ name, label, kind, audience: endpoints.audience }));

function startServer(
  stage: Stage,
  issuer: Issuer,
  part: RegistryPart,
  setup: RegistriesSetup,
): Promise<RegistryServer> {
  const common = {
    name: part.name,
    issuer,
    records: (setup.records ?? []).filter((record) => record.registry === part.name),
    packages: (setup.packages ?? []).filter((existing) => existing.registry === part.name),
    tokens: setup.tokens && Object.hasOwn(setup.tokens, part.name) ? setup.tokens[part.name]! : [],
    lag: setup.lag ?? 0,
  };
  switch (part.kind) {
    case "crates":
      return startCrates(stage, {
        ...common,
        audience: part.audience,
        // Only crates.io itself demands a description and a license.
        metadataRequired: knownRegistry(part.name) !== null,
        ...(setup.cratesUpstream ? { upstream: setup.cratesUpstream } : {}),
      });
    case "pypi":
      return startPypi(stage, {
        ...common,
        audience: part.audience ?? (part.name === "testpypi" ? "testpypi" : "pypi"),
      });
    case "npm":
      return startNpm(stage, { ...common, audience: part.audience });
  }
}

function endpointsOf(part: RegistryPart, { origin }: Listener): Endpoints {
  const common = { exchange: origin, web: knownRegistry(part.name)?.endpoints.web ?? null };
  switch (part.kind) {
    case "crates":
      return {
        ...common,
        index: `${origin}/index/`,
        api: origin,
        upload: origin,
        audience: part.audience ?? new URL(origin).host,
      };
    case "pypi":
      return {
        ...common,
        index: `${origin}/simple/`,
        api: origin,
        upload: `${origin}/legacy/`,
        audience: null,
      };
    case "npm":
      return {
        ...common,
        index: `${origin}/`,
        api: `${origin}/`,
        upload: `${origin}/`,
        audience: part.audience ?? `npm:${new URL(origin).hostname}`,
      };
  }
}
