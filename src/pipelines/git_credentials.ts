import { isJobToken } from "./job_token.ts";
import type { Job, Step } from "./model.ts";
import { allSteps } from "./placed_commands.ts";
import { actionName } from "./publishing.ts";

/**
 * What git pushes with in a job: the token that `actions/checkout` leaves there when nothing else is asked for, nothing because it was told
 * to leave none, or who knows.
 */
export type GitCredentials = "job token" | "nothing" | "unknown";

/** With what a script gives git another address, or another credential. */
const LOGINS =
  /\bremote\s{1,20}(?:set-url|add)\b|insteadof|extraheader|\bgit config.{0,300}(?:url|credential)|git-credentials|\bcredential[. ]|\.netrc\b|\bauth (?:setup-git|login)\b|askpass|\bssh-(?:agent|add|key)|\bgit_ssh|sshcommand/i;
/** An address with a credential in it, or one of ssh. */
const ADDRESSES = /:\/\/[^\s"'/]{1,300}@|\bgit@/i;

/** Whether a text gives git another credential, or another address to push to. */
export function changesLogin(text: string): boolean {
  return LOGINS.test(text);
}

/** With what git pushes in a job. */
export function gitCredentials(job: Job): GitCredentials {
  const known = KNOWN.get(job) ?? credentialsOf(job);
  KNOWN.set(job, known);
  return known;
}

/** Many commands of a job ask for the same. */
const KNOWN = new WeakMap<Job, GitCredentials>();

function credentialsOf({ steps }: Job): GitCredentials {
  const all = allSteps(steps).filter(({ live }) => live !== "no");
  const checkouts = all.filter(isCheckout);
  const changed = all.some(({ run }) => run && (LOGINS.test(run.value) || ADDRESSES.test(run.value)));
  if (checkouts.length === 0 || changed) return "unknown";
  // What it is told to leave no trace of may be any token.
  const isKnown = checkouts.every(leavesNothing) ? isOfOrigin : isOrdinary;
  if (!checkouts.every(isKnown)) return "unknown";
  const kept = new Set(checkouts.map((each) => each.with.get("persist-credentials")?.value ?? "true"));
  const [only] = kept;
  return kept.size > 1 ? "unknown" : only === "true" ? "job token" : only === "false" ? "nothing" : "unknown";
}

/** Whether a step checks a repository out. */
export function isCheckout({ uses }: Step): boolean {
  return uses !== null && actionName(uses.value) === "actions/checkout";
}

/** Whether a checkout is of this repository, and made with the job's own token. */
export function isOrdinary(step: Step): boolean {
  const token = step.with.get("token")?.value;
  return (!token || isJobToken(token)) && isOfOrigin(step);
}

function isOfOrigin({ with: inputs }: Step): boolean {
  return !inputs.get("ssh-key")?.value && !inputs.get("repository")?.value;
}

function leavesNothing({ with: inputs }: Step): boolean {
  return inputs.get("persist-credentials")?.value === "false";
}
