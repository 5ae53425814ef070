import type { SourceText } from "../../formats/positions.ts";
import type { Answer, Trigger } from "../model.ts";
import { UNKNOWN } from "../commands.ts";
import { distinctTriggers, plainTrigger } from "../plain_trigger.ts";
import { callAt, type Range, textArguments, wordsOf } from "./calls.ts";
import type { Groovy } from "./groovy.ts";

/** What `when { … }` of a stage lets run. */
export interface When {
  /** `null`: nothing in it tells. */
  readonly triggers: readonly Trigger[] | null;
  readonly live: Answer;
}

/** Words that say nothing about what starts the run. */
const NEUTRAL = [
  "anyOf",
  "allOf",
  "beforeAgent",
  "beforeInput",
  "beforeOptions",
  "pattern",
  "comparator",
  "true",
];

/** Reads `when { … }` (jenkins.io/doc/book/pipeline/syntax/#when). */
export function whenOf(file: Groovy, source: SourceText, block: Range): When {
  const triggers: Trigger[] = [];
  let certain = true;
  for (let index = block.from; index < block.to; index++) {
    const token = file.tokens[index]!;
    if (token.kind !== "name" || NEUTRAL.includes(token.text)) continue;
    const at = source.span(token.start, token.end);
    const call = callAt(file, index, block.to);
    const texts = textArguments(file, call.args).map((each) => file.tokens[each.index]!.text);
    if (token.text === "tag" || token.text === "buildingTag") {
      const [name = UNKNOWN] = texts;
      triggers.push(plainTrigger("tag", at, name.includes(UNKNOWN) ? {} : { tags: [name] }));
      index = call.next - 1;
    } else if (token.text === "branch") {
      triggers.push(plainTrigger("push", at, texts.length > 0 ? { branches: texts.slice(0, 1) } : {}));
      index = call.next - 1;
    } else if (token.text === "changeRequest") {
      triggers.push(plainTrigger("pull_request", at));
      index = call.next - 1;
    } else if (token.text === "expression" && isFalse(file, call.block)) return { triggers: [], live: "no" };
    else {
      certain = false;
      index = Math.max(index, call.next - 1);
    }
  }
  return {
    triggers: triggers.length > 0 ? distinctTriggers(triggers) : null,
    live: certain ? "yes" : "unknown",
  };
}

function isFalse(file: Groovy, block: Range | null): boolean {
  return block !== null && wordsOf(file, block).replace("return ", "") === "false";
}
