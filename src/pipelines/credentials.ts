import type { Location } from "../problem.ts";
import { UNKNOWN } from "./commands.ts";
import type { Answer, CredentialUse, Settings } from "./model.ts";
import type { TokenSources } from "./publishers.ts";

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
  /** Secrets that its caller hands over; `null` where it is not called, or gets them all. */
  readonly secrets: ReadonlySet<string> | null;
  /** Ids of steps of the job that mint a token. */
  readonly minting: ReadonlySet<string>;
  /** Every script of the job. */
  readonly scripts: string;
  /** Whether the job can request an OIDC token. */
  readonly oidc: Answer;
}

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

/** What a value of a workflow is, seen as a token. */
export function tokenValue(value: string | undefined, around: Surroundings): TokenValue {
  if (value === undefined || value.trim() === "") return "none";
  const expressions = [...value.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, inside]) => inside!.trim());
  if (expressions.length === 0) return variableValue(value, around);
  const [only] = expressions;
  if (expressions.length > 1 || only === undefined) return "token";
  const input = /^inputs\.([\w-]+)$/.exec(only)?.[1];
  if (input !== undefined && around.inputs.has(input)) {
    return tokenValue(around.inputs.get(input), { ...around, inputs: new Map() });
  }
  const secret = /^secrets\.(\w+)$/i.exec(only)?.[1];
  if (secret !== undefined) {
    return !around.secrets || around.secrets.has(secret.toUpperCase()) ? "token" : "none";
  }
  const variable = /^env\.(\w+)$/.exec(only)?.[1];
  if (variable !== undefined) {
    return tokenValue(around.env.get(variable)?.value, { ...around, env: without(around.env, variable) });
  }
  const step = /^steps\.([\w-]+)\.outputs\.\w+$/.exec(only)?.[1];
  if (step !== undefined && around.minting.has(step)) return "minted";
  return /^github\.token$/.test(only) ? "token" : "unknown";
}

/** `$NAME` in a script is whatever the environment has; anything else is written out. */
function variableValue(value: string, around: Surroundings): TokenValue {
  if (value.includes(UNKNOWN)) return "token";
  const name = /^\$\{?(\w+)\}?$/.exec(value.trim())?.[1];
  if (name === undefined) return "token";
  return around.env.has(name)
    ? tokenValue(around.env.get(name)!.value, { ...around, env: without(around.env, name) })
    : "unknown";
}

function without<T>(env: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> {
  return new Map([...env].filter(([other]) => other !== name));
}

/** The value of an option or input, and where it stands. */
export interface GivenValue {
  readonly name: string;
  readonly value: string;
  readonly at: Location;
}

/** Every place where a publisher is given a token here. `given` are its options or inputs; `at` is its own place. */
export function credentialsOf(
  tokens: TokenSources,
  given: readonly GivenValue[],
  around: Surroundings,
  source: "option" | "input",
  at: Location,
): CredentialUse[] {
  const use = (value: string) => ({
    value,
    holds: tokenValue(value, around),
    secret: /\bsecrets\.(\w+)/i.exec(value)?.[1] ?? null,
  });
  return [
    ...given.map(({ name, value, at: place }): CredentialUse => ({
      source,
      name,
      ...use(value),
      scope: "command",
      at: place,
    })),
    ...tokens.env.flatMap((name): CredentialUse[] => {
      const variable = around.env.get(name);
      return variable
        ? [{ source: "variable", name, ...use(variable.value), scope: variable.scope, at: variable.at ?? at }]
        : [];
    }),
  ];
}

/** Whether a publisher works with OIDC here. */
export function keylessAnswer(
  publisher: { readonly tokens: TokenSources; readonly otherwise: Answer; readonly oidcFirst?: boolean },
  credentials: readonly CredentialUse[],
  around: Surroundings,
): Answer {
  const { tokens, otherwise, oidcFirst } = publisher;
  const holds = credentials.map((each) => each.holds);
  if (holds.includes("minted")) return "yes";
  const written = tokens.env.some((name) => new RegExp(`\\b${name}=`).test(around.scripts));
  if (holds.includes("token") || written || tokens.traces?.test(around.scripts)) {
    return oidcFirst && around.oidc !== "no" ? "unknown" : "no";
  }
  return holds.includes("unknown") ? "unknown" : otherwise;
}
