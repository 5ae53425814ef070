import type { SourceText } from "../../formats/positions.ts";
import type { Concurrency, Job, Setting, Trigger } from "../model.ts";
import { plainTrigger } from "../plain_trigger.ts";
import { type Call, textArguments, wordsOf } from "./calls.ts";
import type { Groovy, Token } from "./groovy.ts";

/** Where `agent` lets steps run: on machines with a label, in an image. */
export function agentOf(
  file: Groovy,
  source: SourceText,
  { block, args }: Call,
): { readonly runner: Job["runner"]; readonly container: Setting | null } {
  const { tokens } = file;
  const texts = textArguments(file, block ?? args).map(({ index }) => index);
  const behind = (word: string) => {
    const index = texts.find((each) => tokens[each - 1]?.text === word);
    return index === undefined ? null : tokens[index]!;
  };
  const label = behind("label");
  const image = behind("image") ?? behind("docker");
  const at = image && source.span(image.start, image.end);
  return {
    runner: label && runnerOf(source, label),
    container: at && { name: "image", value: image.text, at, keyAt: at },
  };
}

/** A machine with this label. */
export function runnerOf(source: SourceText, { text, start, end }: Token): Job["runner"] {
  return { labels: /[$\ue000]/.test(text) ? null : [text], group: null, at: source.span(start, end) };
}

/** `disableConcurrentBuilds` among the options; `null` without it. */
export function concurrencyOf(file: Groovy, source: SourceText, call: Call): Concurrency | null {
  const words = call.block ? wordsOf(file, call.block) : "";
  if (!words.includes("disableConcurrentBuilds")) return null;
  const cancels = words.includes("abortPrevious : true") ? "yes" : "no";
  return { group: null, cancels, cancelsAt: null, at: placeOf(file, source, call) };
}

/** `cron` among the triggers; `null` without it. */
export function scheduleOf(file: Groovy, source: SourceText, call: Call): Trigger | null {
  return call.block && /\bcron\b/.test(wordsOf(file, call.block))
    ? plainTrigger("schedule", placeOf(file, source, call))
    : null;
}

function placeOf({ tokens }: Groovy, source: SourceText, { index }: Call) {
  return source.span(tokens[index]!.start, tokens[index]!.end);
}
