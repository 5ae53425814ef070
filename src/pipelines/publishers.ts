import { ownTable } from "../formats/own_table.ts";
import type { Ecosystem } from "./model.ts";
import { ANY_ACTIONS, ANY_COMMANDS } from "./publishers/any.ts";
import { CRATES_ACTIONS, CRATES_COMMANDS, CRATES_MINTS } from "./publishers/crates.ts";
import { JVM_ACTIONS, JVM_COMMANDS } from "./publishers/jvm.ts";
import { NPM_ACTIONS, NPM_COMMANDS } from "./publishers/npm.ts";
import { NPM_TOOL_COMMANDS } from "./publishers/npm_tools.ts";
import { NUGET_COMMANDS, NUGET_MINTS } from "./publishers/nuget.ts";
import { OTHER_ACTIONS, OTHER_COMMANDS, OTHER_MINTS } from "./publishers/others.ts";
import { PUBLIB_COMMANDS } from "./publishers/publib.ts";
import type { MintAction, PublishAction, PublishCommand, Publisher } from "./publishers/publisher.ts";
import { PYPI_ACTIONS, PYPI_COMMANDS } from "./publishers/pypi.ts";
import { RUBYGEMS_ACTIONS, RUBYGEMS_COMMANDS, RUBYGEMS_MINTS } from "./publishers/rubygems.ts";

export type {
  MintAction,
  PublishAction,
  PublishCommand,
  TokenSources,
  Trace,
} from "./publishers/publisher.ts";

/** Every program that is known to publish. */
export const PUBLISH_COMMANDS: readonly PublishCommand[] = [
  ...ANY_COMMANDS,
  ...CRATES_COMMANDS,
  ...NPM_COMMANDS,
  ...NPM_TOOL_COMMANDS,
  ...PYPI_COMMANDS,
  ...RUBYGEMS_COMMANDS,
  ...NUGET_COMMANDS,
  ...JVM_COMMANDS,
  ...PUBLIB_COMMANDS,
  ...OTHER_COMMANDS,
];

/** Every action that is known to publish. */
export const PUBLISH_ACTIONS: readonly PublishAction[] = [
  ...ANY_ACTIONS,
  ...CRATES_ACTIONS,
  ...NPM_ACTIONS,
  ...PYPI_ACTIONS,
  ...RUBYGEMS_ACTIONS,
  ...JVM_ACTIONS,
  ...OTHER_ACTIONS,
];

/** Actions that give later steps of the job a minted token, by `owner/repo` in lower case. */
export const MINT_ACTIONS = ownTable<MintAction>({
  ...CRATES_MINTS,
  ...RUBYGEMS_MINTS,
  ...NUGET_MINTS,
  ...OTHER_MINTS,
});

/** Actions that run the command of an input. */
export const COMMAND_INPUTS = ownTable<string>({
  "nick-fields/retry": "command",
  "nick-invision/retry": "command",
  "wandalen/wretry.action": "command",
});

/** Inputs with the script of an action that publishes to npm, which may publish elsewhere too. */
export const SCRIPT_INPUTS = ownTable<readonly string[]>({
  "changesets/action": ["publish", "publish-script"],
  "changesets/action/publish": ["script"],
});

const BY_PROGRAM = new Map<string, PublishCommand[]>();
for (const row of PUBLISH_COMMANDS) {
  for (const program of typeof row.program === "string" ? [row.program] : row.program) {
    BY_PROGRAM.set(program, [...BY_PROGRAM.get(program) ?? [], row]);
  }
}

/** What a program may publish with. */
export function commandsOfProgram(program: string): readonly PublishCommand[] {
  return BY_PROGRAM.get(program) ?? [];
}

/** What is known of a client by itself, wherever it runs. */
export interface ClientFacts {
  readonly kind: Ecosystem | null;
  /**
   * The first version that fetches a token by OIDC itself, for actions of the action; `null`: none does, it needs one that something
   * else has minted; `undefined`: nobody has looked, or it runs other clients.
   */
  readonly oidc: string | null | undefined;
  /** Clients that it runs to publish; older versions of pnpm and every one of `changesets` do. */
  readonly runs: readonly string[];
  /** Whether it tries OIDC first although it is given a token. */
  readonly oidcFirst: boolean;
}

/** The facts about a client by the name that a {@link PublishInvocation} has; `null` for one that is not in the table. */
export function clientFacts(client: string): ClientFacts | null {
  const row: Publisher | undefined = [...PUBLISH_COMMANDS, ...PUBLISH_ACTIONS].find((each) =>
    each.client === client
  );
  return row
    ? { kind: row.kind, oidc: row.oidc, runs: row.runs ?? [], oidcFirst: row.oidcFirst ?? false }
    : null;
}
