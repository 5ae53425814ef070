import type { Location } from "../problem.ts";
import { UNKNOWN } from "./commands.ts";
import type { Answer, CredentialUse, Ecosystem, Settings } from "./model.ts";
import type { TokenSources } from "./publishers.ts";
import type { Script } from "./script.ts";
import { mintsTokens, writtenTokens } from "./written_tokens.ts";

/** What a value that could be a token is: nothing, a long-lived token, one that an earlier step has minted, or who knows. */
export type TokenValue = CredentialUse["holds"];

/** A variable that a step sees, and whose it is. */
export interface Variable {
  readonly value: string;
  readonly scope: CredentialUse["scope"];
  /** `null` for one that the command line itself sets. */
  readonly at: Location | null;
}

/** Where a publishing step looks for its token. */
export interface Surroundings {
  /** Variables of the pipeline, the job, the step and the command; the last one wins. */
  readonly env: ReadonlyMap<string, Variable>;
  /** Inputs of the action or reusable workflow around it, as its caller gives them. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Where the workflow gives a composite action its inputs. */
  readonly givenAt: ReadonlyMap<string, Location>;
  /** Secrets that its caller hands over; `null` where it is not called, or gets them all. */
  readonly secrets: ReadonlySet<string> | null;
  /** Ids of steps of the job that mint a token. */
  readonly minting: ReadonlySet<string>;
  /** Kinds of registries for which an earlier step leaves a minted token where every client finds it. */
  readonly minted: ReadonlySet<Ecosystem>;
  /** The scripts of the job up to here. */
  readonly scripts: readonly Script[];
  /** Variables that an earlier step has put into Maven's settings as the password of a server. */
  readonly passwords: ReadonlySet<string>;
  /** The registry that an earlier step has made npm's default. */
  readonly npmRegistry: string | null;
  /** Whether the job can request an OIDC token. */
  readonly oidc: Answer;
  /** Directories into which earlier steps have checked out the repository. */
  readonly checkouts: readonly string[];
  /** Whether all variables are written in files, and none in settings of the project. */
  readonly isWritten: boolean;
}

/** Nothing is known. */
export const NOWHERE: Surroundings = {
  env: new Map(),
  inputs: new Map(),
  givenAt: new Map(),
  secrets: null,
  minting: new Set(),
  minted: new Set(),
  scripts: [],
  passwords: new Set(),
  npmRegistry: null,
  oidc: "unknown",
  checkouts: [],
  isWritten: false,
};

/** Variables with those of an inner scope, which win. */
export function inner(
  outer: ReadonlyMap<string, Variable>,
  settings: Settings,
  scope: CredentialUse["scope"],
): ReadonlyMap<string, Variable> {
  return settings.size === 0 ? outer : new Map([
    ...outer,
    ...[...settings].map(([name, { value, at }]) => [name, { value, scope, at }] as const),
  ]);
}

/** How many parts of a value, and of the values that it names, are still to be looked at: two that name two each come to thousands. */
interface Patience {
  left: number;
}

