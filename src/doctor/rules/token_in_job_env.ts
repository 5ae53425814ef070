import { namesUploadToken } from "../../pipelines/hints.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import type { CredentialUse, Job, Setting, Settings, Step } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import type { Fix } from "../../report/finding.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { idleTokens } from "../idle_tokens.ts";
import { needingSteps } from "../needing_steps.ts";
import { holdsSecret } from "../secret_flow.ts";
import { handedInVain, mayRead } from "../token_readings.ts";
import { leftBefore } from "../variables.ts";

/** A variable of the job, or of the workflow, is seen by every step: the tests, the build, the actions of other people. */
export const tokenInJobEnv: Rule = {
  code: "token-in-job-env",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    const seen = new Set<Setting>();
    const inVain = new Map<Publishing, Setting | undefined>();
    const unread = (one: Publishing) => {
      if (!inVain.has(one)) inVain.set(one, handedInVain(one, subject)?.setting);
      return inVain.get(one);
    };
    for (const each of subject.publishing) {
      const { pipeline, called, job, invocation } = each;
      if (pipeline.vendor === "jenkins") yield* ofWholePipeline(each, seen);
      if (pipeline.vendor !== "github") continue;
      for (const token of invocation.credentials) {
        // GitHub's own token is in every step's reach anyway: `github.token`.
        if (token.holds !== "token" || !token.secret || /^github_token$/i.test(token.secret)) continue;
        const own = holding(token, job.env);
        // setup-node exports what its own step has.
        const left = leftBefore(job, each.step).findLast(({ setting }) => setting.at === token.at);
        const ofJob = left?.setting ?? own;
        const setting = ofJob ?? holding(token, called.env);
        if (!setting) continue;
        const around = subject.publishing.filter((one) => ofJob ? one.job === job : one.called === called);
        // Another rule says that it comes to nobody.
        if (around.some((one) => unread(one) === setting)) continue;
        const needing = needingSteps(setting.name, each, ofJob ? [job] : called.jobs, subject);
        const others = job.steps.slice(left ? left.place + 1 : 0).filter((step) =>
          !needing.includes(step) && step.live !== "no" && (step.run || step.uses)
        );
        const other = others.find(({ uses }) => !uses?.value.startsWith("actions/")) ?? others[0];
        const jobs = ofJob ? [] : called.jobs.filter((one) => one !== job);
        if (others.length === 0 && jobs.length === 0) continue;
        const everybody = `Every ${left ? "later " : ""}step of ${
          jobs.length > 0 ? `every job of ${called.file}` : `job "${job.id}"`
        }`;
        if (!mayRead(each, setting.name, subject)) {
          if (!around.some((one) => mayRead(one, setting.name, subject))) {
            yield needless(each, setting, everybody);
          }
          continue;
        }
        yield {
          // The line of setup-node may be there for private packages too.
          ...left ? { confidence: "likely" as const } : {},
          message: `${everybody} sees ${token.secret}, which only ${
            needing.length > 1 ? `${needing.length} need` : "one needs"
          }`,
          at: setting.at,
          label: left ? "left for the rest of the job" : `for the whole ${ofJob ? "job" : "workflow"}`,
          related: [
            ...needing.slice(0, FEW).map((step) =>
              step === each.step
                ? { at: invocation.at, message: "needed here" }
                : { at: step.at, message: "needed here" }
            ),
            ...other ? [{ at: other.at, message: "seen here too" }] : [],
          ],
          why: [WHY],
          next: [
            `move ${setting.name} to the \`env:\` of ${
              needing.length > 1
                ? "the steps that need it"
                : `the step that ${needing[0] === each.step ? "publishes" : "needs it"}`
            }`,
          ],
          fix: token.source === "variable" && token.name === setting.name
            ? () => moved(each, token, needing, subject)
            : null,
        } satisfies Report;
      }
    }
    for (const pipeline of subject.pipelines.filter(({ vendor }) => vendor === "github")) {
      for (const job of pipeline.jobs) {
        if (job.live === "no" || subject.publishing.some((each) => isSame(each.job.at, job.at))) continue;
        yield* outOfSight(job);
        yield* idleTokens(job, subject, WHY);
      }
    }
  },
};

/** Steps that need it are listed so many. */
const FEW = 3;

/** Whether two jobs stand in one place: a called workflow is read again for each of its callers. */
function isSame(one: Location, other: Location): boolean {
  return one.path === other.path && one.start.offset === other.start.offset;
}

