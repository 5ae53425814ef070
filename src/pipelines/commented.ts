import type { SourceText } from "../formats/positions.ts";
import { NOWHERE } from "./credentials.ts";
import { commentMentions } from "./mentions.ts";
import type { PublishInvocation, Settings } from "./model.ts";
import { publishedByAction, publishedByScript } from "./publishing.ts";

/** What a prose sentence about a command has and a command has not: plain words after the verb. */
const ARGUMENT = /^(?:-|\$|["'.\/~]|.*[\/*=.])/;

/** Steps that would publish and are commented out: `run:` and `uses:` in comments, and commands that are comments of a script. */
export function commentedOut(source: SourceText): PublishInvocation[] {
  const lines = source.text.split("\n");
  return lines.flatMap((line, row) => {
    const [, lead, text] = /^(\s*#+\s?)([^]*)$/.exec(line.trimEnd()) ?? [];
    if (lead === undefined || text === undefined || !commentMentions(text)) return [];
    const [, key, rest] = /^(?:-\s+)?(?:(run|uses):\s+)?(\S.*)$/.exec(text.trimStart()) ?? [];
    if (rest === undefined) return [];
    const start = source.offsetOf(row + 1, 1) + line.lastIndexOf(rest);
    const at = source.span(start, start + rest.length);
    if (key === "uses") {
      const publish = publishedByAction(rest.split(/\s/)[0]!, PUBLISHING_INPUTS, NOWHERE, at);
      return publish ? [publish] : [];
    }
    const command = (from: number, to: number) => source.span(start + from, start + to);
    return publishedByScript(rest, NOWHERE, command)
      // Prose has its commands in backticks.
      .filter((publish) => key === "run" || (!rest.includes("`") && isCommand(source.textAt(publish.at))))
      .map((publish) => ({ ...publish, at }));
  });
}

/** What makes an action publish that can do other things too; a comment's inputs are not read. */
const NO_PLACE = { line: 1, column: 1, offset: 0 };
const PUBLISHING_INPUTS: Settings = new Map([["publish", {
  name: "publish",
  value: "yes",
  at: { path: "", start: NO_PLACE, end: NO_PLACE },
  keyAt: { path: "", start: NO_PLACE, end: NO_PLACE },
}]]);

function isCommand(command: string): boolean {
  const words = command.split(/\s+/);
  return words.every((word, index) => index < 2 || ARGUMENT.test(word) || words[index - 1]!.startsWith("-"));
}