/** What a value of a workflow is, seen as a token. */
export function tokenValue(
  value: string | undefined,
  around: Surroundings,
  patience: Patience = { left: 200 },
): TokenValue {
  if (patience.left-- <= 0) return "unknown";
  if (value === undefined || value.trim() === "") return "none";
  const expressions = [...value.matchAll(/\$\{\{((?:(?!\$\{\{).)*?)\}\}/gs)].map(([, inside]) =>
    inside!.trim()
  );
  if (expressions.length === 0) return variableValue(value, around, patience);
  const [only] = expressions;
  return expressions.length > 1 || only === undefined ? "token" : expressionValue(only, around, patience);
}

/** `A || B`, `C && A || B`: whichever it comes to. */
function expressionValue(expression: string, around: Surroundings, patience: Patience): TokenValue {
  const operands = expression.split("||").map((part) =>
    part.split("&&").at(-1)!.trim().replace(/^\(|\)$/g, "").trim()
  );
  const values = new Set(operands.map((operand) => operandValue(operand, around, patience)));
  if (values.size === 1) return [...values][0]!;
  values.delete("none");
  return values.size === 1 ? [...values][0]! : "unknown";
}

function operandValue(operand: string, around: Surroundings, patience: Patience): TokenValue {
  if (patience.left-- <= 0) return "unknown";
  const literal = /^'(.*)'$/s.exec(operand)?.[1];
  if (literal !== undefined) return literal === "" ? "none" : "token";
  const input = /^(?:github\.event\.)?inputs\.([\w-]+)$/.exec(operand)?.[1];
  if (input !== undefined && around.inputs.has(input)) {
    return tokenValue(around.inputs.get(input), { ...around, inputs: new Map() }, patience);
  }
  const secret = /^secrets(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])$/i.exec(operand)?.slice(1).find((name) =>
    name !== undefined
  );
  if (secret !== undefined) {
    return !around.secrets || secret.toUpperCase() === "GITHUB_TOKEN" ||
        around.secrets.has(secret.toUpperCase())
      ? "token"
      : "none";
  }
  // Which secret it is, nobody knows; that it is one is sure.
  if (/^secrets\[/i.test(operand)) return "token";
  const variable = /^env\.(\w+)$/.exec(operand)?.[1];
  if (variable !== undefined) {
    const rest = { ...around, env: without(around.env, variable) };
    return tokenValue(around.env.get(variable)?.value, rest, patience);
  }
  const step = /^steps\.([\w-]+)\.outputs\.[\w-]+$/.exec(operand)?.[1];
  if (step !== undefined && around.minting.has(step)) return "minted";
  return /^github\.token$/.test(operand) ? "token" : "unknown";
}

/** `$NAME` in a script is whatever the environment has; anything else is written out. */
function variableValue(value: string, around: Surroundings, patience: Patience): TokenValue {
  if (value.includes(UNKNOWN)) return "token";
  const [, name, fallback] = /^\\?\$\{?(?:env:)?(\w+)(?::?-([^}]*))?\}?$/.exec(value.trim()) ?? [];
  // `{name}` is filled in by a program of another language.
  if (name === undefined) return /^\$\(|^`|^\{\w+\}/.test(value.trim()) ? "unknown" : "token";
  return around.env.has(name)
    ? tokenValue(around.env.get(name)!.value, { ...around, env: without(around.env, name) }, patience)
    : fallback === ""
    ? "none"
    : "unknown";
}

function without<T>(env: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> {
  return new Map([...env].filter(([other]) => other !== name));
}

/** The secret that a value names, and where a variable or the caller of an action does that for it. */
function secretOf(value: string, around: Surroundings): Pick<CredentialUse, "secret" | "secretAt"> {
  const named = /(?<![\w.-])secrets(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])/i.exec(value);
  if (named) return { secret: named[1] ?? named[2]! };
  const input = /^\$\{\{\s*inputs\.([\w-]+)\s*\}\}$/.exec(value.trim())?.[1];
  if (input !== undefined) {
    const given = secretOf(around.inputs.get(input) ?? "", { ...around, inputs: new Map() });
    const secretAt = given.secret === null ? undefined : around.givenAt.get(input);
    return secretAt ? { ...given, secretAt } : given;
  }
  const name = /^\\?\$\{?(?:env:)?(\w+)|^\$\{\{\s*env\.(\w+)\s*\}\}$/.exec(value.trim());
  const variable = name && around.env.get(name[1] ?? name[2]!);
  if (!variable) return { secret: null };
  const found = secretOf(variable.value, { ...around, env: new Map() });
  return found.secret === null || found.secretAt || variable.at === null
    ? found
    : { ...found, secretAt: variable.at };
}

/** The output of a step or a job that a value hands on, as the expression has it; `null` where it hands on none. */
export function outputIn(value: string): string | null {
  return /\$\{\{(?:[^}]*[^\w.-])?((?:steps|needs)\.[\w-]+\.outputs\.[\w-]+)/.exec(value)?.[1] ?? null;
}

/** The value of an option or input, and where it stands. */
export interface GivenValue {
  readonly name: string;
  readonly value: string;
  readonly at: Location;
}

/** Every place where a publisher is given a token here. `given` are its options or inputs; `at` is its own place, `registry` where it publishes. */
export function credentialsOf(
  tokens: TokenSources,
  given: readonly GivenValue[],
  around: Surroundings,
  source: "option" | "input",
  at: Location,
  registry: string | null = null,
): CredentialUse[] {
  const mints = around.scripts.some(mintsTokens);
  const mintedBefore = tokens.minted !== undefined && around.minted.has(tokens.minted);
  const scope = (value: string, own: CredentialUse["scope"]) =>
    /\binputs\.([\w-]+)/.test(value) && around.inputs.size > 0 ? "caller" : own;
  const use = (value: string) => {
    const holds = tokenValue(value, around);
    // What a script has minted is handed on in its own variables.
    const minted = mints && holds === "unknown" && !value.includes("${{");
    return { value, holds: minted ? "minted" as const : holds, ...secretOf(value, around) };
  };
  return [
    ...given.map(({ name, value, at: place }): CredentialUse => ({
      source,
      name,
      ...use(value),
      scope: scope(value, "command"),
      at: place,
    })),
    ...namesOf(tokens, around).flatMap((name): CredentialUse[] => {
      const variable = around.env.get(name);
      return variable
        ? [{
          source: "variable",
          name,
          ...use(variable.value),
          scope: scope(variable.value, variable.scope),
          at: variable.at ?? at,
        }]
        : [];
    }),
    ...writtenTokens(tokens, around).filter(({ host }) => isFor(registry, host)).map(
      ({ source, name, value, mints, at, sees }): CredentialUse => {
        const there = sees ? { ...sees, env: new Map([...around.env, ...sees.env]) } : around;
        const holds = value === null ? "token" : tokenValue(value, there);
        return {
          source,
          name,
          value: value ?? "",
          // A script that mints writes what it has minted; a variable that nobody sets here comes from where nobody sees.
          holds: (mints || mintedBefore) && holds !== "token"
            ? "minted"
            : holds === "unknown"
            ? "token"
            : holds,
          ...value === null ? { secret: null } : secretOf(value, there),
          scope: "job",
          at,
        };
      },
    ),
  ];
}

/** The variables in which a publisher may find its token; with those that the project calls as it likes. */
function namesOf({ env, called }: TokenSources, around: Surroundings): readonly string[] {
  if (!called) return env;
  const own = [...around.env].filter(([name, { value }]) =>
    !env.includes(name) && (around.passwords.has(name) || called.test(name)) &&
    (secretOf(value, around).secret !== null || outputIn(value) !== null)
  );
  return own.length === 0 ? env : [...env, ...own.map(([name]) => name)];
}

/** Whether a token in a file is for the registry, as far as both are known. */
function isFor(registry: string | null, host: string | null): boolean {
  const target = registry === null || host === null ? null : /^(?:https?:)?\/\/([^/]+)/.exec(registry)?.[1];
  return target === null || target === undefined || target === host;
}

/** What decides whether a publisher works with OIDC. */
export interface KeylessFacts {
  readonly kind: Ecosystem | null;
  readonly oidc?: string | null;
  readonly otherwise: Answer;
  readonly oidcFirst?: boolean;
}

/** Whether a publisher works with OIDC here. `foreign`: whether it publishes to another registry than the public one of its kind. */
export function keylessAnswer(
  { kind, oidc, otherwise, oidcFirst }: KeylessFacts,
  credentials: readonly CredentialUse[],
  around: Surroundings,
  foreign: boolean,
): Answer {
  const holds = credentials.map((each) => each.holds);
  if (holds.includes("minted")) return holds.includes("token") ? "unknown" : "yes";
  if (kind !== null && around.minted.has(kind)) return "yes";
  if (holds.includes("token")) {
    return oidcFirst && oidc !== null && !foreign && around.oidc !== "no" ? "unknown" : "no";
  }
  return holds.includes("unknown") ? "unknown" : otherwise;
}
