import type { Setting, Step } from "./model.ts";
import { actionName } from "./publishing.ts";

const VARIABLE = "NODE_AUTH_TOKEN";

/** Releases that put a placeholder there whatever they are given: before 2.1.4. */
const PLACEHOLDER_ALWAYS = /@v?(?:1(?:\.|$)|2\.0\.|2\.1\.[0-3]$)/;

/**
 * The variable that a step leaves for all later ones of its job: `actions/setup-node` that sets up a registry exports the NODE_AUTH_TOKEN
 * of its own step (configAuthentication in its src/authutil.ts). `outer` is that of the steps around it.
 */
export function leftVariable(step: Step, outer?: Setting): Setting | undefined {
  if (step.live === "no" || step.uses === null) return undefined;
  const own = step.env.get(VARIABLE) ?? outer;
  const { uses: { value }, with: inputs, inner } = step;
  if (actionName(value) === "actions/setup-node") {
    const exports = (inputs.get("registry-url")?.value ?? "") !== "" && !PLACEHOLDER_ALWAYS.test(value);
    return exports && own?.value ? own : undefined;
  }
  const left = inner.map((each) => leftVariable(each, own)).findLast((each) => each !== undefined);
  return left && givenTo(step, left);
}

/** What an input of an action comes to is known where the action is used. */
function givenTo({ with: inputs }: Step, left: Setting): Setting | undefined {
  if (!left.value.includes("inputs.")) return left;
  const input = /^\s*\$\{\{\s*inputs\.([\w-]+)\s*\}\}\s*$/.exec(left.value)?.[1];
  const given = input === undefined ? undefined : inputs.get(input);
  return given && { ...left, value: given.value, at: given.at };
}
