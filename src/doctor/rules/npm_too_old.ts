import type { Fix, Label } from "../../report/finding.ts";
import { runsNpm } from "../client_choice.ts";
import { firstNode, firstNpm, type NpmChoice, npmChoices, unfitLegs } from "../npm_choice.ts";
import { publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { expectsOidc } from "../unseen_hands.ts";

/** An npm that is older than OIDC asks nobody for a token: it says ENEEDAUTH, as if nothing had been set up. */
export const npmTooOld: Rule = {
  code: "npm-too-old",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      const meant = expectsOidc(subject, job);
      if (
        meant === "no" && !isStaged(job) || publicTarget(invocation)?.name !== "npm" ||
        runsNpm(job, subject) !== true
      ) {
        continue;
      }
      const choices = npmChoices(job, subject);
      if (choices === "unsaid") {
        if (meant === "yes") yield unsaid(job);
      } else if (choices?.length && choices.every(({ fits }) => !fits)) {
        yield tooOld(job, choices, meant, subject);
      } else if (choices) {
        const legs = unfitLegs(job, choices, ({ fits }) => fits);
        if (legs.length > 0) yield tooOldLegs(job, legs, meant, subject);
      }
    }
  },
};

/** Whether it leaves the package at the registry, to be let out there: older ones have no such command. */
function isStaged({ invocation }: Publishing): boolean {
  return invocation.args[0] === "stage";
}

function tooOld(
  job: Publishing,
  choices: readonly NpmChoice[],
  meant: ReturnType<typeof expectsOidc>,
  subject: Subject,
): Report {
  const { invocation } = job;
  const [first] = choices as [NpmChoice, ...NpmChoice[]];
  const staged = isStaged(job);
  const token = staged ? undefined : invocation.credentials.find(({ holds }) => holds === "token");
  const related: Label[] = [
    ...first.file ? [{ at: first.file, message: "says which" }] : [],
    { at: invocation.at, message: "publishes here" },
    ...token ? [{ at: token.at, message: "used in its place" }] : [],
  ];
  const names = [...new Set(choices.map(({ name }) => name))].join(" or ");
  const byNode = first.name.startsWith("Node");
  const meantNode = cutShort(first, subject);
  return {
    severity: token ? "warning" : "error",
    confidence: staged || meant === "yes" ? "certain" : "likely",
    message: staged
      ? `Job "${job.job.id}" runs \`npm stage\`, which ${
        byNode ? `the npm of ${names}` : names
      } does not have`
      : `Job "${job.job.id}" publishes to npm with OIDC, and ${
        byNode ? `the npm of ${names}` : names
      } does not know it`,
    at: first.at,
    label: meantNode
      ? `without quotes this is the number ${first.setting!.value}`
      : byNode
      ? `Node has such an npm since ${firstNode(job)}`
      : `npm ${staged ? "has" : "knows"} it since ${firstNpm(job)}`,
    related,
    why: [
      staged
        ? `npm before ${firstNpm(job)} has no \`stage\`: it stops with "Unknown command".`
        : token
        ? "It asks for no OIDC token and publishes with the token that it finds."
        : "It asks for no OIDC token, and stops with ENEEDAUTH or E404 as if nothing had been set up.",
      ...meantNode
        ? [`YAML reads ${meantNode} as ${first.setting!.value}, and that is the Node that GitHub sets up.`]
        : [],
    ],
    next: [
      meantNode
        ? `write it in quotes: "${meantNode}"`
        : byNode
        ? `use ${newNode(job)} or newer for this job`
        : `install npm ${firstNpm(job)} or newer`,
      ...byNode ? ["or install a newer npm before: npm install -g npm@11"] : [],
    ],
    fix: newerNode(first, subject),
  };
}

/** Some legs of the matrix publish with such an npm. */
function tooOldLegs(
  job: Publishing,
  legs: readonly NpmChoice[],
  meant: ReturnType<typeof expectsOidc>,
  subject: Subject,
): Report {
  const names = [...new Set(legs.map(({ name }) => name))].join(" and ");
  return {
    ...tooOld(job, legs, meant, subject),
    message: isStaged(job)
      ? `Job "${job.job.id}" runs \`npm stage\` also where its matrix has ${names}, whose npm does not have it`
      : `Job "${job.job.id}" publishes to npm with OIDC also where its matrix has ${names}, whose npm does not know it`,
    next: [
      `publish in one leg, with ${newNode(job)} or newer: a condition on the matrix for the step`,
      "or in a job of its own, without a matrix",
    ],
    fix: null,
  };
}

function unsaid(job: Publishing): Report {
  return {
    severity: "unverified",
    message: `Job "${job.job.id}" publishes to npm with OIDC, and nothing in it says with which npm`,
    at: job.invocation.at,
    label: "with the npm of the runner's image",
    why: [`npm uses OIDC since ${firstNpm(job)}; an older one stops with ENEEDAUTH.`],
    next: [`set up ${newNode(job)} or newer in this job (actions/setup-node)`],
  };
}

/** The oldest Node that does, as one writes it. */
function newNode(job: Publishing): string {
  return `Node ${firstNode(job).replace(/^24\.5\.0$/, "24")}`;
}

/** The version as it was meant where YAML reads `24.10` as 24.1; a newer one otherwise. */
async function newerNode(choice: NpmChoice, subject: Subject): Promise<Fix | null> {
  const { setting } = choice;
  const text = setting ? subject.sources.get(setting.at.path) : undefined;
  if (!setting || text === undefined) return null;
  const cut = cutShort(choice, subject);
  const { editYaml } = await import("../../formats/yaml_edit.ts");
  const edits = editYaml(text, setting.at.path).set(setting.at, cut ?? 24).edits();
  return edits && {
    safe: cut !== null,
    description: cut ? `quote ${cut}, which is a number otherwise` : "use Node 24",
    edits,
  };
}

/** A version such as `24.10` as it is written, of which YAML keeps 24.1; `null` for any other. */
function cutShort({ setting }: NpmChoice, { sources }: Subject): string | null {
  if (!setting) return null;
  const { path, start, end } = setting.at;
  const written = sources.get(path)?.slice(start.offset, end.offset) ?? "";
  return written !== setting.value && /^24\.\d0$/.test(written) ? written : null;
}
