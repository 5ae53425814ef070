import { withLibraries } from "../formats/on_demand.ts";
import type { Location } from "../problem.ts";
import { invocations } from "./commands.ts";
import { mintOf } from "./mint_of.ts";
import type { PublishInvocation, Step } from "./model.ts";
import { SAYERS } from "./programs.ts";
import type { MintAction } from "./publishers.ts";

/** An action that mints publishes nothing itself; what takes its token does, also where that is a program that nobody knows. */
export async function withMint(steps: readonly Step[]): Promise<Step[]> {
  const published = steps.flatMap((step) => step.publishes);
  const found = new Map<Step, PublishInvocation[]>();
  for (const step of steps) {
    const mint = mintOf(step);
    if (
      !mint || mint.ordinary || mint.tokens?.some((input) => step.with.has(input)) ||
      published.some((publish) => publish.kind === mint.kind && publish.keyless === "yes")
    ) {
      continue;
    }
    const taker = takerOf(step, mint, steps);
    const own: PublishInvocation = {
      client: taker && await clientOf(taker) || mint.client,
      kind: mint.kind,
      keyless: "yes",
      packages: [],
      registry: null,
      at: taker ? placeOf(taker) : step.at,
      inScript: null,
      args: [],
      credentials: [],
      tolerated: false,
      directory: null,
      ...!taker ? { onlyMints: true } : isTold(step, textsOf(taker)) ? { login: step } : {},
    };
    const where = taker ?? step;
    found.set(where, [...found.get(where) ?? [], own]);
  }
  const logins = steps.filter((step) => step.condition !== null && mintOf(step)?.gives === "output");
  return steps.map((step) => {
    const own = found.get(step);
    const publishes = logins.length > 0
      ? step.publishes.map((each) => withLogin(each, logins))
      : step.publishes;
    return own || logins.length > 0 ? { ...step, publishes: [...publishes, ...own ?? []] } : step;
  });
}

/** The same with the step of `logins` from which it has its only token. */
function withLogin(invocation: PublishInvocation, logins: readonly Step[]): PublishInvocation {
  const tokens = invocation.credentials.filter(({ holds }) => holds !== "none");
  const values = tokens.map(({ value }) => value);
  const login = logins.find((step) => tokens.length === 1 && isTold(step, values));
  return login && !invocation.login ? { ...invocation, login } : invocation;
}

/** Whether texts have an output of a step, with nothing to fall back on. */
function isTold({ id }: Step, texts: readonly string[]): boolean {
  const start = `steps.${id}.outputs.`;
  return id !== null && texts.some((text) =>
    text.split("${{").some((part) => {
      const expression = part.slice(0, Math.max(part.indexOf("}}"), 0)).trim();
      return expression.startsWith(start) && /^[\w-]+$/.test(expression.slice(start.length));
    })
  );
}

/** The texts of a step in which a token may be named. */
function textsOf({ run, env, with: inputs }: Step): readonly string[] {
  return [run?.value ?? "", ...[...env.values(), ...inputs.values()].map(({ value }) => value)];
}

/** The step that the token is handed to, or the first behind it that may publish; `null` where that is not seen, or is a client that is known. */
function takerOf(step: Step, mint: MintAction, steps: readonly Step[]): Step | null {
  const output = `steps.${step.id}.outputs.`;
  const behind = steps.slice(steps.indexOf(step) + 1).filter(({ live }) => live !== "no");
  const taker = mint.gives === "ambient"
    ? behind.find(({ unseen }) => unseen.length > 0)
    : step.id === null
    ? undefined
    : behind.find((each) => textsOf(each).some((text) => text.includes(output)));
  return taker && taker.publishes.length === 0 ? taker : null;
}

function placeOf({ uses, run, at }: Step): Location {
  const own = uses ?? run;
  return own && own.at.start.line === own.at.end.line ? own.at : at;
}

/** What a step publishes with, as people call it; `null` where that is not seen. */
async function clientOf(taker: Step): Promise<string | null> {
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
