import type { Location } from "../problem.ts";
import type { CredentialUse } from "./model.ts";
import type { PlacedCommand } from "./placed_commands.ts";

/** Something that may publish and cannot be read. */
export interface Unseen {
  /** As written, e.g. `owner/repo/.github/workflows/x.yml@v1` or `circleci/node@5`. */
  readonly reference: string;
  readonly at: Location;
  /** In the script that the command at `at` starts; absent where it stands in the pipeline. */
  readonly inScript?: Location;
  /** Of a program in a language that is not read: the words in it that say that it publishes. */
  readonly names?: NamedPublish;
  /** Whether nothing says that it publishes: a library, what is included for many things. */
  readonly vague?: boolean;
  /** The keys of registries among its arguments; absent where there are none. */
  readonly credentials?: readonly CredentialUse[];
}

/** What a program in another language than the shell's names, e.g. `npm publish`. */
export interface NamedPublish {
  readonly words: string;
  readonly at: Location;
  /** Whether it stands in a file that the program imports, and may not use for that. */
  readonly imported?: true;
}

/** A script of the project, or a recipe of make: what it runs, where a shell reads it. */
export interface StartedScript {
  readonly text: string;
  /** The command that starts it. */
  readonly at: Location;
}

/** A command in a script that a step starts. */
export interface StartedCommand extends PlacedCommand {
  /** The command in the pipeline that starts the script. */
  readonly startedAt: Location;
}
