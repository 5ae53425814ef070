import { intersects, subset, validRange } from "../../formats/version_range.ts";
import type { Step } from "../../pipelines/model.ts";
import { clientFacts } from "../../pipelines/publishers.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { type Location, placeKey } from "../../problem.ts";
import { actionVersion } from "../action_version.ts";
import { stepsUntil } from "../before_publishing.ts";
import { toolVersion } from "../client_choice.ts";
import { npmChoices } from "../npm_choice.ts";
import { publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { expectsOidc } from "../unseen_hands.ts";
import { variablesAt } from "../variables.ts";

/** The variable that setup-node's line in `.npmrc` names. */
const VARIABLE = "NODE_AUTH_TOKEN";
/** The only releases of pnpm in which a token, whatever it is, keeps OIDC from being tried. */
const TOKEN_FIRST = ">=11.0.0 <11.1.0";

/** A placeholder for a token: with most clients it only hides why an exchange failed, with some it is used. */
export const npmPlaceholderToken: Rule = {
  code: "npm-placeholder-token",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    const seen = new Set<string>();
    for (const job of subject.publishing) {
      if (job.pipeline.vendor !== "github" || publicTarget(job.invocation)?.name !== "npm") continue;
      const meant = expectsOidc(subject, job);
      const found = meant === "no" ? null : placeholderFor(job, subject);
      // A local action that several jobs use is wrong once; a step that an anchor of YAML names, in each of them.
      const owner = found?.at.path === job.called.path ? job.job.id : "";
      const place = found && `${placeKey(found.at)}:${owner}`;
      if (!found || seen.has(place!)) continue;
      seen.add(place!);
      yield { confidence: meant === "yes" ? "certain" : "likely", ...found };
    }
  },
};

function placeholderFor(job: Publishing, subject: Subject): Report | null {
  const { client, credentials } = job.invocation;
  // Other actions have settings of their own, and clients without OIDC are another matter.
  if (clientFacts(client)?.oidc === null || (client.includes("/") && client !== "changesets/action")) {
    return null;
  }
  if (credentials.some(({ holds }) => holds !== "none")) return null;
  const set = variablesAt(job);
  const before = stepsUntil(job).map(({ step }) => step);
  const setup = isEmptied(job, before) ? undefined : before.findLast(writesLine);
  const exports = setup !== undefined && isBefore(setup, "7.0.0", subject);
  if (client === "yarn") {
    const reads = settingOfYarn(subject);
    return setup && exports && reads
      ? used(job, setup, reads, `yarn takes ${VARIABLE} from .yarnrc.yml`)
      : null;
  }
  if (client === "pnpm" && setup && isTokenFirst(job, subject)) {
    return used(job, setup, job.invocation.at, "pnpm 11.0 prefers any token to OIDC");
  }
  const choices = client === "npm" ? npmChoices(job, subject) : null;
  // An npm that exchanges no token sends the placeholder, and `npm-too-old` says so.
  if (Array.isArray(choices) && choices.length > 0 && choices.every(({ fits }) => !fits)) return null;
  if (setup && exports) return hidden(job, setup, `setup-node exports ${VARIABLE}=XXXXX-XXXXX-XXXXX-XXXXX`);
  const { step } = job;
  return client === "changesets/action" && !set.has("NPM_TOKEN") && isBefore(step, "1.7.0", subject)
    ? hidden(job, step, "it writes _authToken=undefined into ~/.npmrc")
    : null;
}

/** Whether the step, its command or a script sets the variable itself. What the job sets, the action replaces. */
function isEmptied({ step, invocation }: Publishing, before: readonly Step[]): boolean {
  return step.env.has(VARIABLE) || before.some(({ run }) => run?.value.includes(VARIABLE)) ||
    invocation.credentials.some(({ name, scope }) => name === VARIABLE && scope === "command");
}

function writesLine({ uses, with: inputs }: Step): boolean {
  const registry = inputs.get("registry-url")?.value ?? "";
  return uses !== null && actionName(uses.value) === "actions/setup-node" && registry !== "";
}

function isBefore({ uses }: Step, version: string, { sources }: Subject): boolean {
  const range = uses && validRange(actionVersion(uses, sources));
  return range !== null && !intersects(range, `>=${version}`);
}

function isTokenFirst(job: Publishing, subject: Subject): boolean {
  const range = validRange(toolVersion("pnpm", job, subject)?.version ?? "");
  return range !== null && range !== "*" && subset(range, TOKEN_FIRST);
}

/** Where yarn's settings name the variable. */
function settingOfYarn({ settings }: Subject): Location | null {
  const tokens = settings.yarnrc.flatMap(({ credentials }) => credentials);
  return tokens.find(({ variables }) => variables.includes(VARIABLE))?.at ?? null;
}

function hidden({ job, invocation }: Publishing, { uses }: Step, what: string): Report {
  return {
    message: `Job "${job.id}" publishes with OIDC, and ${
      actionName(uses!.value)
    } puts a placeholder for a token beside it`,
    at: uses!.at,
    label: what,
    related: uses!.at === invocation.at ? [] : [{ at: invocation.at, message: "publishes here" }],
    why: [
      "OIDC is tried first and wins; but where the exchange fails, this token is sent without a word, and the error is 404 instead of a missing login.",
    ],
    next: [
      actionName(uses!.value) === "changesets/action"
        ? "use changesets/action 1.7 or newer"
        : "use actions/setup-node 7 or newer, or leave registry-url out",
    ],
  };
}

function used({ job, invocation }: Publishing, { uses }: Step, at: Location, label: string): Report {
  return {
    severity: "error",
    confidence: "likely",
    message:
      `Job "${job.id}" publishes with ${invocation.client}, which uses a placeholder for a token in place of OIDC`,
    at,
    label,
    related: [{ at: uses!.at, message: `writes the line that names ${VARIABLE}, which is not set` }],
    why: ["The registry answers 404 to it; OIDC is not tried."],
    next: [
      "leave registry-url out of actions/setup-node",
      ...invocation.client === "pnpm"
        ? ["or use pnpm 11.1 or newer"]
        : [`or remove the setting that names ${VARIABLE}`],
    ],
  };
}
