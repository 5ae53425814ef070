import { actionName } from "../../pipelines/publishing.ts";
import { allSteps, commandsOf } from "../../pipelines/placed_commands.ts";
import type { Job, Step } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** Actions that are known to request no OIDC token; any other one may. */
const HARMLESS =
  /^(?:actions\/(?:checkout|setup-[\w-]+|cache|cache\/\w+|upload-artifact|download-artifact|github-script|labeler|stale)|pnpm\/(?:action-)?setup|oven-sh\/setup-bun|dtolnay\/rust-toolchain|swatinem\/rust-cache|astral-sh\/setup-uv|denoland\/setup-deno|ruby\/setup-ruby|erlef\/setup-beam|actions-rust-lang\/setup-rust-toolchain|actions-rs\/[\w-]+|taiki-e\/install-action|pyo3\/maturin-action|gradle\/actions\/setup-gradle|subosito\/flutter-action|snok\/install-poetry|pdm-project\/setup-pdm|pre-commit\/action|pypa\/cibuildwheel|dorny\/paths-filter|docker\/setup-(?:qemu|buildx)-action)$/;
/** Actions that request one where an input says so. */
const SIGNS_IF: Readonly<Record<string, string>> = {
  "hynek/build-and-inspect-python-package": "attest-build-provenance-github",
  "codecov/codecov-action": "use_oidc",
};
/** Words of scripts that may use one. */
const USES_OIDC =
  /ACTIONS_ID_TOKEN|cosign|sigstore|attest|provenance|oidc|publish|deploy|\baws\b|gcloud|\baz\b/i;

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
      const needless = pipeline.jobs.filter((job) =>
        job.permissions.from === "workflow" && job.permissions.allows("id-token", "write") === "yes" &&
        job.permissions.written("id-token") !== null && needsNone(job)
      );
      if (needless.length === 0) continue;
      yield {
        ...needless.every((job) => onlySpeaks(job, sources)) ? { severity: "info" } : {},
        message: `${pipeline.file} lets every job request an OIDC token, also ${names(needless)}`,
        at: needless[0]!.permissions.written("id-token")!.keyAt,
        label: "for the whole workflow",
        related: needless.slice(0, 3).map(({ at, id, calls }) => ({
          at,
          message: `job "${id}"${
            calls?.pipeline ? ` calls ${calls.pipeline.file}, which` : ""
          } neither publishes nor signs`,
        })),
        why: [
          "Whatever runs in a job that can request a token can publish: a test, a build script, any dependency of them.",
        ],
        next: ["grant `id-token: write` to the publishing job alone"],
      } satisfies Report;
    }
  },
};

function needsNone({ steps, calls }: Job): boolean {
  if (calls) {
    const jobs = calls.pipeline?.jobs.filter(({ live }) => live !== "no") ?? [];
    // What a called job does not ask for it does not get, where its block says so.
    return jobs.every(needsNone) &&
      jobs.some(({ permissions }) => permissions.allows("id-token", "write") === "yes");
  }
  return steps.length > 0 &&
    allSteps(steps).every((step) =>
      step.publishes.length === 0 && step.unseen.length === 0 &&
      (!step.uses || step.inner.length > 0 || isHarmless(step, actionName(step.uses.value))) &&
      (!step.run || !USES_OIDC.test(step.run.value))
    );
}

/** Programs that say something, or end the step. */
const SPEAKS = /^(?:echo|printf|exit|true|false|:|\[{1,2}|test)$/;

/** Whether a job runs nothing that could take the token: it says something, or stops the run. */
function onlySpeaks({ steps, calls }: Job, sources: ReadonlyMap<string, string>): boolean {
  return !calls && steps.every((step) =>
    step.run !== null && !step.run.value.includes("${{") &&
    commandsOf(step, sources).every(({ program }) => SPEAKS.test(program))
  );
}

function isHarmless({ with: inputs }: Step, action: string): boolean {
  const asks = Object.hasOwn(SIGNS_IF, action) ? SIGNS_IF[action]! : null;
  return asks === null ? HARMLESS.test(action) : (inputs.get(asks)?.value ?? "false") === "false";
}

function names(jobs: readonly Job[]): string {
  const quoted = jobs.map(({ id }) => `"${id}"`);
  return quoted.length > 3
    ? `${quoted.slice(0, 2).join(", ")} and ${quoted.length - 2} more`
    : quoted.join(", ");
}
