import type { Step } from "./model.ts";
import { MINT_ACTIONS, type MintAction } from "./publishers.ts";
import { actionName } from "./publishing.ts";

/**
 * What pub.dev takes in place of a token is what GitHub gives who asks for its audience
 * (https://dart.dev/tools/pub/automated-publishing), which lives five minutes.
 */
const FOR_PUB: MintAction = { client: "GitHub", kind: "pub", gives: "ambient", minutes: 5 };

const ASKS_FOR_PUB =
  /\bgetIDToken\(\s{0,20}["'`]https:\/\/pub\.dev\b|\baudience=https(?::\/\/|%3A%2F%2F)pub\.dev\b/i;

/** What a step mints: its action, or a script that asks for the token itself; `undefined` where it mints nothing. */
export function mintOf(
  { uses, run, with: inputs }: Pick<Step, "uses" | "run" | "with">,
): MintAction | undefined {
  const name = uses && actionName(uses.value);
  if (name && name !== "actions/github-script") return MINT_ACTIONS[name];
  const script = uses ? inputs.get("script") : run;
  return script && ASKS_FOR_PUB.test(script.value) ? FOR_PUB : undefined;
}
