import { entriesOf } from "../../formats/located.ts";
import { inside } from "../../config/paths.ts";
import { configIn, sectionOf } from "../../pipelines/release_it.ts";
import type { Fix } from "../../report/finding.ts";
import { commandText } from "../client_choice.ts";
import { publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { expectsOidc } from "../unseen_hands.ts";
import { yamlFix } from "../yaml_fix.ts";

const OPTION = "--npm.skipChecks";

/** release-it asks npm who is logged in before it does anything, and with OIDC nobody is. */
export const releaseToolAsksForToken: Rule = {
  code: "release-tool-asks-for-token",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      if (invocation.client !== "release-it" || !publicTarget(invocation)) continue;
      if (expectsOidc(subject, job) === "no" || !asksForToken(job, subject)) continue;
      yield {
        message:
          `Job "${job.job.id}" publishes to npm with OIDC, and release-it asks npm who is logged in first`,
        at: invocation.at,
        label: "runs `npm whoami` before anything else",
        why: [
          'Only `npm publish` uses OIDC. release-it stops before that: "Not authenticated with npm. Please `npm login` and try again."',
        ],
        next: [
          'leave its checks out: "npm": { "skipChecks": true } in its configuration',
          `or \`release-it ${OPTION}\``,
        ],
        fix: () => withOption(job, subject),
      } satisfies Report;
    }
  },
};

/** Options that leave the checks out, or bring in another configuration; words that only the run knows. */
const OTHER =
  /^(?:--npm\.skip(?:Checks|-checks)(?:=(?!false$).*)?$|(?:-c|--config|--config-?[dD]ir|--extends)(?:=|$))|[$\ue000]/;
/** Plugins that leave publishing to release-it. */
const HARMLESS = /^@release-it\/(?:bumper|conventional-changelog|keep-a-changelog)$/;
/** What gives npm a token in a script. */
const LOGS_IN = /npmrc|_auth|\bnpm (?:login|adduser|config|set)\b/;

/** Whether release-it's checks run for sure, and npm has no token then. */
function asksForToken(
  { invocation }: Publishing,
  { manifests, project, settings, sources }: Subject,
): boolean {
  const { directory, args } = invocation;
  // In other directories nobody has looked for a configuration.
  const looked = [".", ...project.packages.map(({ path }) => path)];
  if (directory === null || !looked.includes(directory) || args.some((word) => OTHER.test(word))) {
    return false;
  }
  const config = configIn(directory, sources);
  const npm = config && sectionOf(config, "npm");
  if (!config || !npm || "extends" in config || npm.skipChecks !== undefined && npm.skipChecks !== false) {
    return false;
  }
  const hands = Object.keys(sectionOf(config, "plugins") ?? {}).some((name) => !HARMLESS.test(name)) ||
    LOGS_IN.test(JSON.stringify(config));
  const registries = entriesOf(manifests.get(inside(directory, "package.json"))?.root, "publishConfig")
    .filter(([name]) => name.endsWith("registry"));
  return !hands &&
    registries.every(([, { value }]) => /^https:\/\/registry\.npmjs\.org\/?$/.test(String(value))) &&
    settings.npmrc.every(({ credentials }) => credentials.length === 0);
}

/** The option behind a command that is nothing but words. */
function withOption(job: Publishing, subject: Subject): Promise<Fix | null> {
  const { at, inScript } = job.invocation;
  const text = commandText(job, subject);
  if (inScript || !/^[\w@./:= -]+$/.test(text)) return Promise.resolve(null);
  return yamlFix(
    at,
    subject,
    { safe: false, description: "leave out release-it's checks of npm" },
    (file) => file.reword(at, `${text} ${OPTION}`),
  );
}
