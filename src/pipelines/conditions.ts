import type { Located } from "../formats/located.ts";
import { truth } from "../formats/expression.ts";
import type { Answer } from "./model.ts";

/** Whether something with this `if:` can run: `no` only where its condition is false in every run. */
export async function liveness(condition: Located | undefined): Promise<Answer> {
  if (!condition || condition.value === null) return "yes";
  const text = String(condition.value);
  const whole = /^\s*\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(text);
  // Text around an expression makes the condition a string that is not empty, hence true: also the line break of a block scalar.
  if (text.includes("${{") && !whole) return "yes";
  return text.trim() === "" ? "yes" : await truth(whole?.[1] ?? text);
}
