import type { Location } from "../problem.ts";
import type { Kind } from "../registries/registry.ts";
import type { Fix } from "../report/finding.ts";
import type { Permissions } from "./granted.ts";
import type { NamedPublish, StartedCommand, StartedScript, Unseen } from "./started.ts";
import type { Stranger, Trigger } from "./trigger.ts";

export type { NamedPublish, Permissions, StartedCommand, StartedScript, Stranger, Trigger, Unseen };

/** An answer that may honestly be "unknown" (an expression, a remote file). */
export type Answer = "yes" | "no" | "unknown";

/** Whose CI reads the file. */
export type Vendor = "github" | "gitlab" | "circleci" | "jenkins";

/** Where packages go: the registries that keyless speaks to, and others whose publishing it recognises. */
export type Ecosystem =
  | Kind
  | "rubygems"
  | "nuget"
  | "maven"
  | "jsr"
  | "pub"
  | "hex"
  | "go"
  | "vscode"
  | "gemfury"
  | "cocoapods"
  | "luarocks"
  | "docker"
  | "github";

/** A setting as written, e.g. `NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}`. */
export interface Setting {
  readonly name: string;
  /** As the runner sees it before it evaluates expressions; numbers and booleans as text, nothing as "". */
  readonly value: string;
  /** The value's place; of one that spans several lines all of them. */
  readonly at: Location;
  /** The key's place. */
  readonly keyAt: Location;
}

/** Settings by name, in the order in which they are written. */
export type Settings = ReadonlyMap<string, Setting>;

/** A CI file of any vendor. */
export interface Pipeline {
  readonly vendor: Vendor;
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** The file's name: what registries call the workflow. */
  readonly file: string;
  readonly name: string | null;
  readonly text: string;
  readonly triggers: readonly Trigger[];
  /** Variables of all jobs. */
  readonly env: Settings;
  /** The permissions written for all jobs; `null` when none are. */
  readonly permissionsAt: Location | null;
  readonly concurrency: Concurrency | null;
  readonly jobs: readonly Job[];
  /** Steps, or lines of one, that would publish and are commented out. */
  readonly commentedOut: readonly PublishInvocation[];
  /** What this file uses and nobody can read from here: remote includes, orbs, shared libraries. Called jobs and actions say so themselves. */
  readonly unseen: readonly Unseen[];
  /** What its caller gives it as `inputs`, as far as that is known, by names in lower case; absent where nothing calls it. */
  readonly inputs?: ReadonlyMap<string, string | boolean>;
  /** Secrets that a workflow wants from its callers. */
  readonly wantedSecrets: Settings;
  /** Inputs among whose values people choose who start it by hand, with their types; absent where there are none. */
  readonly switches?: Settings;
  /** How many jobs it has, where nothing in the text can publish: it was not read, and everything else here is empty. */
  readonly skimmedJobs?: number;
}

/** A `concurrency:` block. */
export interface Concurrency {
  readonly group: string | null;
  /** Whether a newer run ends this one. */
  readonly cancels: Answer;
  /** The setting that decides it, `null` when nothing is written. */
  readonly cancelsAt: Setting | null;
  readonly at: Location;
}

