import type { Vendor } from "../../pipelines/model.ts";
import { type Location, placeKey } from "../../problem.ts";
import { unreadHome } from "../home_npmrc.ts";
import { valueForName } from "../maven_names.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { type HiddenToken, hiddenToken } from "../semantic_release.ts";
import { type HandedInVain, handedInVain, setsUpRegistry } from "../token_readings.ts";
import { yamlFix } from "../yaml_fix.ts";

/** A token in a variable that neither the client nor anything else reads: the client has none. */
export const tokenNotRead: Rule = {
  code: "token-not-read",
  severity: "error",
  confidence: "likely",
  phase: "credentials",
  *check(subject) {
    const seen = new Set<string>();
    for (const job of subject.publishing) {
      for (const report of [valueForName(job), unreadHome(job, subject), behindLine(job, subject)]) {
        const place = report && placeKey(report.at);
        if (report && !seen.has(place!)) yield report;
        if (place) seen.add(place);
      }
      const vain = handedInVain(job, subject);
      if (!vain) continue;
      yield vain.ignored
        ? leftOut(job, vain, vain.ignored)
        : job.pipeline.vendor === "github"
        ? reportOf(job, vain, subject)
        : unread(job, vain, job.pipeline.vendor);
    }
  },
};

function reportOf(job: Publishing, { setting: unread, name }: HandedInVain, subject: Subject): Report {
  const { client } = job.invocation;
  const byFile = name === "NODE_AUTH_TOKEN";
  const renames = !byFile || setsUpRegistry(job);
  return {
    message: `Job "${job.job.id}" hands ${client} its token in ${unread.name}, which nothing reads`,
    at: unread.keyAt,
    label: byFile ? `${client} reads no variable, but .npmrc` : `${client} does not know this one`,
    related: [{ at: job.invocation.at, message: "has no token" }],
    why: [
      byFile
        ? `${client} takes a token from a line of an .npmrc alone, and no line names ${unread.name}.`
        : `${client} finds no credential, and stops before it uploads anything.`,
    ],
    next: [
      renames
        ? `call it ${name}`
        : "let actions/setup-node write the line (registry-url: https://registry.npmjs.org), and call the variable NODE_AUTH_TOKEN",
    ],
    fix: renames
      ? () =>
        yamlFix(
          unread.keyAt,
          subject,
          { safe: false, description: `call ${unread.name} ${name}` },
          (file) => file.rename(unread.keyAt, name),
        )
      : null,
  };
}

/** A token that semantic-release does not come to look at. */
function behindLine(job: Publishing, subject: Subject): Report | null {
  const hidden = hiddenToken(job, subject);
  return hidden && hiddenReport(job, hidden, subject);
}

function hiddenReport(
  { job, invocation }: Publishing,
  { token, line }: HiddenToken,
  subject: Subject,
): Report {
  const { client } = invocation;
  return {
    message: `Job "${job.id}" hands ${client} its token in NPM_TOKEN, which it does not look at`,
    at: token.keyAt,
    label: "not taken where an .npmrc has a line for a token",
    related: [
      { at: line.at, message: "has that line written, for NODE_AUTH_TOKEN" },
      { at: invocation.at, message: "publishes here" },
    ],
    why: [
      `${client} takes the line, and npm is sent what it stands for without NODE_AUTH_TOKEN: EINVALIDNPMTOKEN ("Invalid npm token").`,
    ],
    next: ["leave registry-url out of actions/setup-node", "or call the variable NODE_AUTH_TOKEN"],
    fix: () =>
      yamlFix(
        token.keyAt,
        subject,
        { safe: false, description: "call NPM_TOKEN NODE_AUTH_TOKEN" },
        (file) => file.rename(token.keyAt, "NODE_AUTH_TOKEN"),
      ),
  };
}

/** What may hold a credential that no file shows. */
const OUTSIDE: Readonly<Record<Exclude<Vendor, "github">, string>> = {
  gitlab: "the project's settings",
  circleci: "the project or a context",
  jenkins: "the agent",
};

/** Outside of GitHub a job sees more than its file shows. */
function unread(
  { job, invocation }: Publishing,
  { setting, name }: HandedInVain,
  vendor: Exclude<Vendor, "github">,
): Report {
  const { client } = invocation;
  const byFile = name === "NODE_AUTH_TOKEN";
  const where = OUTSIDE[vendor];
  return {
    severity: "unverified",
    confidence: "certain",
    message: `Job "${job.id}" hands ${client} its token in ${setting.name}, which nothing here reads`,
    at: setting.keyAt,
    label: byFile ? `${client} reads no variable, but .npmrc` : `${client} does not know this one`,
    related: [{ at: invocation.at, message: "with which token?" }],
    why: [
      byFile
        ? `${client} takes a token from a line of an .npmrc alone, and no line here names ${setting.name}.`
        : `${client} reads ${name}, and nothing here sets that.`,
      `Unless ${where} ${vendor === "gitlab" ? "give" : "gives"} it one, it finds none and stops.`,
    ],
    next: [
      byFile
        ? `write the line before: echo '//registry.npmjs.org/:_authToken=\${${setting.name}}' >> ~/.npmrc`
        : `call it ${name}`,
      `where ${where} ${vendor === "gitlab" ? "give" : "gives"} it one: nothing`,
    ],
  };
}

function leftOut({ job, invocation }: Publishing, { setting, name }: HandedInVain, line: Location): Report {
  return {
    message:
      `Job "${job.id}" hands pnpm its token in ${setting.name}, which pnpm does not take from ${line.path}`,
    at: line,
    label: "left out, with a warning, since pnpm 11.5.3",
    related: [{ at: setting.keyAt, message: "the token" }, { at: invocation.at, message: "has no token" }],
    why: [
      "Newer pnpm replaces no variables in a credential of a file of the repository, and uploads without a token: 401 or 404.",
    ],
    next: [
      `let actions/setup-node write the line for the user (registry-url: https://registry.npmjs.org), and call the variable ${name}`,
      "or publish with OIDC, and remove the line",
    ],
  };
}