/** A token to upload with, in a job that hands it to something that cannot be read from here. */
function* outOfSight({ id, env, steps }: Job): Iterable<Report> {
  const running = allSteps(steps).filter(({ live, run, uses }) => live !== "no" && (run || uses));
  const uploads = running.find(({ unseen }) => unseen.length > 0);
  for (const setting of uploads ? env.values() : []) {
    const { name, value, at } = setting;
    const secret = /\bsecrets\.([\w-]+)/i.exec(value)?.[1];
    const others = running.filter((step) => step.unseen.length === 0 && !names(step, name));
    const other = others.find(({ uses }) => !uses?.value.startsWith("actions/")) ?? others[0];
    if (!secret || !other || !namesUploadToken(value) || !holdsSecret(value)) continue;
    yield {
      confidence: "likely",
      message: `Every step of job "${id}" sees ${secret}, and not every one publishes`,
      at,
      label: "for the whole job",
      related: [
        { at: uploads!.unseen[0]!.at, message: "may need it" },
        { at: other.at, message: "seen here too" },
      ],
      why: [WHY],
      next: [`move ${name} to the \`env:\` of the steps that publish`],
    };
  }
}

/** Whether a step says that it uses a variable. */
function names({ run, with: inputs, env }: Step, variable: string): boolean {
  return [run, ...inputs.values(), ...env.values()].some((each) => each?.value.includes(variable));
}

const WHY =
  "Whatever runs in the other steps can read it: a build script, a test, a dependency, an action of other people.";

/** A variable that no text names, and that no client reads by itself. */
function needless({ invocation }: Publishing, { name, at }: Setting, everybody: string): Report {
  return {
    confidence: "likely",
    message: `${everybody} sees ${name}, which none is seen to read`,
    at,
    label: "for nobody",
    related: [{ at: invocation.at, message: `${invocation.client} does not read ${name}` }],
    why: [WHY],
    next: [`delete ${name}, or give it to the step alone that does read it`],
  };
}

/** `environment { TOKEN = credentials('id') }` of a whole Jenkinsfile, which every stage sees. */
function* ofWholePipeline(
  { called, job, step, invocation }: Publishing,
  seen: Set<Setting>,
): Iterable<Report> {
  for (const token of invocation.credentials) {
    const setting = token.scope === "pipeline" ? called.env.get(token.name) : undefined;
    const credential = /^credentials\('(.*)'\)$/.exec(setting?.value ?? "")?.[1];
    const other = called.jobs.flatMap(({ steps }) => steps).find((each) =>
      each !== step && each.live !== "no" && each.run
    );
    if (!setting || credential === undefined || !other || seen.has(setting)) continue;
    seen.add(setting);
    yield {
      message: `Every stage of ${called.file} sees the credential ${credential}, which "${job.id}" needs`,
      at: setting.at,
      label: "for the whole pipeline",
      related: [{ at: invocation.at, message: "needed here" }, { at: other.at, message: "seen here too" }],
      why: ["Whatever runs in the other steps can read it: a build script, a test, a dependency."],
      next: [
        `bind it around the upload: withCredentials([string(credentialsId: '${credential}', variable: '${setting.name}')]) { … }`,
      ],
    };
  }
}

/** The variable that holds the secret of a credential for everything around: the one that the credential is, where there are several. */
function holding({ secret, name }: CredentialUse, env: Settings): Setting | undefined {
  const found = [...env.values()].filter(({ value }) => holdsSecret(value, secret));
  return found.find((setting) => setting.name === name) ?? found[0];
}

/** The variable goes to every step of the job that publishes with it, and nowhere else. */
async function moved(
  { job, called }: Publishing,
  token: CredentialUse,
  steps: readonly Step[],
  { sources }: Subject,
): Promise<Fix | null> {
  const text = sources.get(called.path);
  const movable = steps.every((step) =>
    step.at.path === called.path && step.inner.length === 0 && step.env.size === 0
  );
  const setting = (token.scope === "job" ? job.env : called.env).get(token.name);
  if (text === undefined || !movable || !setting) return null;
  const { editYaml } = await import("../../formats/yaml_edit.ts");
  const edit = editYaml(text, called.path).remove(setting.keyAt);
  for (const step of steps) edit.add(step.extent, "env", { [token.name]: token.value });
  const edits = edit.edits();
  // Scripts of other steps may use the variable too, so this is not safe.
  return edits &&
    {
      safe: false,
      description: `give ${token.name} to the ${
        steps.length > 1 ? "steps that need it" : "publishing step"
      } alone`,
      edits,
    };
}