export interface Job {
  readonly id: string;
  /** The job's key. */
  readonly at: Location;
  /** The whole job, from its first key to its end. */
  readonly extent: Location;
  readonly environment: EnvironmentSetting | null;
  readonly permissions: Permissions;
  /** Variables of the job itself, without the pipeline's. */
  readonly env: Settings;
  readonly steps: readonly Step[];
  readonly runner: Runner | null;
  /** The image that the steps run in; `null` when they run on the machine itself. */
  readonly container: Setting | null;
  /** The job's `if:` as written. */
  readonly condition: Setting | null;
  /** `no` for a job whose condition can never be true. */
  readonly live: Answer;
  readonly needs: readonly string[];
  /** What it needs and is in no pipeline that it is in, with what keeps that out (GitLab); absent where nothing is. */
  readonly absentNeed?: { readonly name: Setting; readonly condition: Setting };
  readonly concurrency: Concurrency | null;
  readonly timeout: Setting | null;
  readonly continueOnError: Setting | null;
  /** OIDC tokens that are put into variables: by GitLab's `id_tokens`, by `circleci run oidc get`. */
  readonly idTokens: readonly IdToken[];
  /** What starts this job, where a job says it itself (GitLab, CircleCI, Jenkins); absent: what starts its pipeline. */
  readonly triggers?: readonly Trigger[];
  /** The workflow of the file that runs it, where a file has several (CircleCI). */
  readonly workflow?: string;
  /** Named sets of secrets that the job is given: CircleCI's contexts. */
  readonly contexts?: readonly Setting[];
  /** The edit that puts an OIDC token with this audience into a variable of the job (GitLab); `null` where the text does not allow one. */
  readonly addIdToken?: (variable: string, audience: string) => Fix | null;
  /** What the job hands on to those that need it; absent where the reader does not tell. */
  readonly outputs?: Settings;
  /** Every text that one with `${{ matrix.KEY }}` in it can be, `null` where nobody can know; absent where the reader does not tell. */
  readonly byMatrix?: (text: string) => readonly string[] | null;
  /** Paths in an expression, in lower case, that no leg of its matrix has; absent where the reader does not tell. */
  readonly absentFromMatrix?: (expression: string) => ReadonlySet<string>;
  /** Whether its matrix makes several jobs of it for sure. */
  readonly severalLegs?: boolean;
  /** Whether several of them run at a time; absent where the reader does not tell. */
  readonly legsSideBySide?: Answer;
  /** The local reusable workflow that the job calls, resolved; its jobs' publishers count as this pipeline's. */
  readonly calls: CalledWorkflow | null;
}

/** Where a job runs. */
export interface Runner {
  /** Every label; `null` when an expression decides. Of a matrix every label that it can be. */
  readonly labels: readonly string[] | null;
  readonly group: string | null;
  readonly at: Location;
}

/** An OIDC token that a job gets in a variable. */
export interface IdToken {
  readonly variable: string;
  /** `null` when nobody can know. */
  readonly audiences: readonly string[] | null;
  /** The variable's name. */
  readonly at: Location;
  /** What is written as its audience; `null` when none is. */
  readonly audienceAt: Location | null;
}

export interface CalledWorkflow {
  /** As written, e.g. `./.github/workflows/publish.yml` or `owner/repo/.github/workflows/x.yml@ref`. */
  readonly reference: string;
  readonly at: Location;
  readonly with: Settings;
  /** What it hands over: `"inherit"` is all of them. */
  readonly secrets: Settings | "inherit";
  readonly secretsAt: Location | null;
  /** `null` for a remote one, which nobody can read from here. */
  readonly pipeline: Pipeline | null;
}

export interface EnvironmentSetting {
  /** `null` when it is an expression. */
  readonly name: string | null;
  /** Every name that it can have, where the job's matrix tells; `null` when nobody can know. */
  readonly names: readonly string[] | null;
  readonly at: Location;
}

export interface Step {
  readonly id: string | null;
  readonly name: string | null;
  /** The first line of the step. */
  readonly at: Location;
  /** The whole step. */
  readonly extent: Location;
  readonly uses: Setting | null;
  readonly run: Setting | null;
  /** What a shell runs of it, where that is not `run` as written: the command that its action is given, or the value of the input or variable that is all of `run`. */
  readonly script?: Setting;
  /** Which shell runs `run`, as written here or in the defaults around; `null`: the runner's own. */
  readonly shell: string | null;
  readonly with: Settings;
  readonly env: Settings;
  readonly condition: Setting | null;
  readonly live: Answer;
  readonly continueOnError: Setting | null;
  /** The steps of the local composite action that `uses` names; none otherwise. */
  readonly inner: readonly Step[];
  /** What these see as `inputs`: what their action declares, and what it is given; absent where there are none. */
  readonly inputNames?: readonly string[];
  /** Present where `uses` names a local action that is not in the repository. */
  readonly missingAction?: MissingAction;
  /** What it publishes, also by its inner steps and by the scripts that it starts. */
  readonly publishes: readonly PublishInvocation[];
  /** Scripts and actions that it starts and nobody can read from here. */
  readonly unseen: readonly Unseen[];
  /** Scripts of the project that its own script starts; absent where there are none. */
  readonly started?: readonly StartedScript[];
  /** What they do to the repository, and install, as far as it is known to be run; absent where there is nothing. */
  readonly startedCommands?: readonly StartedCommand[];
  /** Where its command starts, relative to the root (`.`); `null` when nobody can know, absent where the reader does not tell. */
  readonly directory?: string | null;
  /** Credentials that the CI itself writes into the text of the command (Jenkins). */
  readonly interpolations?: readonly Interpolation[];
}

