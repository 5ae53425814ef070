import { plainLine } from "../host/redact.ts";
import { sourceIn } from "../formats/positions.ts";
import { invocations } from "../pipelines/commands.ts";
import { allSteps, commandsOf } from "../pipelines/placed_commands.ts";
import type { Publishing, Report } from "./rule.ts";

/** The command behind a pipe, after what is done with the output of the one before it. */
const BEHIND =
  /^(?:[ \t]{0,20}\d?>(?:&\d|>?[ \t]{0,20}[^\s|;&<>]{1,200})){0,5}[ \t]{0,20}(?:\\\n\s{0,80})?\|(?!\|)&?\s{0,80}([\w./-]{1,80})?/;

/** What to say of a command on GitHub whose failure only a pipe hides; `null` where something else does. */
export function pipedOn(
  { pipeline, step, invocation }: Publishing,
  sources: ReadonlyMap<string, string>,
): Pick<Report, "label" | "why" | "next"> | null {
  const own = allSteps([step]).find(({ run, publishes }) => run && publishes.includes(invocation));
  const source = sourceIn(sources, invocation.at.path);
  if (pipeline.vendor !== "github" || invocation.inScript || !own?.run || !source) return null;
  const index = commandsOf(own, sources).findIndex(({ at }) =>
    at.start.offset === invocation.at.start.offset
  );
  const strict = invocations(own.run.value, "posix", { pipefail: true })[index];
  const end = invocation.at.end.offset - (source.text.length - source.body.length);
  const behind = BEHIND.exec(source.body.slice(end, end + 500));
  if (strict?.tolerated !== false || !behind) return null;
  const counts = behind[1] ? plainLine(behind[1].split("/").at(-1)!, 40) : "what follows";
  return {
    label: `its exit code is lost: that of ${counts} counts`,
    why: [
      "Without pipefail a pipeline fails only where its last command does. GitHub sets it for `shell: bash`, and not where no shell is named.",
    ],
    next: ["add `shell: bash` to the step, or begin the script with `set -o pipefail`"],
  };
}
