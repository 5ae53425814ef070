import { ownTable } from "../formats/own_table.ts";
import { literally } from "../formats/literally.ts";
import { intersects, validRange } from "../formats/version_range.ts";
import { textOf } from "../formats/located.ts";
import { SourceText } from "../formats/positions.ts";
import type { Setting } from "../pipelines/model.ts";
import { clientFacts } from "../pipelines/publishers.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { Location } from "../problem.ts";
import { actionVersion } from "./action_version.ts";
import { commandsBefore, stepsUntil } from "./before_publishing.ts";
import { installs as isInstall } from "./installs.ts";
import type { Publishing, Subject } from "./rule.ts";

/** A version of a tool that a step is given, and where that is written. */
export interface StatedTool {
  /** An exact version or a range. */
  readonly version: string;
  readonly at: Location;
}

/** The version that is written for the client of a publishing step; `null` where none is, or where another one may be used. */
export function clientVersion(job: Publishing, subject: Subject): StatedTool | null {
  const { client } = job.invocation;
  const uses = stepOf(job.step, job.invocation)?.uses ?? null;
  if (client.includes("/")) return uses && ofAction(uses, subject);
  // An action with another name installs the client itself.
  return uses ? null : toolVersion(client, job, subject);
}

/** The same of any tool by the name of its package. */
export function toolVersion(name: string, job: Publishing, subject: Subject): StatedTool | null {
  return requestedVersion(name, job, subject) ?? installed(name, job, subject) ??
    inManifests(name, job, subject);
}

/** Whether every version that is meant is older than `first`; not where that cannot be said. */
export function isOlder({ version }: StatedTool, first: string): boolean {
  // A prerelease has what its release will have, and is in no range of others.
  const range = validRange(version.replace(/^(v?\d+\.\d+\.\d+)-.*$/, "$1"));
  return range !== null && !intersects(range, `>=${first}`);
}

/** The version in the words of the command itself: `npx lerna@8`, `uvx twine==5.0.0`. */
export function requestedVersion(name: string, job: Publishing, subject: Subject): StatedTool | null {
  const version = versionIn(commandText(job, subject), name);
  return version === null ? null : { version, at: job.invocation.at };
}

/** The command that publishes, as it is written. */
export function commandText({ invocation }: Publishing, { sources }: Subject): string {
  const at = invocation.inScript ?? invocation.at;
  return new SourceText(sources.get(at.path) ?? "", at.path).textAt(at);
}

