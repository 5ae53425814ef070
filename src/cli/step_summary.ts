import type { Env } from "../host/env.ts";
import { KeylessError } from "../problem.ts";
import { summarise } from "../report/github.ts";
import { renderProblem } from "../report/terminal.ts";
import type { Io } from "./verb.ts";

/** Adds Markdown to the job's summary page; where that cannot be written, what was done or found is no less true, so it is a warning. */
export async function addSummary(markdown: string, env: Env, io: Io): Promise<void> {
  try {
    await summarise(markdown, env);
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    const next = ["make GITHUB_STEP_SUMMARY name a file that can be written, in a container too"];
    io.err(renderProblem({ ...error.problem, next }, io.stderr, "warning"));
  }
}
