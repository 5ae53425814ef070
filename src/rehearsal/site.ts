import type { Listener } from "../host/listen.ts";
import { Credentials, type UserToken } from "./credentials.ts";
import { KeySet, type TrustedIssuer } from "./keys.ts";
import type { ExistingPackage } from "./packages.ts";
import type { PublisherRecord } from "./policy.ts";
import type { Stage } from "./server.ts";

/** What every embedded registry starts with. */
export interface SiteSetup {
  /** Name of the registry. */
  readonly name: string;
  readonly issuer: TrustedIssuer;
  readonly records?: readonly PublisherRecord[];
  readonly packages?: readonly ExistingPackage[];
  /** Long-lived tokens. */
  readonly tokens?: readonly UserToken[];
}

/** An embedded registry that is up. */
export interface RegistryServer extends Listener {
  /** Who may publish what; may be changed while it runs. */
  readonly records: PublisherRecord[];
  /** Registers a long-lived token. */
  addToken(token: UserToken): void;
}

/** What the calls of one embedded registry share, whatever its protocol. `Grant`: see `Credential`. */
export interface Site<Grant> {
  /** Name of the registry. */
  readonly name: string;
  readonly stage: Stage;
  readonly keys: KeySet;
  readonly records: PublisherRecord[];
  readonly credentials: Credentials<Grant>;
}

/** Prepares the shared part. */
export function openSite<Grant>(stage: Stage, setup: SiteSetup): Site<Grant> {
  const credentials = new Credentials<Grant>(setup.name, stage);
  for (const token of setup.tokens ?? []) credentials.add(token);
  return {
    name: setup.name,
    stage,
    keys: new KeySet(setup.issuer, stage.clock),
    records: [...setup.records ?? []],
    credentials,
  };
}

/** The server of a site. */
export function running<Grant>(site: Site<Grant>, listener: Listener): RegistryServer {
  return { ...listener, records: site.records, addToken: (token) => site.credentials.add(token) };
}
