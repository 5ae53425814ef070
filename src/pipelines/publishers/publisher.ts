import type { Answer, Ecosystem } from "../model.ts";

/** Where a publisher can be given a long-lived token. */
export interface TokenSources {
  /** Variables that it reads. */
  readonly env: readonly string[];
  /** What variables are called that the project's own settings read; what holds a secret in one of these is a token too. */
  readonly called?: RegExp;
  /** Options of a command, or inputs of an action. */
  readonly options: readonly string[];
  /** What options are called that set a token as a property of a build, as the project likes. */
  readonly properties?: RegExp;
  /** What scripts of the job write into files where it looks. */
  readonly traces?: readonly Trace[];
  /** The registry whose minted token is handed on in a variable that those scripts write down; absent where none is. */
  readonly minted?: Ecosystem;
}

/** Text of a script that leaves a token in a file. */
export interface Trace {
  /** The file, as people call it. */
  readonly file: string;
  /** A group `value` is the token, `variable` the name of one that has it, and `host` the registry that it is for; all may be missing. */
  readonly text: RegExp;
}

/** What programs and actions that publish have in common. */
export interface Publisher {
  /** As people call it. */
  readonly client: string;
  /** `null`: several kinds, decided by configuration. */
  readonly kind: Ecosystem | null;
  /**
   * The first version that fetches a token by OIDC itself; `null`: none does, so it needs one that something else has minted. Left out
   * where nobody has looked, and of one that runs another client to publish.
   */
  readonly oidc?: string | null;
  /** Clients that it runs to publish; then their versions decide. */
  readonly runs?: readonly string[];
  readonly tokens: TokenSources;
  /** Whether it publishes with OIDC when no token is in sight. */
  readonly otherwise: Answer;
  /** Whether it tries OIDC first although it has a token. */
  readonly oidcFirst?: boolean;
  /** The option or input that names the registry. */
  readonly registry?: readonly string[];
  /** Variables that name the registry when no option does. */
  readonly registryEnv?: readonly string[];
  /** The host of the registry to which it makes the client publish that it runs; its `registryEnv` name such hosts too. */
  readonly ownHost?: string;
  /** Options or inputs (when true) that keep it from publishing; of one written `name=value` only when the value is in what it is set to. */
  readonly dry?: readonly string[];
  /** Variables that do, when `true`. */
  readonly dryEnv?: readonly string[];
  /** Variables that send it to a server of one's own; where one is set, it is taken for that. */
  readonly elsewhereEnv?: readonly string[];
  /** The option or input that names the directory to work in. */
  readonly directory?: readonly string[];
  /** Variables that make it publish with OIDC whatever tokens it has, set to any text but `false`. */
  readonly oidcEnv?: readonly string[];
  /** An option or input that decides between OIDC and a token. */
  readonly decides?: { readonly option: string; readonly oidc?: string; readonly token?: string };
}

/** A program that publishes. */
export interface PublishCommand extends Publisher {
  readonly program: string | readonly string[];
  /** The words that make it publish, one alternative an element; `*` is any word. */
  readonly verbs: readonly (readonly (string | RegExp)[])[];
  /** Whether the verb may stand behind other words: `mvn clean deploy`. */
  readonly anywhere?: boolean;
  /** A word behind the verb with which it is something else. */
  readonly unless?: RegExp;
  /** Options that take a value in the next word. */
  readonly valued: readonly string[];
  /** Options that name the packages. */
  readonly packages?: readonly string[];
  /** An option without which it does not publish. */
  readonly needs?: readonly string[];
  /** Switches without which it only says what it would do; a token says that a word which nobody knows is one. */
  readonly executes?: readonly string[];
}

/** An action that publishes. */
export interface PublishAction extends Publisher {
  /** `owner/repo`, in lower case. */
  readonly actions: readonly string[];
  /** Inputs that must be as listed: one of the values, or any text. */
  readonly when?: Readonly<Record<string, readonly string[] | "given">>;
  /** Inputs that must not have the value. */
  readonly unless?: Readonly<Record<string, string>>;
  /** The input that holds its command line, and what must be in it. */
  readonly arguments?: { readonly input: string; readonly publishing: RegExp };
}

/** An action that gives later steps a minted token, for which kind of registry, and where they find it. */
export interface MintAction {
  readonly client: string;
  readonly kind: Ecosystem;
  /** `output`: a step's output, to be handed on. `ambient`: where every client of its kind finds it by itself. */
  readonly gives: "output" | "ambient";
  /** The name of the output that has the token. */
  readonly output?: string;
  /** How long the token lives, in minutes. */
  readonly minutes?: number;
  /** Inputs with which it hands on a long-lived token instead. */
  readonly tokens?: readonly string[];
  /** Whether it is also used where nothing is published, so that it says nothing by itself. */
  readonly ordinary?: true;
}
