import type { Display } from "../host/terminal.ts";
import { type ExitCode, KeylessError, type Problem } from "../problem.ts";
import { errorJson } from "../report/json.ts";
import { withPage } from "../report/problem_text.ts";
import { toldOnce } from "../report/told_once.ts";
import { HOMEPAGE, VERSION } from "../version.ts";
import { json } from "./io.ts";
import type { Io } from "./verb.ts";

/** How a problem is written for people; wrong usage needs no excerpts of files, nor the code that makes them. */
type Render = (problem: Problem, display: Display) => string;

/** Says what went wrong, on stderr or as JSON on stdout; returns the exit code. Never throws. */
export function report(thrown: unknown, io: Io, render: Render): ExitCode {
  const error = thrown instanceof KeylessError ? thrown : unexpected(thrown);
  try {
    if (!io.json || !written(() => io.out(json(errorJson(error))))) {
      const problems = toldOnce(error.problems).map((problem) => explained(problem, error));
      io.err(problems.map((problem) => render(problem, io.stderr)).join("\n"));
    }
    if (io.debug) io.err(`${stack(thrown)}\n`);
  } catch {
    // Not even stderr takes anything: the exit code is all that is left.
  }
  return error.exit;
}

/** Whether stdout has taken it: a full disk may be why there is something to report at all. */
function written(write: () => void): boolean {
  try {
    write();
    return true;
  } catch {
    return false;
  }
}

/** Wrong usage says itself what is right; everything else has a page. */
function explained(problem: Problem, error: KeylessError): Problem {
  return error.exit === 2 ? problem : withPage(problem);
}

function unexpected(thrown: unknown): KeylessError {
  return new KeylessError({
    code: "internal-error",
    message: `A bug in keyless ${VERSION}: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    next: [
      "run the command again with --debug",
      `report what it prints at ${HOMEPAGE}/issues/new; look first that nothing private is in it`,
    ],
  }, { exit: 70, cause: thrown });
}

function stack(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const own = thrown.stack ?? String(thrown);
  return thrown.cause === undefined ? own : `${own}\ncaused by ${stack(thrown.cause)}`;
}
