import type { CredentialUse } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { Location } from "../problem.ts";
import { stepsUntil } from "./before_publishing.ts";
import type { Publishing, Report, Subject } from "./rule.ts";
import { mayBeGivenToken } from "./unseen_hands.ts";
import { variablesAt } from "./variables.ts";

/** A token in `~/.npmrc`, which npm does not read where `actions/setup-node` has named another file of the user. */
interface UnreadHome {
  readonly token: CredentialUse;
  /** What has named the other file. */
  readonly setup: Location;
}

/** Variables with npm tokens that npm reads only where a line of a file names them. */
const NAMED = /^(?:NPM_TOKEN|NPM_AUTH_TOKEN)$/;
const HOME_NPMRC = /(?:~|\$\{?HOME\}?)\/\.npmrc\b/;
/** What else may bring a script's token to npm. */
const ELSEWHERE = /npmrc|_auth|\b(?:npm|pnpm) (?:login|adduser|config|set)\b|npm-cli-login|npm-auth/;

/** What to say where `registry-url` has made `$RUNNER_TEMP/.npmrc` the user's file, and the token is in `~/.npmrc`; `null` where npm may find it. */
export function unreadHome(job: Publishing, subject: Subject): Report | null {
  const found = inHome(job, subject);
  return found && reportOf(job, found);
}

function inHome(job: Publishing, { sources, settings }: Subject): UnreadHome | null {
  const { client, args, credentials } = job.invocation;
  if (client !== "npm" && client !== "pnpm" || job.pipeline.vendor !== "github") return null;
  const tokens = credentials.filter(({ holds }) => holds === "token");
  const token = tokens.find(({ source, name }) => source === "file" && name === ".npmrc");
  if (!token || tokens.some(({ source, name }) => source !== "file" && !NAMED.test(name))) return null;
  const setup = stepsUntil(job).find(({ step: { uses, with: inputs }, condition }) =>
    uses && actionName(uses.value) === "actions/setup-node" && condition === null &&
    /^https?:\/\/[^\s$]+$/.test(inputs.get("registry-url")?.value ?? "")
  )?.step.uses?.at;
  if (!setup || args.some((word) => word.startsWith("--userconfig"))) return null;
  if ([...variablesAt(job).keys()].some((name) => /^npm_config_userconfig$/i.test(name))) return null;
  if (settings.npmrc.some((file) => file.credentials.length > 0)) return null;
  const runs = job.job.steps.map(({ run }) => run?.value ?? "");
  const files = [...sources].filter(([path]) =>
    !/\.ya?ml$|(?:^|\/)\.\w+rc$/.test(path) && runs.some((run) => run.includes(path.split("/").at(-1)!))
  ).map(([, text]) => text);
  const others = [...runs, ...files].map(withoutHome);
  return others.every((text) => text !== null && !ELSEWHERE.test(text)) ? { token, setup } : null;
}

/** A script without its comments, and without what it writes into `~/.npmrc`; `null` where that goes to another place from there. */
function withoutHome(script: string): string | null {
  const left: string[] = [];
  let end: string | null = null;
  for (const line of script.split("\n")) {
    if (end !== null) {
      if (line.trim() === end) end = null;
    } else if (HOME_NPMRC.test(line)) {
      if (/\b(?:cp|mv|ln|install|export|env)\b|userconfig/i.test(line)) return null;
      end = /<<-?[ \t]{0,9}["']?(\w+)/.exec(line)?.[1] ?? null;
    } else if (!line.trimStart().startsWith("#")) left.push(line);
  }
  return left.join("\n");
}

function reportOf(job: Publishing, { token, setup }: UnreadHome): Report {
  const { client } = job.invocation;
  const hasOther = job.job.permissions.allows("id-token", "write") !== "no" || mayBeGivenToken(job);
  return {
    ...hasOther ? { severity: "warning" } : {},
    message: `Job "${job.job.id}" writes its token to ~/.npmrc, which ${client} does not read`,
    at: token.at,
    label: "into a file that nothing reads",
    related: [
      { at: setup, message: "registry-url makes another file the user's" },
      { at: job.invocation.at, message: hasOther ? "does not get it" : "has no token" },
    ],
    why: [
      `With registry-url, setup-node sets NPM_CONFIG_USERCONFIG to a file of its own: ${client} reads that one and never ~/.npmrc.`,
    ],
    next: [
      "give the step that publishes the token in NODE_AUTH_TOKEN, and write no file",
      "or leave `registry-url` out",
    ],
  };
}
