import { isCheckout } from "../pipelines/git_credentials.ts";
import type { Step } from "../pipelines/model.ts";
import { commandsOf, type PlacedCommand } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import { directoryOf } from "./artifacts.ts";
import { isHarmless } from "./unseen_hands.ts";

/** Whether a step leaves a directory in the workspace that the repository does not have. */
export function bringsDirectory(
  step: Step,
  path: string,
  sources: ReadonlyMap<string, string>,
): "yes" | "no" | "unknown" {
  if (step.uses) return actionBrings(step, path);
  const { run, shell, directory, unseen, started } = step;
  if (!run) return "no";
  if (namesPart(run.value, path)) return "yes";
  const isKnown = (shell === null || /^(?:ba)?sh\b/.test(shell)) && directory !== null &&
    unseen.length === 0 &&
    !started?.length && !/[<>]\(|\b(?:eval|source)\b|(?<![\d&])>/.test(run.value);
  const commands = isKnown ? commandsOf(step, sources) : [];
  return commands.length > 0 && commands.every(leavesSources) ? "no" : "unknown";
}

/** Actions that put files where they are told to, or run a script. */
const BRINGS = /^(?:actions\/(?:github-script|download-artifact)|dawidd6\/|peaceiris\/|google)/;

/** Further actions that put tools, and a token, where the machine has them. */
const SETS_UP =
  /^(?:dart-lang\/setup-dart|gradle\/(?:actions\/setup-gradle|gradle-build-action)|erlef\/setup-beam|nuget\/(?:login|setup-nuget)|rust-lang\/crates-io-auth-action|step-security\/harden-runner)$/;

function actionBrings(step: Step, path: string): "yes" | "no" | "unknown" {
  const { uses, with: inputs, inner, unseen } = step;
  // What its steps do they say themselves.
  if (inner.length > 0) return "no";
  const name = actionName(uses!.value).toLowerCase();
  const targets = (inputs.get("path")?.value ?? "").trim().split("\n").map(directoryOf);
  if (targets.some((each) => each !== null && each !== "." && isPartOf(each, path))) {
    return isOwn(step) ? "no" : "yes";
  }
  const [target = null] = targets;
  if (isCheckout(step)) return target !== null && target !== "." || isOwn(step) ? "no" : "unknown";
  const isKnown = unseen.length === 0 && !BRINGS.test(name) &&
    (isHarmless(name) || SETS_UP.test(name));
  return isKnown ? "no" : "unknown";
}

/** Whether a step checks out the commit that runs, and no more than that. */
function isOwn(step: Step): boolean {
  const { with: inputs } = step;
  const ref = inputs.get("ref")?.value ?? "";
  return isCheckout(step) && !inputs.get("repository")?.value && !inputs.has("submodules") &&
    (ref === "" || /^\$\{\{\s*github\.(?:ref|sha|ref_name)\s*\}\}$/.test(ref));
}

function isPartOf(directory: string, path: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

/** Whether a script names a directory, or one that it lies in. */
function namesPart(script: string, path: string): boolean {
  return script.split(/[\s"'`;&|()=<>]/).some((word) => {
    const named = word.replace(/^\.\//, "").replace(/(?<!\/)\/{1,9}$/, "");
    return named !== "" && (isPartOf(named, path) || named.startsWith(`${path}/`));
  });
}

/** Programs that leave the sources of a project alone. */
const PROGRAMS =
  /^(?:echo|printf|ls|cat|pwd|true|test|\[|set|export|sleep|which|date|jq|apt|apt-get|apk|yum|dnf|brew|choco|rustup|pip3?|tsc|vitest|jest|pytest|mypy|ruff|twine)$/;
/** Of others, what they do with their own files alone. */
const VERBS: Readonly<Record<string, RegExp>> = {
  npm: /^(?:ci|i|install|config|version|view|whoami|publish|pack|--version|-v)$/,
  pnpm: /^(?:i|install|config|view|whoami|publish|pack|--version|-v)$/,
  yarn: /^(?:install|config|npm|--version|-v|--frozen-lockfile|--immutable)?$/,
  node: /^(?:--version|-v)$/,
  corepack: /^(?:enable|prepare|install)$/,
  pipx: /^install$/,
  cargo: /^(?:install|fetch|build|check|test|clippy|fmt|login|package|publish|--version|-V)$/,
  go: /^(?:build|install|mod|test|vet|version)$/,
  dotnet: /^(?:restore|build|test|pack|nuget|tool|--version|--info)$/,
  python: /^(?:--version|-V)$/,
  git: /^(?:config|tag|status|log|describe|rev-parse|fetch|add|commit|push)$/,
};

function leavesSources({ program, args }: PlacedCommand): boolean {
  const isModule = /^python3?$/.test(program) && args[0] === "-m";
  return PROGRAMS.test(program) || isModule && /^(?:pip|build|twine|venv)$/.test(args[1] ?? "") ||
    Object.hasOwn(VERBS, program) && VERBS[program]!.test(args[0] ?? "");
}
