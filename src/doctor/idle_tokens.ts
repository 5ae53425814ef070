import type { Job, Step } from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import type { Report, Subject } from "./rule.ts";
import { holdsSecret } from "./secret_flow.ts";
import { isHarmless } from "./unseen_hands.ts";
import { isRead } from "./variables.ts";

/** The token that another job publishes with, in the variables of one in which nothing is seen to need it. */
export function* idleTokens(job: Job, { publishing, sources }: Subject, why: string): Iterable<Report> {
  const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
  // GitHub's own actions are trusted with more than that.
  if (!steps.some(({ run, uses }) => run || uses && !/^actions\//.test(uses.value))) return;
  for (const { name, value, at } of job.env.values()) {
    if (!holdsSecret(value)) continue;
    const used = publishing.find(({ invocation }) =>
      invocation.credentials.some(({ holds, secret }) =>
        holds === "token" && secret !== null && !/^github_token$/i.test(secret) && holdsSecret(value, secret)
      )
    );
    if (!used || READ_ANYWHERE.test(name) || isRead(name, sources)) continue;
    if (steps.some((step) => mayNeed(step, name))) continue;
    yield {
      confidence: "likely",
      message: `Every step of job "${job.id}" sees ${name}, and none is seen to need it`,
      at,
      label: `the token that job "${used.job.id}" publishes with`,
      related: [{ at: used.invocation.at, message: "publishes with it" }],
      why: [why],
      next: [`delete ${name} here, or give it to the step alone that reads it`],
    };
  }
}

/** Variables that clients read for more than to publish. */
const READ_ANYWHERE = /^(?:p?npm_config_|YARN_|CARGO_REGISTRIES_|UV_|POETRY_|PIP_|BUNDLE_|NUGET_)/i;
/** Commands that ask the registry for something that takes a token. */
const ASKS_REGISTRY =
  /\b(?:npm|pnpm|yarn)\s(?:.*\s)?(?:whoami|dist-tag|tag|deprecate|owner|access|token|unpublish|login)\b/;

/** Whether a step may need a variable that no text names. */
function mayNeed({ uses, run, with: inputs, unseen }: Step, name: string): boolean {
  // setup-node's line in .npmrc reads it for private packages too.
  const setsUp = name === "NODE_AUTH_TOKEN" && inputs.has("registry-url");
  const isSomebodyElses = uses !== null && !uses.value.startsWith(".") && !isHarmless(uses.value);
  return unseen.length > 0 || setsUp || isSomebodyElses || ASKS_REGISTRY.test(run?.value ?? "");
}
