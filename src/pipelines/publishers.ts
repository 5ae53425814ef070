import type { Kind } from "../registries/registry.ts";
import { ANY_ACTIONS, ANY_COMMANDS } from "./publishers/any.ts";
import { CRATES_ACTIONS, CRATES_COMMANDS } from "./publishers/crates.ts";
import { NPM_ACTIONS, NPM_COMMANDS } from "./publishers/npm.ts";
import type { PublishAction, PublishCommand } from "./publishers/publisher.ts";
import { PYPI_ACTIONS, PYPI_COMMANDS } from "./publishers/pypi.ts";

export type { PublishAction, PublishCommand, TokenSources } from "./publishers/publisher.ts";

/** Every program that is known to publish. */
export const PUBLISH_COMMANDS: readonly PublishCommand[] = [
  ...ANY_COMMANDS,
  ...CRATES_COMMANDS,
  ...NPM_COMMANDS,
  ...PYPI_COMMANDS,
];

/** Every action that is known to publish. */
export const PUBLISH_ACTIONS: readonly PublishAction[] = [
  ...ANY_ACTIONS,
  ...CRATES_ACTIONS,
  ...NPM_ACTIONS,
  ...PYPI_ACTIONS,
];

/** Actions that give later steps of the job a minted token, and the kind of registry that it is for. */
export const MINT_ACTIONS: Readonly<Record<string, { readonly client: string; readonly kind: Kind }>> = {
  "rust-lang/crates-io-auth-action": { client: "crates-io-auth-action", kind: "crates" },
};

/** Actions that run the command of an input. */
export const COMMAND_INPUTS: Readonly<Record<string, string>> = {
  "nick-fields/retry": "command",
  "nick-invision/retry": "command",
};
