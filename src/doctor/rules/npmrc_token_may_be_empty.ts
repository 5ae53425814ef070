import { intersects, validRange } from "../../formats/version_range.ts";
import type { Npmrc, NpmrcCredential } from "../../credentials/files/npmrc.ts";
import type { Fix } from "../../report/finding.ts";
import { knownRegistry } from "../../registries/known.ts";
import { npmChoices } from "../npm_choice.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { variablesAt } from "../variables.ts";

/** From here on the exchanged token wins over everything that is configured. */
const CURED = ">=11.21.0";
/** Clients that publish by running npm. */
const BY_NPM = [
  "npm",
  "changesets",
  "changesets/action",
  "semantic-release",
  "release-it",
  "np",
  "nx release",
  "auto",
];

/** An empty token of the project's `.npmrc` hides the one that npm has fetched by OIDC, and npm says that there is none. */
export const npmrcTokenMayBeEmpty: Rule = {
  code: "npmrc-token-may-be-empty",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      if (invocation.kind !== "npm" || !BY_NPM.includes(invocation.client)) continue;
      if (publicTarget(invocation)?.name !== "npm" || meantForOidc(subject, job) === "no") continue;
      const version = affected(job, subject);
      if (version === "cured") continue;
      for (const [file, line] of linesFor(job, subject)) {
        const empty = isEmpty(line, job);
        if (empty) yield reportOf(file, line, job, version, empty, subject);
      }
    }
  },
};

/** The lines of project files that are there when the job runs, and are for npm's registry. */
function linesFor({ invocation }: Publishing, { settings }: Subject): [Npmrc, NpmrcCredential][] {
  const places = [".npmrc", ...invocation.directory === null ? [] : [`${invocation.directory}/.npmrc`]];
  return settings.npmrc.filter(({ path }) =>
    places.includes(path) && !["ignored", "untracked"].includes(settings.keeping.get(path) ?? "")
  ).flatMap((file) =>
    file.credentials.filter(({ registry, name }) =>
      name === "_authToken" && registry !== null && knownRegistry(registry)?.name === "npm"
    ).map((line): [Npmrc, NpmrcCredential] => [file, line])
  );
}

/** Why the line comes to nothing; `null` where it does not: a variable that is not set stays as it is written, which hides nothing. */
function isEmpty({ holds, variables, optional }: NpmrcCredential, job: Publishing): string | null {
  if (holds === "empty") return "it is empty";
  const set = variablesAt(job);
  const [first] = variables;
  if (holds !== "reference" || first === undefined) return null;
  const empty = variables.every((name) => {
    const setting = set.get(name);
    return setting ? setting.value.trim() === "" : optional;
  });
  if (!empty) return null;
  return set.has(first) ? `${first} is set to nothing` : `${first} is not set`;
}

/** The version of npm that the job asks for; `null` where it takes the one that is there, `"cured"` where none is affected. */
function affected(job: Publishing, subject: Subject): string | null | "cured" {
  const choices = npmChoices(job, subject);
  if (choices === null || choices === "unsaid") return null;
  // An older npm than those knows nothing of OIDC, which is another matter.
  const possible = choices.filter(({ fits }) => fits);
  const versions = possible.map(({ name }) => /^npm (.+)$/.exec(name)?.[1] ?? null);
  const open = versions.filter((version) => version === null || !reaches(version));
  return open.length === 0 ? "cured" : open.find((version) => version !== null) ?? null;
}

/** Whether what is asked for comes to a version in which it does not matter; a word such as `latest` does. */
function reaches(version: string): boolean {
  const range = validRange(version);
  return range === null || intersects(range, CURED);
}

function reportOf(
  { path }: Npmrc,
  line: NpmrcCredential,
  { invocation, job }: Publishing,
  version: string | null,
  empty: string,
  { sources }: Subject,
): Report {
  return {
    severity: version === null ? "warning" : "error",
    confidence: version === null ? "likely" : "certain",
    message: `npm takes no token from OIDC in job "${job.id}", because ${path} has an empty one`,
    at: line.keyAt,
    label: empty,
    related: [{ at: invocation.at, message: "publishes here" }],
    why: [
      "npm 11.5.1 to 11.20 exchanges a token, then finds the empty one of the project first, and stops with ENEEDAUTH.",
    ],
    next: [
      "remove the line: OIDC needs none",
      "or publish with npm 11.21 or newer, in which it does not matter",
    ],
    fix: removal(line, sources.get(path)),
  };
}

/** Without the line; where it names a variable, somebody may install with it. */
function removal({ keyAt, holds }: NpmrcCredential, text: string | undefined): Fix | null {
  if (text === undefined) return null;
  const start = text.lastIndexOf("\n", keyAt.start.offset - 1) + 1;
  const end = text.indexOf("\n", start) + 1 || text.length;
  return {
    safe: holds === "empty",
    description: "remove the line",
    edits: [{ path: keyAt.path, start, end, text: "" }],
  };
}
