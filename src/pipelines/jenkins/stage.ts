import type { Location } from "../../problem.ts";
import type { Answer, Job, Setting, Trigger } from "../model.ts";
import type { Bindings } from "./bindings.ts";
import type { Token } from "./groovy.ts";

/** A step that runs a script. */
export interface ShellStep {
  /** `sh`, `bat`, `powershell`, `pwsh`, or what a library has made of `sh`: `agentSh`. */
  readonly program: string;
  /** The tokens of its script: one text, or several put together. */
  readonly script: readonly Token[];
  readonly at: Location;
  readonly bindings: Bindings;
  readonly live: Answer;
  /** Whether its failure is swallowed. */
  readonly tolerated: boolean;
  readonly directory: string | null;
}

/** A stage; what stands outside of any is one too. */
export interface Stage {
  readonly id: string;
  readonly at: Location;
  readonly extent: Location;
  /** Variables of the stage and of the stages around it. */
  bindings: Bindings;
  readonly steps: ShellStep[];
  condition: Setting | null;
  live: Answer;
  triggers: readonly Trigger[] | null;
  runner: Job["runner"];
  container: Setting | null;
}
