import type { Publishing, Report, Rule } from "../rule.ts";
import { FIRST, type OldTool, PLUGIN, publishesToNpm, TOOL, withoutOidc } from "../semantic_release.ts";
import { expectsOidc } from "../unseen_hands.ts";

/** Some release tools look for a token themselves before they let npm publish, and stop when there is none. */
export const releaseToolTooOld: Rule = {
  code: "release-tool-too-old",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      if (job.invocation.client !== TOOL || expectsOidc(subject, job) === "no") continue;
      if (!publishesToNpm(job, subject)) continue;
      const old = withoutOidc(job, subject);
      if (old) yield reportOf(job, old);
    }
  },
};

function reportOf({ job, invocation }: Publishing, { name, version, at }: OldTool): Report {
  return {
    message: `Job "${job.id}" publishes to npm with OIDC, and ${name} ${version} asks for a token first`,
    at: at.path.endsWith(".json") ? invocation.at : at,
    label: `since ${FIRST[name]} it needs none`,
    related: at.path.endsWith(".json") ? [{ at, message: "asked for here" }] : [],
    why: ['It stops with ENONPMTOKEN ("No npm token specified") before npm is started.'],
    next: [`use ${TOOL} 25 or newer, which brings ${PLUGIN} 13`],
  };
}
