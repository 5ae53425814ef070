import { entriesOf, get, isList, isTable, isText, type Located, type Parsed } from "../formats/located.ts";
import { withLibraries } from "../formats/on_demand.ts";
import { joined } from "../formats/shell.ts";
import type { Env } from "../host/env.ts";
import { ProgramMissing } from "../host/process.ts";
import type { Step } from "../pipelines/model.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { actionName } from "../pipelines/publishing.ts";
import { consult } from "../publish/git.ts";
import { commandsBefore, stepsUntil } from "./before_publishing.ts";
import { ownManifest } from "./own_manifest.ts";

/** A file that a package names for those who use it, and the step that publishes the package without it. */
export interface Unbuilt {
  readonly job: PublishingJob;
  /** As written, with its place. */
  readonly entry: Located<string>;
}

/** The files that a published package names, that git ignores and does not have, and that nothing makes before: one for each package. */
export async function unbuiltEntries(
  env: Env,
  root: string,
  publishing: readonly PublishingJob[],
  manifests: ReadonlyMap<string, Parsed>,
  sources: ReadonlyMap<string, string>,
): Promise<readonly Unbuilt[]> {
  const manifest = manifests.get(MANIFEST);
  const jobs = manifest ? publishing.filter((job) => packsRoot(job) && !isBuiltByNpm(manifest)) : [];
  const entries = jobs.length > 0 ? entriesIn(manifest!.root) : [];
  if (entries.length === 0) return [];
  const job = await withLibraries(() => jobs.find((each) => nothingBuilds(each, sources)));
  const ignored = job ? await ignoredOf(env, root, entries.map(pathOf)) : new Set();
  const entry = entries.find((each) => ignored.has(pathOf(each)));
  return job && entry ? [{ job, entry }] : [];
}

/** Only the package at the root: beside others, one of them may build it. */
const MANIFEST = "package.json";

function packsRoot({ pipeline, invocation }: PublishingJob): boolean {
  return pipeline.vendor === "github" && ["npm", "pnpm"].includes(invocation.client) &&
    invocation.inScript === null && ownManifest(invocation) === MANIFEST;
}

/** Scripts that npm runs by itself while it installs, counts up a version or publishes. */
const BY_ITSELF =
  /^(?:(?:pre|post)?(?:install|prepare|pack|publish|version)|prepublishOnly|dependencies|pnpm:devPreinstall)$/;

function isBuiltByNpm({ root }: Parsed): boolean {
  return get(root, "workspaces") !== undefined || get(root, "private")?.value === true ||
    get(root, "publishConfig", "directory") !== undefined ||
    entriesOf(root, "scripts").some(([name]) => BY_ITSELF.test(name));
}

/** The files that somebody who uses the package loads or runs. */
function entriesIn(root: Located): Located<string>[] {
  return ["main", "bin", "exports", "module"].flatMap((key) => textsIn(get(root, key)))
    .filter((each) => !each.value.includes("*") && /^(?!\.\.)[\w.-]/.test(pathOf(each)));
}

function textsIn(located: Located | undefined): Located<string>[] {
  if (isText(located)) return [located];
  if (isList(located)) return located.value.flatMap(textsIn);
  return isTable(located) ? [...located.value.values()].flatMap(textsIn) : [];
}

function pathOf({ value }: Located<string>): string {
  return joined(".", value) ?? "";
}

/** Actions that leave the files of a checkout as they are, and inputs of a checkout that do. */
const HARMLESS_ACTION =
  /^(?:actions\/(?:setup-node|create-github-app-token)|pnpm\/action-setup|step-security\/harden-runner)$/;
const HARMLESS_INPUT = /^(?:fetch-depth|fetch-tags|filter|persist-credentials|show-progress|token|ssh-key)$/;

/** Whether there is nothing before the publishing step but what is known to build nothing. */
function nothingBuilds(job: PublishingJob, sources: ReadonlyMap<string, string>): boolean {
  const steps = stepsUntil(job).map(({ step }) => step);
  const checkouts = steps.filter(isCheckout);
  return checkouts.length > 0 && job.job.container === null &&
    checkouts.every(({ with: inputs }) => [...inputs.keys()].every((name) => HARMLESS_INPUT.test(name))) &&
    steps.every((step) => {
      if (step.unseen.length > 0 || step.inner.length > 0) return false;
      if (step.uses) return isCheckout(step) || HARMLESS_ACTION.test(actionName(step.uses.value));
      if (step.directory !== "." || step.shell !== null && !/^(?:ba)?sh\b/.test(step.shell)) return false;
      const commands = commandsBefore(step, job, sources);
      // A script of which no command is known may do anything.
      return (commands.length > 0 || step.publishes.includes(job.invocation)) &&
        !/[><]\(|\beval\b|\bsource\b/.test(step.run?.value ?? "") &&
        commands.every(({ program, args }) => isHarmless(program, args));
    });
}

function isCheckout({ uses }: Step): boolean {
  return uses !== null && actionName(uses.value) === "actions/checkout";
}

const SILENT = ["echo", "ls", "cat", "pwd", "true", "corepack", "set"];
const VERBS = /^(?:ci|clean-install|install|i|config|c|version|view|info|whoami|ping|audit|--version|-v)$/;
const ELSEWHERE = /^(?:-C|-w|-ws|-r|-F|--(?:prefix|workspaces?|dir|recursive|filter))(?:=|$)/;

function isHarmless(program: string, args: readonly string[]): boolean {
  if (SILENT.includes(program)) return true;
  if (program === "node") return /^(?:-v|--version)$/.test(args[0] ?? "");
  if (program === "git") return args[0] === "config";
  return ["npm", "pnpm"].includes(program) && VERBS.test(args[0] ?? "") &&
    !args.some((word) => ELSEWHERE.test(word));
}

/** Those of the files that git ignores; a file that it has is none of them. None where there is no repository, or no git. */
async function ignoredOf(env: Env, root: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  try {
    const { code, stdout } = await consult(env, root, ["check-ignore", "--", ...paths]);
    return new Set(code === 0 ? stdout.split("\n") : []);
  } catch (error) {
    if (error instanceof ProgramMissing) return new Set();
    throw error;
  }
}