/** A local action that is not in the repository. */
export interface MissingAction {
  /** The directory of an action that may be meant; `null` where none is called like it. */
  readonly meant: string | null;
}

/** A credential that is written into a command's text, where the shell could have read a variable. */
export interface Interpolation {
  readonly variable: string;
  /** As written: `$TOKEN` or `${TOKEN}`. */
  readonly at: Location;
  /** Where the variable is bound to the credential. */
  readonly boundAt: Location;
  /** The edit that leaves it to the shell; `null` where the text does not allow one. */
  readonly fix: Fix | null;
}

/** A step (or a line of it) that publishes something. */
export interface PublishInvocation {
  /** `keyless`, `cargo`, `npm`, `twine`, `uv`, an action's name, … */
  readonly client: string;
  /** `null`: several kinds, decided by configuration (keyless itself). */
  readonly kind: Ecosystem | null;
  /** Whether it publishes with OIDC: `no` where it is given a token. */
  readonly keyless: Answer;
  /** Package names given on the command line; empty: whatever the project has. */
  readonly packages: readonly string[];
  /** The registry by name or URL, as the command line, an input, a variable or an earlier step names it; `null`: the client's default. */
  readonly registry: string | null;
  /** The registry as written, where nobody knows what that comes to: `registry` is `null` then. */
  readonly registryAs?: string;
  /** Registries as people call them, where a build says which; absent where nothing does. */
  readonly uploadsTo?: string;
  /** The project's settings make it work as if no CI ran it. */
  readonly ignoresCi?: true;
  /** In the pipeline; of one that a script runs, the command that starts the script. */
  readonly at: Location;
  /** The command itself, in the script that the step starts; `null` when it stands in the pipeline. */
  readonly inScript: Location | null;
  /** What stands before it in the scripts of the project that run with it; absent where it is in none, or nobody can know. */
  readonly before?: readonly string[];
  /** The arguments behind the program's name; of an action none. */
  readonly args: readonly string[];
  /** What its script has set before it, `null` what it has removed; absent of an action. */
  readonly variables?: ReadonlyMap<string, string | null>;
  /** Every place where it finds, or may find, a token; the ones that decide first. */
  readonly credentials: readonly CredentialUse[];
  /** Whether its failure is swallowed: `|| true`, `continue-on-error`. */
  readonly tolerated: boolean;
  /** The command by which another script swallows it; absent where none does. */
  readonly toleratedIn?: Location;
  /** Where it runs, relative to the root (`.`); `null` when nobody can know. */
  readonly directory: string | null;
  /** The step that fetches its token, and without which it has none; absent where that is another matter. */
  readonly login?: Step;
  /** Whether the step only fetches the token: where that is used is not seen. */
  readonly onlyMints?: true;
}

/** A variable, option or input that gives a publisher its token. */
export interface CredentialUse {
  readonly source: "variable" | "option" | "input" | "file";
  /** `NODE_AUTH_TOKEN`, `--token`, `password`, … */
  readonly name: string;
  /** As written; never a value of a secret, but a literal one may be in it: do not print it. */
  readonly value: string;
  /** What the value is: a long-lived token, one that an earlier step minted, nothing, or who knows. */
  readonly holds: "token" | "minted" | "none" | "unknown";
  /** `NPM_TOKEN` of `secrets.NPM_TOKEN`; `null` when the value names none. */
  readonly secret: string | null;
  /** Where the secret is named, when that is in a variable which the value names; absent: in the value. */
  readonly secretAt?: Location;
  /** Whose setting it is. */
  readonly scope: "command" | "step" | "job" | "pipeline" | "caller";
  readonly at: Location;
}
