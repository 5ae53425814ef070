import type { Location } from "../problem.ts";
import type { Setting, Step } from "./model.ts";

/** A step that runs a script, with what is the same for most of them. */
export function plainStep(at: Location, run: Setting | null, more: Partial<Step> = {}): Step {
  return {
    id: null,
    name: null,
    at,
    extent: run?.at ?? at,
    uses: null,
    run,
    shell: null,
    with: new Map(),
    env: new Map(),
    condition: null,
    live: "yes",
    continueOnError: null,
    inner: [],
    publishes: [],
    unseen: [],
    ...more,
  };
}
