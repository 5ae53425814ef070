import type { Kind } from "../../registries/registry.ts";
import type { Answer } from "../model.ts";

/** Where a publisher can be given a long-lived token. */
export interface TokenSources {
  /** Variables that it reads. */
  readonly env: readonly string[];
  /** Options of a command, or inputs of an action. */
  readonly options: readonly string[];
  /** Text elsewhere in the job that leaves a token where it is found. */
  readonly traces?: RegExp;
}

/** What programs and actions that publish have in common. */
interface Publisher {
  /** As people call it. */
  readonly client: string;
  /** `null`: several kinds, decided by configuration. */
  readonly kind: Kind | null;
  readonly tokens: TokenSources;
  /** Whether it publishes with OIDC when no token is in sight. */
  readonly otherwise: Answer;
  /** Whether it tries OIDC first although it has a token. */
  readonly oidcFirst?: boolean;
  /** The option or input that names the registry. */
  readonly registry?: readonly string[];
  /** Options or inputs (when true) that keep it from publishing. */
  readonly dry?: readonly string[];
}

/** A program that publishes. */
export interface PublishCommand extends Publisher {
  readonly program: string;
  /** The words that make it publish, one alternative an element; `*` is any word. */
  readonly verbs: readonly (readonly string[])[];
  /** Options that take a value in the next word. */
  readonly valued: readonly string[];
  /** Options that name the packages. */
  readonly packages?: readonly string[];
  /** An option without which it does not publish. */
  readonly needs?: readonly string[];
  /** An option that decides between OIDC and a token. */
  readonly decides?: { readonly option: string; readonly oidc: string; readonly token: string };
}

/** An action that publishes. */
export interface PublishAction extends Publisher {
  /** `owner/repo`, in lower case. */
  readonly actions: readonly string[];
  /** Inputs that must be as listed: one of the values, or any text. */
  readonly when?: Readonly<Record<string, readonly string[] | "given">>;
  /** Inputs that must not have the value. */
  readonly unless?: Readonly<Record<string, string>>;
}
