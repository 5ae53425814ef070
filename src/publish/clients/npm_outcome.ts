import type { Outcome } from "../../host/process.ts";
import type { UploadJob, UploadOutcome } from "./client.ts";
import { NPM_EXISTS, NPM_RULES } from "./npm_refusals.ts";
import { clientFailed, refusal, unclear } from "./refusal.ts";

/** Errors of a connection that was there: whether the request arrived is not known. */
const CUT = /^(?:ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|ESOCKETTIMEDOUT|ERR_SOCKET_TIMEOUT|E5\d\d|E409)$/;

/** What became of `npm publish --json`, from what it wrote. */
export function npmOutcome(
  job: UploadJob,
  outcome: Pick<Outcome, "code" | "stdout" | "stderr" | "timedOut">,
): UploadOutcome {
  if (outcome.code === 0) return { status: "accepted" };
  const { code, summary } = errorOf(outcome);
  const said = wordsOf(summary);
  if (NPM_EXISTS.test(summary)) return { status: "exists", said };
  if (outcome.timedOut || CUT.test(code)) {
    return { status: "unclear", problem: unclear(job, "npm", said) };
  }
  // Without a status nothing was sent; these codes are npm's own names for an answer of the registry.
  const answered = /^E(?:\d{3}|OTP|NEEDAUTH)$|TLOG/.test(code) || /provenance/i.test(summary);
  return {
    status: "refused",
    problem: answered
      ? refusal(job, said, NPM_RULES, `${code} ${summary}`)
      : clientFailed(job, "npm", `${code} ${said}`),
  };
}

/** npm's error object; its log lines where there is none. */
function errorOf(outcome: Pick<Outcome, "stdout" | "stderr">): { code: string; summary: string } {
  const log = outcome.stderr.split("\n").filter((line) => line.startsWith("npm error")).map((line) =>
    line.slice(10)
  );
  try {
    const { error } = JSON.parse(outcome.stdout.slice(outcome.stdout.indexOf("{")));
    return { code: String(error.code ?? ""), summary: String(error.summary || log.slice(1, 3).join("\n")) };
  } catch {
    // npm broke before it could answer in JSON.
    return { code: /^code (\S+)/.exec(log[0] ?? "")?.[1] ?? "", summary: log.join("\n") || outcome.stderr };
  }
}

/** The registry's own words out of `403 Forbidden - PUT https://… - words`. */
function wordsOf(summary: string): string {
  return (/^(?:\d{3} )?[A-Z][\w ]* - [A-Z]+ \S+ - ([\s\S]+)$/.exec(summary)?.[1] ?? summary).trim();
}
