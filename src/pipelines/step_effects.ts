import type { SourceText } from "../formats/positions.ts";
import { actionCommand } from "./action_commands.ts";
import { inner, type Surroundings } from "./credentials.ts";
import { leftVariable } from "./left_variable.ts";
import { mintOf } from "./mint_of.ts";
import type { Setting, Step } from "./model.ts";
import { passwordsNamed } from "./maven_settings.ts";
import { checkoutsOf } from "./places.ts";
import { actionName } from "./publishing.ts";
import { type Script, scriptOf } from "./script.ts";

/** What later steps of the job see once a step has run. */
export function after(step: Step, source: SourceText, around: Surroundings): Surroundings {
  const mint = step.live === "no" ? undefined : mintOf(step);
  const leaves = mint?.gives === "ambient" && !mint.tokens?.some((input) => step.with.has(input)) &&
    !(mint.ordinary && around.oidc === "no");
  const scripts = scriptsOf(step, source);
  const checkouts = checkoutsOf(step);
  const left = leftVariable(step);
  return {
    ...around,
    env: left ? inner(around.env, new Map([[left.name, left]]), "job") : around.env,
    scripts: scripts.length > 0 ? [...around.scripts, ...scripts] : around.scripts,
    minted: leaves ? new Set([...around.minted, mint.kind]) : around.minted,
    passwords: new Set([...around.passwords, ...passwordsOf(step)]),
    npmRegistry: npmRegistry(step, scripts) ?? around.npmRegistry,
    checkouts: checkouts.length > 0 ? [...around.checkouts, ...checkouts] : around.checkouts,
  };
}

/** The variables that a step puts into Maven's settings. */
function passwordsOf({ uses, with: inputs, inner }: Step): string[] {
  const names = uses && actionName(uses.value) === "actions/setup-java" ? passwordsNamed(inputs) : [];
  return [...names.filter((name) => name !== "GITHUB_TOKEN"), ...inner.flatMap(passwordsOf)];
}

/** What the scripts of steps see. */
const SEEN = new WeakMap<Setting, Surroundings>();

/** Remembers what a script of a step sees, for the later steps that find what it has written. */
export function rememberSeen(run: Setting, around: Surroundings): void {
  SEEN.set(run, around);
}

/** The scripts of the project that a script of a step starts, and that may leave a credential behind. */
const LEAVING = new WeakMap<Setting, readonly Script[]>();

/** Remembers what a script of a step starts, for the later steps that find what that has written. */
export function rememberLeaving(run: Setting, scripts: readonly Script[]): void {
  LEAVING.set(run, scripts);
}

/** The scripts that a step has run; of an action of another file by their text alone. */
function scriptsOf(step: Step, source: SourceText): Script[] {
  const sees = step.run && SEEN.get(step.run);
  const run = step.script ?? step.run;
  const own = run
    ? [{
      ...run.at.path === source.path ? scriptOf(source, run) : textOnly(run),
      ...sees ? { sees } : {},
    }]
    : [];
  const command = actionCommand(step);
  const given = command
    ? [{
      text: command.line.value,
      placeOf: (_: number, end: number) => (command.inputAt(end) ?? command.line).at,
    }]
    : [];
  const started = step.run && LEAVING.get(step.run) || [];
  return [...own, ...given, ...started, ...step.inner.flatMap((each) => scriptsOf(each, source))];
}

function textOnly({ value, at }: NonNullable<Step["run"]>): Script {
  return { text: value, placeOf: () => at };
}

/** The registry that a step makes npm's default. */
function npmRegistry(step: Step, scripts: readonly Script[]): string | null {
  if (step.uses && actionName(step.uses.value) === "actions/setup-node") {
    const url = step.with.get("registry-url")?.value ?? "";
    return url === "" || url.includes("${{") ? null : url;
  }
  for (const { text } of scripts) {
    const found =
      /\b(?:npm|pnpm) (?:config )?set (?:--\S+ )*["']?registry["']?[ =]["']?(https?:\/\/[^\s"'$]+)/.exec(text)
        ?.[1];
    if (found !== undefined) return found;
  }
  return null;
}
