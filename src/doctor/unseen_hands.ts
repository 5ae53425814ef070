import type { Step } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";
import { interpreterOf } from "../pipelines/script.ts";
import { stepsUntil } from "./before_publishing.ts";
import { meantForOidc } from "./oidc.ts";
import type { Publishing, Subject } from "./rule.ts";
import { operatorOf } from "./runners.ts";

/** Actions that leave no credential of a registry behind, beside those of GitHub. */
const HARMLESS =
  /^(?:actions|github)\/|^(?:pnpm\/(?:action-)?setup|oven-sh\/setup-bun|denoland\/setup-deno|astral-sh\/(?:setup-uv|ruff-action)|dtolnay\/rust-toolchain|actions-rs\/\w+|actions-rust-lang\/[\w-]+|hecrj\/setup-rust-action|swatinem\/rust-cache|moonrepo\/setup-rust|taiki-e\/install-action|snok\/install-poetry|abatilo\/actions-poetry|pdm-project\/setup-pdm|pypa\/hatch|jdx\/mise-action|moonrepo\/setup-toolchain|volta-cli\/action|asdf-vm\/actions\/\w+|prefix-dev\/setup-pixi|conda-incubator\/setup-miniconda|mamba-org\/setup-micromamba|baptiste0928\/cargo-install|cargo-bins\/cargo-binstall|mozilla-actions\/sccache-action|arduino\/setup-protoc|extractions\/setup-just|release-drafter\/release-drafter|ruby\/setup-ruby|bahmutov\/npm-install|c-hive\/gha-[\w-]+|codecov\/codecov-action|coverallsapp\/github-action|softprops\/action-gh-release|ncipollo\/release-action|docker\/[\w-]+|googleapis\/release-please-action|google-github-actions\/release-please-action|changesets\/action|peaceiris\/[\w-]+|styfle\/cancel-workflow-action|nwtgck\/actions-netlify|8398a7\/action-slack|dorny\/paths-filter|dawidd6\/action-download-artifact)$/;
/** Whether an action is known to leave no credential of a registry behind. */
export function isHarmless(uses: string): boolean {
  return HARMLESS.test(actionName(uses));
}

/** Programs and files with which a script fetches credentials, or hands them on. */
const FETCHES =
  /\b(?:aws|gcloud|az|vault|op|doppler|infisical|chamber|sops|jf|jfrog|keyring|gpg|openssl|bw|gopass|codeartifact)\b|\bbase64 (?:-d|--decode)\b|\.netrc\b/;

/** Images of languages and systems, which hold no credential. */
const PLAIN_IMAGE =
  /^(?:docker\.io\/)?(?:library\/)?(?:node|python|rust|ruby|golang|ubuntu|debian|alpine|fedora|archlinux|cimg\/\w+)(?::[\w.-]+)?(?:@sha256:\w+)?$/;

/**
 * Whether a step is meant to publish with OIDC, as {@link meantForOidc} says; but `no` where nothing speaks for it except that no token is
 * in sight, and one may come from where nobody sees.
 */
export function expectsOidc(subject: Subject, job: Publishing): "yes" | "likely" | "no" {
  const meant = meantForOidc(subject, job);
  // This variable is there for nothing else.
  const declared = job.job.idTokens.some(({ variable }) => variable === "NPM_ID_TOKEN");
  return meant === "likely" && !declared && mayBeGivenToken(job) ? "no" : meant;
}

/** Whether something that cannot be read from here may give a step its credential: the machine, an action, a script. */
export function mayBeGivenToken(job: Publishing): boolean {
  const { runner, container } = job.job;
  const hosted = runner?.labels?.length && runner.labels.every((label) => operatorOf(label) === "github");
  const plain = container === null || PLAIN_IMAGE.test(container.value);
  return !hosted || !plain || stepsMayGive(job);
}

/** The same of the steps alone, for a CI that shows neither its machines nor what lies on them. */
export function stepsMayGive(job: Publishing): boolean {
  return stepsUntil(job).some(({ step }) => mayGive(step));
}

function mayGive({ uses, run, shell, inner, publishes, unseen }: Step): boolean {
  if (unseen.length > 0) return true;
  if (uses && inner.length === 0 && publishes.length === 0 && !isHarmless(uses.value)) {
    return true;
  }
  if (!run) return false;
  return FETCHES.test(run.value) || run.value.split("\n").some(handsOn) ||
    (shell !== null && interpreterOf(shell).shell === null);
}

/** Whether a line leaves later steps a variable that may be a credential, or nobody knows which. */
function handsOn(line: string): boolean {
  return /GITHUB_ENV|BASH_ENV|set-env/.test(line) &&
    (!/\becho\s+["']?\w+=/.test(line) || /TOKEN|AUTH|PASS|SECRET|KEY|CRED/i.test(line));
}
