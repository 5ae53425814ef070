import { withLibraries } from "../formats/on_demand.ts";
import { invocations } from "./commands.ts";
import type { PublishInvocation, Step } from "./model.ts";
import { SAYERS } from "./programs.ts";
import { MINT_ACTIONS } from "./publishers.ts";
import { actionName } from "./publishing.ts";

/** An action that mints publishes nothing itself; it stands for a publish command that cannot be seen, say in a script file. */
export async function withMint(steps: readonly Step[]): Promise<Step[]> {
  const published = steps.flatMap((step) => step.publishes);
  return await Promise.all(steps.map(async (step) => {
    const mint = step.uses === null ? undefined : MINT_ACTIONS[actionName(step.uses.value)];
    if (
      !mint || mint.ordinary || mint.tokens?.some((input) => step.with.has(input)) ||
      published.some((publish) => publish.kind === mint.kind && publish.keyless === "yes")
    ) {
      return step;
    }
    const own: PublishInvocation = {
      client: await takerOf(step, steps) ?? mint.client,
      kind: mint.kind,
      keyless: "yes",
      packages: [],
      registry: null,
      at: step.at,
      inScript: null,
      args: [],
      credentials: [],
      tolerated: false,
      directory: null,
    };
    return { ...step, publishes: [own] };
  }));
}

/** What the token is handed to, as people call it; `null` where that is not seen, or is a client that is known. */
async function takerOf({ id }: Step, steps: readonly Step[]): Promise<string | null> {
  const output = `steps.${id}.outputs.`;
  const taker = id === null ? undefined : steps.find(({ run, env, with: inputs, live }) =>
    live !== "no" &&
    [run?.value ?? "", ...[...env.values(), ...inputs.values()].map(({ value }) => value)].some((each) =>
      each.includes(output)
    )
  );
  if (!taker || taker.publishes.length > 0) return null;
  if (taker.uses) return taker.uses.value.split("@")[0]!;
  const script = taker.run?.value ?? "";
  const commands = (await withLibraries(() => invocations(script))).filter(({ program }) =>
    !SAYERS.test(program)
  );
  const publishing =
    commands.find(({ written, args }) => [written, ...args].some((word) => PUBLISHES.test(word))) ??
      commands.at(-1);
  const whole = commands.find(({ start }) => start === publishing?.start);
  return whole ? nameOf([whole.written, ...whole.args]) : null;
}

const PUBLISHES = /publish|upload|release|push|deploy/;
const PLAIN = /^[\w.][\w./:@-]*$/;

/** The words of a command in front of its options: `cargo release-oxc publish`. */
function nameOf(words: readonly string[]): string | null {
  const end = words.findIndex((word) => !PLAIN.test(word));
  return words.slice(0, Math.min(end < 0 ? words.length : end, 3)).join(" ") || null;
}
