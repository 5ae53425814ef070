import type { Outcome } from "../../host/process.ts";
import type { UploadJob, UploadOutcome } from "./client.ts";
import { CRATES_EXISTS, CRATES_RULES } from "./crates_refusals.ts";
import { clientFailed, NEVER_SENT, refusal, unclear } from "./refusal.ts";

/** `(status 403 Forbidden): the registry's words`; a registry may also answer 200 with an error. */
const ANSWERED = /the remote server responded with an error(?: \(status (\d+)[^)]*\))?: ([\s\S]*)/;

/** Not the error form of the protocol, e.g. a gateway's page. */
const OTHER_ANSWER = /failed to get a 200 OK response, got (\d+)([\s\S]*)/;

/** What became of `cargo publish`, from what it wrote. */
export function cargoOutcome(
  job: UploadJob,
  outcome: Pick<Outcome, "code" | "stderr" | "timedOut">,
): UploadOutcome {
  // It gives up waiting for the index with 0, too: whether the version is visible is asked elsewhere.
  if (outcome.code === 0) return { status: "accepted" };
  const error = errorOf(outcome.stderr);
  const exists = CRATES_EXISTS.exec(error);
  const [, status, words] = ANSWERED.exec(error) ?? OTHER_ANSWER.exec(error) ?? [];
  if (exists) return { status: "exists", said: words?.trim() ?? error };
  if (words !== undefined && !isOutage(status, words)) {
    return { status: "refused", problem: refusal(job, words, CRATES_RULES, error) };
  }
  const sent = /^[ \t]*Uploading /m.test(outcome.stderr) && !NEVER_SENT.test(error);
  return sent
    ? { status: "unclear", problem: unclear(job, "cargo", words ?? error) }
    : { status: "refused", problem: clientFailed(job, "cargo", error) };
}

function isOutage(status: string | undefined, words: string): boolean {
  return Number(status ?? 0) >= 500 || /Request timed out after/.test(words);
}

/** From the first error on, without cargo's indentation and what it says to people about the rest of a workspace. */
function errorOf(stderr: string): string {
  const text = /^error: [\s\S]*/m.exec(stderr)?.[0] ?? stderr;
  return text.split("\n").map((line) => line.replace(/^ {2}/, "")).join("\n").trim();
}
