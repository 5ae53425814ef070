import { actionName } from "../../pipelines/publishing.ts";
import { allSteps, commandsOf } from "../../pipelines/placed_commands.ts";
import type { Answer, Job, Step } from "../../pipelines/model.ts";
import { wantsOtherOidc } from "../oidc.ts";
import type { Report, Rule } from "../rule.ts";

/** Actions that are known to request no OIDC token; any other one may. */
const HARMLESS =
  /^(?:actions\/(?:checkout|setup-[\w-]+|cache|cache\/\w+|upload-artifact|download-artifact|github-script|labeler|stale)|pnpm\/(?:action-)?setup|oven-sh\/setup-bun|dtolnay\/rust-toolchain|swatinem\/rust-cache|astral-sh\/setup-uv|denoland\/setup-deno|ruby\/setup-ruby|erlef\/setup-beam|actions-rust-lang\/setup-rust-toolchain|actions-rs\/[\w-]+|taiki-e\/install-action|pyo3\/maturin-action|gradle\/actions\/setup-gradle|subosito\/flutter-action|snok\/install-poetry|pdm-project\/setup-pdm|pre-commit\/action|pypa\/cibuildwheel|dorny\/paths-filter|docker\/(?:setup-qemu|setup-buildx|metadata|build-push)-action|softprops\/action-gh-release|ncipollo\/release-action|svenstaro\/upload-release-action|(?:googleapis|google-github-actions)\/release-please-action|actions\/create-(?:release|github-app-token)|peter-evans\/(?:create-pull-request|repository-dispatch|create-or-update-comment)|slackapi\/slack-github-action)$/;
/** Actions that request one where an input says so. */
const SIGNS_IF: Readonly<Record<string, string>> = {
  "hynek/build-and-inspect-python-package": "attest-build-provenance-github",
  "codecov/codecov-action": "use_oidc",
};
/** Words of scripts that may use one. */
const USES_OIDC =
  /ACTIONS_ID_TOKEN|cosign|sigstore|attest|provenance|oidc|publish|deploy(?!ments?\/)|\baws\b|gcloud|\baz\b/i;

/** The same of what actions are called and given. */
const MAY_USE_OIDC =
  /ACTIONS_ID_TOKEN|cosign|sign|attest|provenance|oidc|publish|deploy|release|upload|push|auth|login|credential|secret|vault|cloud|aws|gcp|google|azure|codecov|coverage|scorecard|docker|telemetry|claude|(?<![a-z])sts(?![a-z])/i;

/** `id-token: write` for the whole workflow reaches jobs that only build or test. */
export const idTokenTooWide: Rule = {
  code: "id-token-too-wide",
  severity: "warning",
  confidence: "likely",
  phase: "publishing jobs",
  *check({ publishing, suspected, sources }) {
    const withOidc = suspected.filter(({ invocation }) => invocation.keyless === "yes");
    for (const pipeline of new Set([...publishing, ...withOidc].map((each) => each.pipeline))) {
      if (pipeline.vendor !== "github" || !pipeline.permissionsAt) continue;
      const wide = pipeline.jobs.filter((job) =>
        job.permissions.from === "workflow" && job.permissions.allows("id-token", "write") === "yes" &&
        job.permissions.written("id-token") !== null
      );
      const needless = wide.filter((job) => needOf(job, sources) === "no");
      const doubtful = wide.filter((job) => needOf(job, sources) === "unknown");
      const [named, as] = needless.length === 0
        ? [doubtful, OPEN]
        : [needless, needless.every((job) => onlySpeaks(job, sources)) ? { severity: "info" as const } : {}];
      if (named.length === 0) continue;
      yield {
        ...as,
        message: `${pipeline.file} lets every job request an OIDC token, also ${names(named)}`,
        at: named[0]!.permissions.written("id-token")!.keyAt,
        label: "for the whole workflow",
        related: [
          ...needless.slice(0, FEW).map(({ at, id, calls }) => ({
            at,
            message: `job "${id}"${
              calls?.pipeline ? ` calls ${calls.pipeline.file}, which` : ""
            } neither publishes nor signs`,
          })),
          ...doubtful.slice(0, FEW).map((job) => ({
            at: job.at,
            message: `job "${job.id}" runs ${unknownAction(job, sources)}, which may need one or not`,
          })),
        ],
        why: [
          "Whatever runs in a job that can request a token can publish: a test, a build script, any dependency of them.",
        ],
        next: [
          needless.length === 0
            ? "grant `id-token: write` to the publishing job, and to others that need it"
            : "grant `id-token: write` to the publishing job alone",
        ],
      } satisfies Report;
    }
  },
};

