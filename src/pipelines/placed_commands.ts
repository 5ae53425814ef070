import { sourceIn, type SourceText } from "../formats/positions.ts";
import type { Location } from "../problem.ts";
import { invocations } from "./commands.ts";
import type { Setting, Step } from "./model.ts";
import { placeIn } from "./yaml_text.ts";

/** A command that a step runs, taken out of `sudo`, `npx`, `uv run` and the like. */
export interface PlacedCommand {
  /** Without directory, version and file extension. */
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that the command line sets for it. */
  readonly env: ReadonlyMap<string, string>;
  /** Where it runs, seen from where the script starts; `null` when nobody can know. */
  readonly directory: string | null;
  /** Whether its failure is swallowed. */
  readonly tolerated: boolean;
  readonly at: Location;
}

const KNOWN = new WeakMap<Step, readonly PlacedCommand[]>();

/** Everything that the script of a step runs, in order; nothing of scripts in files. `sources` has the texts of files by path. */
export function commandsOf(step: Step, sources: ReadonlyMap<string, string>): readonly PlacedCommand[] {
  const known = KNOWN.get(step);
  if (known) return known;
  const script = step.script ?? step.run;
  const source = script && sourceIn(sources, script.at.path);
  const commands = script && source ? placed(source, script) : [];
  KNOWN.set(step, commands);
  return commands;
}

function placed(source: SourceText, script: Pick<Setting, "value" | "at">): PlacedCommand[] {
  return invocations(script.value).map(({ program, args, env, directory, tolerated, start, end }) => ({
    program,
    args,
    env,
    directory,
    tolerated,
    at: placeIn(source, script, start, end),
  }));
}

/** The steps of a job in the order in which they run, with those of its local composite actions. */
export function allSteps(steps: readonly Step[]): readonly Step[] {
  if (steps.every(({ inner }) => inner.length === 0)) return steps;
  return steps.flatMap((step) => [step, ...allSteps(step.inner)]);
}
