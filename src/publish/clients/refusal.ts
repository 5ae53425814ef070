import { plain } from "../../host/redact.ts";
import type { Problem } from "../../problem.ts";
import type { UploadJob } from "./client.ts";

/** What a registry's words mean. */
export interface Rule {
  /** Searched for in the registry's words, the status included where the client shows it. */
  readonly match: RegExp;
  readonly code: string;
  /** What happened, for one line. */
  readonly message: (job: UploadJob) => string;
  readonly why?: readonly string[];
  readonly next: (job: UploadJob) => readonly string[];
}

/**
 * The refusal of an upload as a problem: by the first rule that knows the words, and always with the words themselves.
 *
 * @param around The words with what the client adds to them, such as the status; the rules look there.
 */
export function refusal(
  job: UploadJob,
  said: string,
  rules: readonly Rule[],
  around: string = said,
): Problem {
  const words = plain(said).trim();
  const rule = rules.find(({ match }) => match.test(around)) ?? UNKNOWN;
  return {
    code: rule.code,
    message: rule.message(job),
    ...rule.why ? { why: rule.why } : {},
    said: words,
    next: rule.next(job),
  };
}

/** The client ended before the registry said anything about the upload. */
export function clientFailed(job: UploadJob, client: string, said: string): Problem {
  return {
    code: "client-failed",
    message: `${client} did not upload ${title(job)}`,
    ...said.trim() ? { said: plain(said).trim() } : {},
    next: [`correct what ${client} says, then run again: what is already published is not published twice`],
  };
}

/** The upload went out, and its fate is not known. */
export function unclear(job: UploadJob, client: string, said: string): Problem {
  return {
    code: "upload-unclear",
    message: `Nobody knows whether ${label(job)} took ${title(job)}`,
    why: [`The connection ended, or the registry failed, after ${client} had begun to send.`],
    ...said.trim() ? { said: plain(said).trim() } : {},
    next: ["run again: keyless asks the registry first and continues from what is there"],
  };
}

/** Complaints of a client that never reached the registry. */
export const NEVER_SENT =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|Connection refused|dns error|Name or service not known|nodename nor servname|Could(?:n't| not) (?:resolve|connect)/i;

/** `PyPI`, `company` */
export function label(job: UploadJob): string {
  return job.registry.label;
}

/** `widget 1.0.0` */
export function title(job: UploadJob): string {
  return `${job.package.name} ${job.version}`;
}

const UNKNOWN: Rule = {
  match: /^/,
  code: "upload-refused",
  message: (job) => `${label(job)} refused ${title(job)}`,
  next: () => [
    "correct what the registry says, then run again: what is already published is not published twice",
  ],
};

/** The registry wants fewer uploads. */
export function rateLimited(match: RegExp): Rule {
  return {
    match,
    code: "rate-limited",
    message: (job) => `${label(job)} takes no more uploads for now`,
    why: ["The limit is the registry's; trying again at once may extend it."],
    next: () => ["run again later: what is already published is not published twice"],
  };
}

/** The registry does not know the token (any more). */
export function tokenRejected(match: RegExp): Rule {
  return {
    match,
    code: "token-rejected",
    message: (job) => `${label(job)} does not accept the token for ${title(job)}`,
    why: ["It is unknown there: expired, revoked, or made for another registry."],
    next: (job) =>
      job.credential.path === "oidc" ? ["run again: a new token is fetched for each upload"] : [
        `replace the token in ${job.credential.describe}`,
        "or publish with OIDC and no token: keyless init",
      ],
  };
}

/** The registry knows the token, which does not allow this. */
export function notAllowed(
  match: RegExp,
  why: readonly string[],
  next: (job: UploadJob) => readonly string[],
): Rule {
  return {
    match,
    code: "upload-not-allowed",
    message: (job) => `${label(job)} does not let this credential publish ${title(job)}`,
    why,
    next,
  };
}
