import { withLibraries } from "../formats/on_demand.ts";
import { isRefused } from "./asked_variables.ts";
import { invocations } from "./commands.ts";
import type { PlacedCommand } from "./placed_commands.ts";
import type { ProjectSource } from "./project_files.ts";
import type { ScriptContext } from "./scripts.ts";

/** Programs that write to the repository, or install packages. */
const PROGRAMS = /^(?:git|gh|npm|pnpm|yarn|bun|pip3?|pipx|pipenv|poetry|pdm|uv|bundle)$/;
/** Only a script with one of these does. */
const WORTH_PARSING =
  /\bgit push\b|\bgh release\b|\b(?:npm|pnpm|yarn|bun|pip3?|pipx|pipenv|poetry|pdm|uv|bundle)[ \t]+(?:i|ci|it|add|sync|(?:tool )?install)\b|^[ \t]*(?:yarn|bundle)[ \t]*$/m;

/**
 * What a script that another one starts does to the repository, and what it installs; without functions that nobody is known to call.
 * `behind`: what the other one does then, where it takes this one in and may call its functions.
 */
export async function commandsIn(
  { script, shell, options }: ProjectSource,
  behind: string | null,
  { files, around, taken = null }: Pick<ScriptContext, "files" | "around" | "taken">,
): Promise<readonly PlacedCommand[]> {
  const { text } = script;
  if (shell !== "posix" || !WORTH_PARSING.test(text)) return [];
  const all = behind === null ? text : `${text}\n${behind}`;
  const known = { ...options, args: options.args ?? [null] };
  const commands = (await withLibraries(() => invocations(all, shell, known))).filter((each) =>
    PROGRAMS.test(each.program) && each.end <= text.length && !each.doubtful &&
    !isRefused(each.asked, around, text, taken)
  );
  const found = commands.map(({ program, args, env, directory, tolerated, start, end }) => ({
    program,
    args,
    env,
    directory,
    tolerated,
    at: script.placeOf(start, end),
  }));
  // Findings show the lines that they point at.
  for (const path of new Set(found.map(({ at }) => at.path))) await files.text(path);
  return found;
}
