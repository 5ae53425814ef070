import type { Outcome } from "../../host/process.ts";
import { plain } from "../../host/redact.ts";
import type { UploadJob, UploadOutcome } from "./client.ts";
import { PYPI_EXISTS, PYPI_RULES } from "./pypi_refusals.ts";
import { clientFailed, NEVER_SENT, refusal, unclear } from "./refusal.ts";

/** How one client writes down what happened. */
export interface Dialect {
  readonly client: string;
  /** The registry's words, or `null` when the client stopped by itself. */
  readonly answer: (output: string) => { readonly status: number; readonly words: string } | null;
  /** Whether the request may have been sent although no answer came. */
  readonly cut: RegExp;
}

/** What became of an upload of Python files, from what the client wrote. */
export function pythonOutcome(
  job: UploadJob,
  dialect: Dialect,
  outcome: Pick<Outcome, "code" | "stdout" | "stderr" | "timedOut">,
): UploadOutcome {
  if (outcome.code === 0) return { status: "accepted" };
  const output = plain(`${outcome.stdout}\n${outcome.stderr}`);
  const answer = dialect.answer(output);
  if (answer && answer.status < 500) {
    const around = `${answer.status} ${answer.words}`;
    if (PYPI_EXISTS.test(around)) return { status: "exists", said: answer.words };
    return { status: "refused", problem: refusal(job, answer.words, PYPI_RULES, around) };
  }
  const last = answer?.words ?? outcome.stderr.trim().split("\n").slice(-8).join("\n");
  return answer || outcome.timedOut || dialect.cut.test(output) && !NEVER_SENT.test(output)
    ? { status: "unclear", problem: unclear(job, dialect.client, last) }
    : { status: "refused", problem: clientFailed(job, dialect.client, last) };
}
