import { plainLine } from "../../host/redact.ts";
import { type ExitCode, UsageError } from "../../problem.ts";
import { suggest } from "../../suggest.ts";
import { bash } from "../completion/bash.ts";
import { fish } from "../completion/fish.ts";
import { SHELLS } from "../completion/model.ts";
import { zsh } from "../completion/zsh.ts";
import { show } from "../context.ts";
import type { Call } from "../verb.ts";

const SCRIPTS: Readonly<Record<string, () => string>> = { bash, zsh, fish };

/** Prints the script that makes a shell complete keyless. @throws {UsageError} `unknown-shell` */
export function run(call: Call): Promise<ExitCode> {
  const shell = call.arguments[0]!;
  if (!(SHELLS as readonly string[]).includes(shell)) {
    const near = suggest(shell, SHELLS);
    throw new UsageError({
      code: "unknown-shell",
      message: `keyless cannot complete in "${plainLine(shell, 80)}"`,
      next: [...near ? [`did you mean ${near}?`] : [], `one of: ${SHELLS.join(", ")}`],
    });
  }
  const script = SCRIPTS[shell]!();
  show(call, "completions", { shell, script }, script);
  return Promise.resolve(0);
}
