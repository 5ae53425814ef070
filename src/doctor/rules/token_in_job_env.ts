import { literally } from "../../formats/literally.ts";
import type { CredentialUse, Setting, Settings, Step } from "../../pipelines/model.ts";
import type { Fix } from "../../report/finding.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** A variable of the job, or of the workflow, is seen by every step: the tests, the build, the actions of other people. */
export const tokenInJobEnv: Rule = {
  code: "token-in-job-env",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    const seen = new Set<Setting>();
    for (const each of subject.publishing) {
      const { pipeline, called, job, invocation } = each;
      if (pipeline.vendor === "jenkins") yield* ofWholePipeline(each, seen);
      if (pipeline.vendor !== "github") continue;
      for (const token of invocation.credentials) {
        // GitHub's own token is in every step's reach anyway: `github.token`.
        if (token.holds !== "token" || !token.secret || /^github_token$/i.test(token.secret)) continue;
        const own = holding(token.secret, job.env);
        const setting = own ?? holding(token.secret, called.env);
        if (!setting) continue;
        const others = job.steps.filter((step) =>
          step !== each.step && step.live !== "no" && (step.run || step.uses)
        );
        const jobs = own ? [] : called.jobs.filter((one) => one !== job);
        if (others.length === 0 && jobs.length === 0) continue;
        yield {
          message: `Every step ${
            jobs.length > 0 ? `of every job of ${called.file}` : `of job "${job.id}"`
          } sees ${token.secret}, which only one needs`,
          at: setting.at,
          label: `for the whole ${own ? "job" : "workflow"}`,
          related: [
            { at: invocation.at, message: "needed here" },
            ...others.slice(0, 1).map(({ at }) => ({ at, message: "seen here too" })),
          ],
          why: [
            "Whatever runs in the other steps can read it: a build script, a test, a dependency, an action of other people.",
          ],
          next: [`move ${setting.name} to the \`env:\` of the step that publishes`],
          fix: token.source === "variable" && token.name === setting.name
            ? () => moved(each, token, subject)
            : null,
        } satisfies Report;
      }
    }
  },
};

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

/** The variable that holds a secret for everything around. */
function holding(secret: string, env: Settings): Setting | undefined {
  const names = new RegExp(`\\bsecrets\\.${literally(secret)}\\b`, "i");
  return [...env.values()].find(({ value }) => names.test(value));
}

/** The variable goes to every step of the job that publishes with it, and nowhere else. */
async function moved(
  { job, called }: Publishing,
  token: CredentialUse,
  { publishing, sources }: Subject,
): Promise<Fix | null> {
  const text = sources.get(called.path);
  const steps = publishing.filter((each) =>
    each.called.path === called.path &&
    each.invocation.credentials.some(({ at, name }) =>
      name === token.name && at.start.offset === token.at.start.offset
    )
  ).map(({ step }) => step);
  const movable = steps.every((step) =>
    step.at.path === called.path && step.inner.length === 0 && step.env.size === 0
  );
  const setting = (token.scope === "job" ? job.env : called.env).get(token.name);
  if (text === undefined || !movable || !setting) return null;
  const { editYaml } = await import("../../formats/yaml_edit.ts");
  const edit = editYaml(text, called.path).remove(setting.keyAt);
  for (const step of new Set<Step>(steps)) edit.add(step.extent, "env", { [token.name]: token.value });
  const edits = edit.edits();
  // Scripts of other steps may use the variable too, so this is not safe.
  return edits && { safe: false, description: `give ${token.name} to the publishing step alone`, edits };
}
