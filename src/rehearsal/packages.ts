/** A package that a registry has before the rehearsal starts. */
export interface ExistingPackage {
  /** Name of the registry. */
  readonly registry: string;
  readonly name: string;
  readonly versions?: readonly ExistingVersion[];
  /** crates.io: new versions only by trusted publishing. */
  readonly trustedOnly?: boolean;
  /** npm: not visible to everybody. */
  readonly restricted?: boolean;
}

/** One version of it. */
export interface ExistingVersion {
  readonly version: string;
  /** Default: one file with made-up content. */
  readonly files?: readonly ExistingFile[];
  readonly yanked?: boolean;
  /** It was there once and was removed (PyPI, npm): it can never be again. */
  readonly removed?: boolean;
  /** crates: the version's line of the sparse index, where it is known. */
  readonly index?: Readonly<Record<string, unknown>>;
}

/** A file of it. */
export interface ExistingFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The files of a version, or a made-up one of that name. */
export function filesOf(version: ExistingVersion, name: string): readonly ExistingFile[] {
  return version.files ?? [{ name, bytes: new TextEncoder().encode(`content of ${name}\n`) }];
}