/** What is not known is a question, however sure it is that the jobs may. */
const OPEN = { severity: "unverified", confidence: "certain" } as const;

/** Nobody reads more jobs. */
const FEW = 3;

/** Whether a job needs a token, as far as is known of what it runs. */
function needOf({ steps, calls }: Job, sources: Sources): Answer {
  if (calls) {
    const jobs = calls.pipeline?.jobs.filter(({ live }) => live !== "no") ?? [];
    // What a called job does not ask for it does not get, where its block says so.
    return jobs.some(({ permissions }) => permissions.allows("id-token", "write") === "yes")
      ? anyOf(jobs.map((job) => needOf(job, sources)))
      : "yes";
  }
  return steps.length === 0 ? "yes" : anyOf(allSteps(steps).map((step) => needOfStep(step, sources)));
}

function needOfStep(step: Step, sources: Sources): Answer {
  const { uses, inner, publishes, unseen } = step;
  if (publishes.length > 0 || unseen.length > 0 || mayUseOidc(step, sources)) return "yes";
  if (!uses || inner.length > 0 || isHarmless(step, actionName(uses.value))) return "no";
  const given = [uses, ...step.with.values(), ...step.env.values()];
  return wantsOtherOidc(step) || given.some(({ name, value }) => MAY_USE_OIDC.test(`${name} ${value}`))
    ? "yes"
    : "unknown";
}

/** Whether a script may use a token: by its words or, of one that speaks to a registry on the machine itself, by those of its commands. */
function mayUseOidc(step: Step, sources: Sources): boolean {
  const script = step.run?.value ?? "";
  if (!USES_OIDC.test(script) || !LOCAL.test(script)) return USES_OIDC.test(script);
  return script.includes("ACTIONS_ID_TOKEN") || commandsOf(step, sources).some(({ program, args }) => {
    const words = SPEAKS.test(program) ? "" : [program, ...args].join(" ");
    return USES_OIDC.test(LOCAL.test(words) ? words.replaceAll("publish", "") : words);
  });
}

/** A registry that is there for a test. */
const LOCAL = /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|verdaccio)(?![\w.-])|\bverdaccio\b/;

type Sources = ReadonlyMap<string, string>;

function anyOf(answers: readonly Answer[]): Answer {
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}

/** The first action of a job, or of what it calls, of which nothing is known. */
function unknownAction({ steps, calls }: Job, sources: Sources): string {
  const own = allSteps(steps).find((step) => needOfStep(step, sources) === "unknown")?.uses?.value;
  const [called] = calls?.pipeline?.jobs.filter((job) => needOf(job, sources) === "unknown") ?? [];
  return own?.split("@")[0] ?? (called ? unknownAction(called, sources) : "an action");
}

/** Programs that say something, or end the step. */
const SPEAKS = /^(?:echo|printf|exit|true|false|:|\[{1,2}|test)$/;

/** Whether a job runs nothing that could take the token: it says something, or stops the run. */
function onlySpeaks({ steps, calls }: Job, sources: Sources): boolean {
  return !calls && steps.every((step) =>
    step.run !== null && !step.run.value.includes("${{") &&
    commandsOf(step, sources).every(({ program }) => SPEAKS.test(program))
  );
}

function isHarmless({ with: inputs }: Step, action: string): boolean {
  // A password takes the place of every other way to log in.
  if (action === "docker/login-action") return (inputs.get("password")?.value ?? "") !== "";
  const asks = Object.hasOwn(SIGNS_IF, action) ? SIGNS_IF[action]! : null;
  return asks === null ? HARMLESS.test(action) : (inputs.get(asks)?.value ?? "false") === "false";
}

function names(jobs: readonly Job[]): string {
  const quoted = jobs.map(({ id }) => `"${id}"`);
  return quoted.length > 3
    ? `${quoted.slice(0, 2).join(", ")} and ${quoted.length - 2} more`
    : quoted.join(", ");
}
