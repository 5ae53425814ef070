import { plainLine } from "../host/redact.ts";
import type { Location } from "../problem.ts";
import type { PlacedProblem } from "./repository.ts";

/** A CI file names something that is not there, or that leads back to itself: its CI refuses the file as a whole. */
export function unresolvable(at: Location, message: string, why: string): PlacedProblem {
  return {
    code: "pipeline-unresolvable",
    message: plainLine(message, 300),
    why: [why],
    at,
    next: ["correct the name, or the part that it stands for"],
  };
}
