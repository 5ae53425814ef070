import type { ClientName, Package } from "../../config/project.ts";
import type { Problem } from "../../problem.ts";
import type { Session } from "../../host/session.ts";
import type { Kind, MintedToken, Registry } from "../../registries/registry.ts";
import type { PackedFile, PackedPackage } from "../manifest.ts";

/** A program that packs and uploads. One file each, one line in clients/table.ts. */
export interface Client {
  readonly name: ClientName;
  readonly kind: Kind;
  /** Name of the program that uploads, e.g. `cargo`. */
  readonly program: string;
  /** `1.95.0`; `null` when it is not on this machine. */
  version(session: Session): Promise<string | null>;
  /** Why this version must not be used; `null` when it may. */
  unfit(version: string): Problem | null;
  /** Asks what {@link pack} will want to know, while there is time; changes nothing and runs no code of the project. */
  prepare?(session: Session, job: Pick<PackJob, "packages" | "worktree">): Promise<unknown>;
  /** Builds and verifies without any credential. */
  pack(session: Session, job: PackJob): Promise<readonly PackedPackage[]>;
  /** Uploads exactly the packed bytes and runs no code of the project. */
  upload(session: Session, job: UploadJob): Promise<UploadOutcome>;
}

export interface PackJob {
  /** Packages of this client. */
  readonly packages: readonly Package[];
  /** Absolute path of a clean worktree of the commit. */
  readonly worktree: string;
  /** When the commit was made, in seconds since the epoch. */
  readonly committedAt: number;
  /** Absolute path where the files go, one folder a package. */
  readonly artifacts: string;
  /** Lines of the client's own output. */
  readonly onLine: (line: string) => void;
  /** Beyond the client's usual environment, e.g. where a rehearsal's index is. */
  readonly extraEnv: Readonly<Record<string, string>>;
}

export interface UploadJob {
  readonly package: Package;
  readonly version: string;
  readonly files: readonly (PackedFile & { readonly path: string })[];
  readonly registry: Registry;
  /** The package does not exist yet at the registry. */
  readonly first: boolean;
  /** Gives a credential at the moment of upload; every token it mints is burned by whoever made it. */
  readonly credential: CredentialSource;
  /** crates: a worktree of the packed commit; `null` for clients that need none. */
  readonly worktree: string | null;
  readonly onLine: (line: string) => void;
  readonly extraEnv: Readonly<Record<string, string>>;
  /** npm: attach provenance (`null`: as npm itself would decide without us, i.e. none). */
  readonly provenance: {
    readonly token: MintedToken["token"];
    readonly variables: Readonly<Record<string, string>>;
  } | null;
}

/** Where an upload's token comes from. */
export interface CredentialSource {
  /** `oidc`: minted now; `token`: a long-lived one, found where `describe` says. */
  readonly path: "oidc" | "token";
  /** For reports, e.g. `OIDC from GitHub Actions` or `NPM_TOKEN`. */
  readonly describe: string;
  /** A token that still lives for at least a minute. */
  token(): Promise<MintedToken["token"]>;
  /** Milliseconds since the epoch; `null` where a long-lived token's end is not known. */
  expiresAt(): number | null;
}

export type UploadOutcome =
  /** The client says that it went through; only the registry can prove it. */
  | { readonly status: "accepted" }
  /** The registry has the version already; compare bytes. */
  | { readonly status: "exists"; readonly said: string }
  /** Nobody knows: the connection broke after the request. */
  | { readonly status: "unclear"; readonly problem: Problem }
  | { readonly status: "refused"; readonly problem: Problem };
