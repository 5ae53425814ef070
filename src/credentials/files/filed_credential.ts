import type { SourceText } from "../../formats/positions.ts";
import { Secret } from "../../host/secret.ts";
import type { Location } from "../../problem.ts";
import { isPlaceholder } from "../../registries/token_check.ts";

/** A setting that gives a client a credential. The value itself is never kept in the open. */
export interface FiledCredential {
  /** As written: `//registry.npmjs.org/:_authToken`, `password`, `token`, `NPM_TOKEN`, … */
  readonly key: string;
  /** Whom the file says that it is for, where the key does not tell: a section, a scope, a registry. */
  readonly owner: string | null;
  /** `literal`: it stands here. `reference`: it comes from variables, a command or a store. `placeholder`: somebody is to fill it in. */
  readonly holds: "literal" | "reference" | "placeholder" | "empty";
  /** `null` but for a literal. */
  readonly secret: Secret | null;
  /** Names of the variables that it is made of. */
  readonly variables: readonly string[];
  /** The value. */
  readonly at: Location;
  readonly keyAt: Location;
}

/** The part of a settings file that all formats have. */
export interface CredentialFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly credentials: readonly FiledCredential[];
}

/** What a person writes where a password goes that is none, or opens nothing but a toy. */
const TOYS =
  /^(?:password|passwd|pass|secret|token|anonymous|guest|admin|root|test|user|foo|bar|verdaccio|fake\w*|dummy\w*|example\w*|.*(?:placeholder|change-?_?me|your[-_ ]|xxxx|<|\.\.\.|redacted).*)$/i;

/** Shorter values open nothing at any registry, and are not kept out of the report: {@link Secret} knows none of them. */
export const SHORTEST = 8;

/** A credential from its parts. `value` is what the client would take, `variables` the names that it is made of. */
export function filed(
  source: SourceText,
  { key, owner = null, value, variables = [], start, end, keyStart, keyEnd }: {
    key: string;
    owner?: string | null;
    value: string;
    variables?: readonly string[];
    /** Offsets in the body of `source`. */
    start: number;
    end: number;
    keyStart: number;
    keyEnd: number;
  },
): FiledCredential {
  return {
    key,
    owner,
    ...held(value, variables, key),
    at: source.span(start, end),
    keyAt: source.span(keyStart, keyEnd),
  };
}

/** What a value is, seen as a credential. */
export function held(
  value: string,
  variables: readonly string[],
  key: string,
): Pick<FiledCredential, "holds" | "secret" | "variables"> {
  const holds = value.trim() === ""
    ? "empty"
    : variables.length > 0
    ? "reference"
    : value.length < SHORTEST || isPlaceholder(value.trim()) || TOYS.test(value.trim().slice(0, 200))
    ? "placeholder"
    : "literal";
  return { holds, secret: holds === "literal" ? new Secret(value, key, null) : null, variables };
}
