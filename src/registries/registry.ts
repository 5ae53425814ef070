import type { Comparison, Problem } from "../problem.ts";
import type { Secret } from "../host/secret.ts";
import type { Session } from "../host/session.ts";
import type { Claims } from "../identity/claims.ts";

/** Which protocol a registry speaks. */
export type Kind = "crates" | "pypi" | "npm";

/** A registry to publish to. */
export interface Registry {
  /** As configuration names it: `crates.io`, `staging.crates.io`, `pypi`, `testpypi`, `npm`, or the NAME of `[registry.NAME]`. */
  readonly name: string;
  /** As people call it: `crates.io`, `PyPI`, `TestPyPI`, `npm`, NAME. */
  readonly label: string;
  readonly kind: Kind;
  readonly endpoints: Endpoints;
  /** How a registry that has no OIDC exchange wants to be spoken to; `null` for the known ones. */
  readonly auth: ConfiguredAuth | null;
}

/** Addresses, each without a trailing slash unless its protocol needs one. */
export interface Endpoints {
  /** crates: sparse index without `sparse+`, with trailing slash. pypi: simple index with trailing slash. npm: registry with trailing slash. */
  readonly index: string;
  /** crates: the API base (`https://crates.io`). pypi: the JSON API base. npm: like `index`. */
  readonly api: string;
  /**
   * Where the client sends the token. pypi: the legacy upload URL, with trailing slash. npm: like `index`. crates: the API base; for a
   * registry of the configuration the origin of its index, because that tells cargo where to upload.
   */
  readonly upload: string;
  /** Base of the OIDC exchange; `null` where there is none. */
  readonly exchange: string | null;
  /** An origin beside the exchange's own that minted tokens may be sent to. */
  readonly tokenFor?: string;
  /** The audience, where configuration or protocol fix it; `null`: the registry is asked (PyPI). */
  readonly audience: string | null;
  /** Where people look at things; `null` for registries without a known web page. */
  readonly web: string | null;
}

export interface ConfiguredAuth {
  readonly type: "bearer" | "basic" | "oidc";
  /** References such as `${NAME}`, not yet resolved. */
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
}

/** A registry token that lives for minutes. */
export interface MintedToken {
  readonly token: Secret;
  readonly registry: Registry;
  /** Milliseconds since the epoch. */
  readonly mintedAt: number;
  /** Milliseconds since the epoch; from the registry, or by its documented lifetime. */
  readonly expiresAt: number;
  /** Whether the registry named the expiry, or it is assumed. */
  readonly expiryKnown: boolean;
}

/** How a minted token's life ended; `unsupported` where the server has no such call. */
export type BurnOutcome = "burned" | "unsupported" | "failed";

/** Why an exchange did not give a token: a {@link Problem} that also says how to go on. */
export interface Refusal extends Problem {
  readonly status: number;
  /** Which claim the registry did not accept, where it (or a comparison) tells. */
  readonly cause: RefusalCause;
  /** What the registry would have accepted. */
  readonly expected?: readonly string[];
  readonly actual?: string;
  readonly comparison?: readonly Comparison[];
  /** `fresh-token`: once more with a new OIDC token. `later`: back off, new OIDC token each time. `never`: nothing will change. */
  readonly retry: "fresh-token" | "later" | "never";
  /** Milliseconds that the registry asked to wait; absent where it did not say. */
  readonly retryAfter?: number;
}

export type RefusalCause =
  | "repository"
  | "owner"
  | "workflow"
  | "environment"
  | "event"
  | "issuer"
  | "audience"
  | "token"
  | "replay"
  | "package"
  | "publisher"
  | "permission"
  | "pending-publisher"
  | "disabled"
  | "registry"
  | "unknown";

/** What a registry has of one version. */
export interface VersionState {
  /**
   * `absent`: the package exists, the version does not. `no-package`: the package does not exist. `present`, `yanked`: it is there,
   * with `files`. `gone`: it was there once and can never be again. `unknown`: the registry could not be asked; `reason` says why.
   */
  readonly state: "absent" | "no-package" | "present" | "yanked" | "gone" | "unknown";
  readonly files: readonly PublishedFile[];
  /** The newest version that is there, for people; `null` when none or not known. */
  readonly latest: string | null;
  readonly reason?: string;
  /** What the registry says about who published it, where it does. */
  readonly publisher: PublisherEvidence | null;
  /** Registry settings that change what may be published, e.g. crates.io's `trustpub_only`. */
  readonly trustedOnly?: boolean;
}

export interface PublishedFile {
  readonly name: string;
  /** Lower-case hex; absent where the registry does not publish that one. */
  readonly sha256?: string;
  readonly sha512?: string;
}

/** `trustpub_data`, a provenance statement or `trustedPublisher`, reduced to what can be compared with the running job. */
export interface PublisherEvidence {
  readonly source: "trustpub_data" | "trustedPublisher" | "provenance";
  readonly repository: string | null;
  readonly runId: string | null;
  readonly sha: string | null;
}

/** One field of the form that people fill in to register a publisher. */
export interface FormField {
  /** As the form names it. */
  readonly label: string;
  readonly value: string;
}

/** What to register, and where, so that a job with these claims may publish. */
export interface PublisherForm {
  readonly fields: readonly FormField[];
  /** The settings page, prefilled where the registry supports it. */
  readonly url: string;
  /** A command that does it, where there is one. */
  readonly command?: string;
  /** What stands in the way, e.g. an event that the registry refuses. */
  readonly obstacles: readonly string[];
}

/** One protocol. Everything that a registry of that kind can be asked. */
export interface Protocol {
  readonly kind: Kind;
  /** The audience that an OIDC token for it needs. */
  audience(session: Session, registry: Registry): Promise<string>;
  /** Exchanges once, without any retry. */
  exchange(
    session: Session,
    registry: Registry,
    jwt: Secret,
    context: ExchangeContext,
  ): Promise<MintedToken | Refusal>;
  /** Ends a minted token's life. Never throws. */
  burn(session: Session, minted: MintedToken): Promise<BurnOutcome>;
  /** What is wrong with a credential (for `packageName`, when given), seen without any network; `null` when nothing is. */
  checkToken(token: Secret, registry: Registry, packageName?: string): Promise<Problem | null>;
  version(session: Session, registry: Registry, name: string, version: string): Promise<VersionState>;
  /** What the registry would have to have on file. */
  form(registry: Registry, claims: Claims, name: string): PublisherForm;
  /** A claim that this kind of registry refuses whatever is registered; `null` when none. */
  refusedByRule(registry: Registry, claims: Claims): Problem | null;
  /** The settings page of a package. */
  settingsUrl(registry: Registry, name: string): string;
}

export interface ExchangeContext {
  readonly packageName: string | null;
  readonly claims: Claims;
  /** What the repository declares, so that a refusal can be compared field by field. */
  readonly declared: TrustPolicy | null;
}

/** What the repository says that it has registered at the registry. */
export interface TrustPolicy {
  /** A file name, not a path. */
  readonly workflow: string;
  readonly environment: string | null;
  /** `owner/repo`; `null`: the repository's own. */
  readonly repository: string | null;
}
