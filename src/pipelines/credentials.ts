import { UNKNOWN } from "./commands.ts";
import type { Answer } from "./model.ts";
import type { TokenSources } from "./publishers.ts";

/** What a value that could be a token is: nothing, a long-lived token, one that an earlier step has minted, or who knows. */
export type TokenValue = "none" | "token" | "minted" | "unknown";

/** Where a publishing step looks for its token. */
export interface Surroundings {
  /** Variables of the workflow, the job and the step; the last one wins. */
  readonly env: ReadonlyMap<string, string>;
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

/** What a value of a workflow is, seen as a token. */
export function tokenValue(value: string | undefined, around: Surroundings): TokenValue {
  if (value === undefined || value.trim() === "") return "none";
  const expressions = [...value.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, inner]) => inner!.trim());
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
    return tokenValue(around.env.get(variable), { ...around, env: without(around.env, variable) });
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
    ? tokenValue(around.env.get(name), { ...around, env: without(around.env, name) })
    : "unknown";
}

function without(env: ReadonlyMap<string, string>, name: string): ReadonlyMap<string, string> {
  return new Map([...env].filter(([other]) => other !== name));
}

/** Whether a publisher works with OIDC here. `given` are the values of its options or inputs. */
export function keylessAnswer(
  publisher: { readonly tokens: TokenSources; readonly otherwise: Answer; readonly oidcFirst?: boolean },
  given: readonly string[],
  around: Surroundings,
): Answer {
  const { tokens, otherwise, oidcFirst } = publisher;
  const values = [...given, ...tokens.env.map((name) => around.env.get(name))].map((value) =>
    tokenValue(value, around)
  );
  if (values.includes("minted")) return "yes";
  const written = tokens.env.some((name) => new RegExp(`\\b${name}=`).test(around.scripts));
  if (values.includes("token") || written || tokens.traces?.test(around.scripts)) {
    return oidcFirst && around.oidc !== "no" ? "unknown" : "no";
  }
  return values.includes("unknown") ? "unknown" : otherwise;
}
