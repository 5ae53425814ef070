import { given } from "../host/env.ts";
import { readText } from "../host/files.ts";
import { plainLine } from "../host/redact.ts";
import type { Session } from "../host/session.ts";
import { KeylessError, type Problem } from "../problem.ts";
import { parseWorkflowRef } from "./decode.ts";

/** Where GitHub Actions says how to request a token. */
export const REQUEST_URL = "ACTIONS_ID_TOKEN_REQUEST_URL";
/** The credential for that request. */
export const REQUEST_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/**
 * What keeps this job of GitHub Actions from an OIDC token; `null` when it may ask. GitHub gives no reason: the two variables are
 * simply absent, and the event tells why.
 */
export async function githubObstacle(session: Session): Promise<Problem | null> {
  const { env } = session;
  if (env.get("GITHUB_ACTIONS") !== "true") return notHere();
  const url = given(env, REQUEST_URL);
  const token = given(env, REQUEST_TOKEN);
  if (url && token) return URL.canParse(url) ? null : badUrl();
  if (url || token) return half(url ? REQUEST_TOKEN : REQUEST_URL, url ? REQUEST_URL : REQUEST_TOKEN);
  if (await isForkPullRequest(session)) return fork();
  if (given(env, "GITHUB_ACTOR") === "dependabot[bot]") return dependabot();
  return notPermitted(session);
}

/** Whether the event is a pull request whose commits come from another repository (or from one that is gone). */
async function isForkPullRequest(session: Session): Promise<boolean> {
  if (!given(session.env, "GITHUB_EVENT_NAME")?.startsWith("pull_request")) return false;
  const path = given(session.env, "GITHUB_EVENT_PATH");
  if (!path) return false;
  try {
    const event = JSON.parse(await readText(path) ?? "{}") as {
      pull_request?: {
        head?: { repo?: { full_name?: unknown } | null };
        base?: { repo?: { full_name?: unknown } };
      };
    };
    const { head, base } = event.pull_request ?? {};
    return head !== undefined && head.repo?.full_name !== base?.repo?.full_name;
  } catch (error) {
    // The event only explains; a file that cannot be read leaves the general explanation.
    if (error instanceof KeylessError || error instanceof SyntaxError || error instanceof TypeError) {
      return false;
    }
    throw error;
  }
}

function notHere(): Problem {
  return {
    code: "not-in-ci",
    message: "This is not a job of GitHub Actions, so there is no OIDC token",
    why: ["GITHUB_ACTIONS is not `true`."],
    next: [
      "run the command in a job with `id-token: write`",
      "or try the release here without any credential: keyless rehearse",
    ],
  };
}

function half(absent: string, present: string): Problem {
  return {
    code: "oidc-variable-missing",
    message: `No OIDC token, because ${absent} is not set`,
    why: [
      `${present} is set: GitHub gave this job both, and one was lost on the way (a container, sudo, an emptied environment).`,
    ],
    next: [`hand ${absent} on to the step that runs keyless`],
  };
}

function badUrl(): Problem {
  return {
    code: "oidc-url-invalid",
    message: `No OIDC token, because ${REQUEST_URL} is not an address`,
    why: ["GitHub sets this variable; something has changed it."],
    next: ["remove it from `env:` of the workflow, the job and the step"],
  };
}

function fork(): Problem {
  return {
    code: "oidc-fork-pull-request",
    message: "No OIDC token, because this run belongs to a pull request from a fork",
    why: ["GitHub gives such runs no OIDC token, whatever the workflow's permissions say."],
    next: [
      "publish from a push, a tag or a release of the repository itself",
      "on pull requests run: keyless doctor, keyless rehearse",
    ],
  };
}

function dependabot(): Problem {
  return {
    code: "oidc-dependabot",
    message: "No OIDC token, because Dependabot started this run",
    why: [
      "GitHub treats runs of Dependabot like those of forks: no OIDC token, whatever the workflow's permissions say.",
    ],
    next: ["let a person merge, and publish from the push that follows"],
  };
}

function notPermitted({ env }: Session): Problem {
  const job = given(env, "GITHUB_JOB");
  const path = parseWorkflowRef(given(env, "GITHUB_WORKFLOW_REF"))?.path;
  const where = `${job ? `job "${plainLine(job)}"` : "the job"}${path ? ` in ${plainLine(path)}` : ""}`;
  return {
    code: "oidc-not-permitted",
    message: `No OIDC token, because ${job ? `job "${plainLine(job)}"` : "this job"} may not request one`,
    why: [
      `GITHUB_ACTIONS is set, ${REQUEST_URL} is not: the job lacks \`id-token: write\`.`,
      "A job's `permissions` block replaces the workflow's; and a reusable workflow gets at most what the calling job has.",
    ],
    next: [`add to ${where}:\n    permissions:\n      contents: read\n      id-token: write`],
  };
}
