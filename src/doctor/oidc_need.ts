import type { Answer, Step } from "../pipelines/model.ts";
import { commandsOf } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import { wantsOtherOidc } from "./oidc.ts";

type Sources = ReadonlyMap<string, string>;

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
  /ACTIONS_ID_TOKEN|getIDToken|cosign|sigstore|attest|provenance|oidc|publish|deploy(?!ments?\/)|\baws\b|gcloud|\baz\b/i;
/** Those of them that only speak of publishing. */
const PUBLISHES = /publish|deploy/gi;

/** The same of what actions are called and given. */
const MAY_USE_OIDC =
  /ACTIONS_ID_TOKEN|cosign|sign|attest|provenance|oidc|publish|deploy|release|upload|push|auth|login|credential|secret|vault|cloud|aws|gcp|google|azure|codecov|coverage|scorecard|docker|telemetry|claude|(?<![a-z])sts(?![a-z])/i;

/** What GitHub calls the job's own token, which has nothing to do with OIDC. */
const OWN_TOKEN = /\bsecrets\.GITHUB_TOKEN\b/gi;

/** Programs that say something, or end the step. */
export const SPEAKS = /^(?:echo|printf|exit|true|false|:|\[{1,2}|test)$/;

/** Whether a step needs an OIDC token, as far as is known of what it runs; `yes` too where it may be what publishes. */
export function oidcNeed(step: Step, sources: Sources): Answer {
  const { uses, inner, publishes, unseen } = step;
  if (publishes.length > 0 || unseen.length > 0 || mayUseOidc(step, sources)) return "yes";
  if (!uses || inner.length > 0 || isHarmless(step, actionName(uses.value))) return "no";
  const given = [uses, ...step.with.values(), ...step.env.values()];
  return wantsOtherOidc(step) ||
      given.some(({ name, value }) => MAY_USE_OIDC.test(`${name} ${value.replace(OWN_TOKEN, "")}`))
    ? "yes"
    : "unknown";
}

/** Whether a script may use a token: by its words or, of one that speaks to a registry on the machine itself, by those of its commands. */
function mayUseOidc(step: Step, sources: Sources): boolean {
  const script = scriptOf(step);
  if (!USES_OIDC.test(script) || !LOCAL.test(script)) return USES_OIDC.test(script);
  return script.includes("ACTIONS_ID_TOKEN") || commandsOf(step, sources).some(({ program, args }) => {
    const words = SPEAKS.test(program) ? "" : [program, ...args].join(" ");
    return USES_OIDC.test(LOCAL.test(words) ? words.replaceAll("publish", "") : words);
  });
}

/** A registry that is there for a test. */
const LOCAL = /\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|verdaccio)(?![\w.-])|\bverdaccio\b/;

/** Whether the script of a step says that it uses one for something else than to publish. */
export function usesOtherOidc(step: Step): boolean {
  return USES_OIDC.test(scriptOf(step).replace(PUBLISHES, ""));
}

function scriptOf({ uses, run, with: inputs }: Step): string {
  const given = uses && actionName(uses.value) === "actions/github-script" ? inputs.get("script") : null;
  return (run ?? given)?.value ?? "";
}

function isHarmless({ with: inputs }: Step, action: string): boolean {
  // A password takes the place of every other way to log in.
  if (action === "docker/login-action") return (inputs.get("password")?.value ?? "") !== "";
  const asks = Object.hasOwn(SIGNS_IF, action) ? SIGNS_IF[action]! : null;
  return asks === null ? HARMLESS.test(action) : (inputs.get(asks)?.value ?? "false") === "false";
}