function versionIn(text: string, name: string): string | null {
  const words = text.split(/[\s"']+|=(?<=-\w{1,60}=)/);
  const word = words.find((each) => each.startsWith(`${name}@`) || each.startsWith(`${name}==`));
  return word?.slice(name.length).replace(/^(?:@|==)/, "") ?? null;
}

function ofAction(uses: Setting, { sources }: Subject): StatedTool | null {
  const version = actionVersion(uses, sources);
  return version === null ? null : { version, at: uses.at };
}

/** The innermost step that publishes it. */
function stepOf(step: Publishing["step"], invocation: Publishing["invocation"]): Publishing["step"] | null {
  if (!step.publishes.includes(invocation)) return null;
  return step.inner.map((each) => stepOf(each, invocation)).find((each) => each !== null) ?? step;
}

/** Inputs of the actions that install a client, with its version. */
const INSTALLERS = ownTable<{ readonly tool: string; readonly input: string }>({
  "pnpm/action-setup": { tool: "pnpm", input: "version" },
  "pnpm/setup": { tool: "pnpm", input: "version" },
  "astral-sh/setup-uv": { tool: "uv", input: "version" },
  "oven-sh/setup-bun": { tool: "bun", input: "bun-version" },
});

/** The version that the last command or action before has installed for the whole machine. */
function installed(name: string, job: Publishing, { sources }: Subject): StatedTool | null {
  let found: StatedTool | null = null;
  for (const { step, condition } of stepsUntil(job)) {
    const action = step.uses ? INSTALLERS[actionName(step.uses.value)] : undefined;
    const input = action?.tool === name ? step.with.get(action.input) : undefined;
    if (input && input.value !== "") found = { version: condition ? "*" : input.value, at: input.at };
    for (const { program, args, at } of commandsBefore(step, job, sources)) {
      if (!installs(program, args)) continue;
      const word = args.find((each) => new RegExp(`^${literally(name)}(?:$|@|[=<>~!\\[])`).test(each));
      const version = word === undefined ? null : /^[^=@]+(?:==|@)([^=,;]+)$/.exec(word)?.[1] ?? "*";
      if (version !== null) found = { version: condition ? "*" : version, at };
    }
  }
  return found;
}

function installs(program: string, args: readonly string[]): boolean {
  const has = (...words: readonly string[]) => words.some((word) => args.includes(word));
  switch (program) {
    case "pip":
    case "pip3":
    case "pipx":
    case "uv":
      return has("install");
    case "corepack":
      return has("prepare", "use", "install");
    case "npm":
    case "pnpm":
    case "yarn":
    case "bun":
      return has("-g", "--global", "global") && has("i", "install", "add", "update");
    default:
      return false;
  }
}

/** What the project's own manifests ask for: those of the directory first, then those of the root. */
function inManifests(
  name: string,
  { invocation }: Publishing,
  { settings, manifests }: Subject,
): StatedTool | null {
  const { kind } = invocation;
  // A command for all packages of a workspace is started at its root.
  const recursive = invocation.args.some((word) => /^(?:-r|--recursive|--filter|-F)(?:=|$)/.test(word));
  const directory = invocation.directory ?? (recursive ? "." : null);
  if (kind !== "npm" || directory === null) return null;
  for (const path of new Set([directory === "." ? "" : `${directory}/`, ""])) {
    // The release that yarn hands over to goes before what package.json asks for.
    const stated = [`${path}.yarnrc.yml`, `${path}package.json`].flatMap((file) =>
      settings.versions.filter(({ tool, at, exact }) => tool === name && exact && at.path === file)
    );
    const manifest = manifests.get(`${path}package.json`)?.root;
    const dependency = ["devDependencies", "dependencies"].flatMap((table) =>
      textOf(manifest, table, name) ?? []
    );
    const [first] = [...stated, ...dependency.map(({ value, at }) => ({ version: value, at }))];
    if (first) return { version: first.version, at: first.at };
  }
  return null;
}

/** Whether a step publishes with the npm of the machine, itself or by a client that runs it; `null` where nobody can know. */
export function runsNpm(job: Publishing, subject: Subject): boolean | null {
  const { client } = job.invocation;
  const runs = clientFacts(client)?.runs ?? [];
  if (client === "npm") return true;
  // The plugin of semantic-release brings an npm of its own.
  if (client === "semantic-release" || !runs.includes("npm")) return false;
  const manager = client === "pnpm" ? client : runs.length > 1 ? packageManager(job, subject) : "npm";
  if (manager !== "pnpm") return manager === null ? null : manager === "npm";
  const version = toolVersion("pnpm", job, subject);
  const range = version && validRange(version.version);
  if (!range || !intersects(range, `<${PNPM_ALONE}`)) return range ? false : null;
  return intersects(range, `>=${PNPM_ALONE}`) ? null : true;
}

/** The first version of pnpm that publishes by itself. */
const PNPM_ALONE = "11.0.0";

/** The package manager that the project is written for; `null` where that is not seen. */
function packageManager(job: Publishing, { settings, sources }: Subject): string | null {
  const stated = settings.versions.find(({ tool, exact, at }) =>
    tool !== "node" && exact && at.path === "package.json"
  );
  if (stated) return stated.tool;
  const installs = stepsUntil(job).flatMap(({ step }) => commandsBefore(step, job, sources))
    .filter((command) => isInstall(command) && !command.args.includes("-g"))
    .map(({ program }) => program).filter((program) => ["npm", "pnpm", "yarn", "bun"].includes(program));
  return new Set(installs).size === 1 ? installs[0]! : null;
}
