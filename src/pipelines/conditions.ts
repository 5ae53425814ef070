import type { Located } from "../formats/located.ts";
import { type KnownRun, truth } from "../formats/expression.ts";
import type { Answer } from "./model.ts";

/** Whether something with this `if:` can run: `no` only where its condition is false in every run with these `inputs`, and where what is in `nothing` has no value. */
export async function liveness(
  condition: Located | undefined,
  inputs?: KnownRun["inputs"],
  nothing?: (condition: string) => ReadonlySet<string>,
): Promise<Answer> {
  if (!condition || condition.value === null) return "yes";
  const text = String(condition.value);
  const absent = nothing?.(text);
  const known = {
    ...inputs ? { inputs } : {},
    ...absent?.size ? { nothing: absent } : {},
  };
  return await answerOf(
    text,
    Object.keys(known).length > 0 ? { github: {}, refPrefix: null, ...known } : null,
  );
}

/** Whether an `if:` with this text can be true; with `run`, in the runs about which that much is known. */
export async function answerOf(text: string, run: KnownRun | null = null): Promise<Answer> {
  const whole = /^\s*\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text);
  // Text around an expression makes the condition a string that is not empty, hence true: also the line break of a block scalar.
  if (text.includes("${{") && !whole) return "yes";
  return text.trim() === "" ? "yes" : await truth(whole?.[1] ?? text, run);
}
