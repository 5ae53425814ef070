import { literally } from "../../formats/literally.ts";
import { reaches } from "../../pipelines/circleci/oidc.ts";
import { liesIn } from "../../pipelines/lines.ts";
import type { IdToken } from "../../pipelines/model.ts";
import { hasNoToken, targetsOf, tokenVariable } from "../identities.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** On CircleCI npm exchanges the token that the job itself has put into NPM_ID_TOKEN. */
export const circleciNpmIdToken: Rule = {
  code: "circleci-npm-id-token",
  severity: "error",
  phase: "trust policy (local)",
  *check(subject) {
    for (const publishing of subject.publishing) {
      const report = publishing.pipeline.vendor === "circleci" ? checked(subject, publishing) : null;
      if (report) yield report;
    }
  },
};

/** Clients that exchange the variable's token by themselves. */
const READERS = ["npm", "pnpm", "yarn", "lerna", "changesets"];

function checked(subject: Subject, publishing: Publishing): Report | null {
  const { job, invocation, step } = publishing;
  const registry = targetsOf(subject, invocation).find(({ name }) => name === "npm");
  if (!registry || !READERS.includes(invocation.client) || invocation.keyless === "no") return null;
  const { variable, audience } = tokenVariable(registry);
  const named = job.idTokens.filter((token) => token.variable === variable);
  const fitting = job.idTokens.find(({ audiences }) => audiences?.includes(audience));
  if (!hasNoToken(invocation) || (named.length === 0 && !fitting)) return null;
  const related = [{ at: invocation.at, message: "publishes to npm" }];
  const [token] = named;
  if (!token) {
    const uses = job.steps.filter(({ run }) =>
      run && new RegExp(`\\$\\{?${literally(fitting!.variable)}\\b`).test(run.value)
    );
    return uses.length > 0 ? null : {
      message: `The OIDC token for npm is in ${
        fitting!.variable
      }, and ${invocation.client} looks into ${variable}`,
      at: fitting!.at,
      label: "nothing reads this variable",
      related,
      why: ["The variable's name is fixed: without it npm does not even try."],
      next: [`call it ${variable}`],
    };
  }
  const right = named.find(({ audiences }) => audiences === null || audiences.includes(audience));
  if (!right) return wrongAudience(token, variable, audience, related);
  const setter = job.steps.find(({ run }) => run && liesIn(right.at, run.at));
  if (!setter || reaches(setter, step)) return null;
  return {
    message: `${variable} is set in another step than the one that publishes, and ends with it`,
    at: right.at,
    label: "known to this step alone",
    related,
    why: ["Each `run` is a shell of its own; CircleCI carries over only what is written to BASH_ENV."],
    next: [
      `set ${variable} in the step that publishes`,
      `or write it on: \`echo "export ${variable}=…" >> "$BASH_ENV"\``,
    ],
  };
}

function wrongAudience(
  { audiences, at }: IdToken,
  variable: string,
  audience: string,
  related: Report["related"],
): Report {
  const written = audiences!.map((each) => `"${each}"`).join(" and ");
  return {
    message: `${variable} has the audience ${
      written || "of the organization"
    }, and npm accepts "${audience}"`,
    at,
    label: written ? "asked for with this audience" : "a token without an audience of its own",
    related: related ?? [],
    why: ["npm refuses tokens that are meant for others."],
    next: [`ask for it: \`circleci run oidc get --claims '{"aud": "${audience}"}'\``],
  };
}
