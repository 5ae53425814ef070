import { get, textOf } from "../formats/located.ts";
import type { Setting } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";
import { stepsUntil } from "./before_publishing.ts";
import { isOlder, type StatedTool, toolVersion } from "./client_choice.ts";
import { publicTarget } from "./oidc.ts";
import { isSecret } from "./outside_github.ts";
import type { Publishing, Subject } from "./rule.ts";
import { mayBeGivenToken } from "./unseen_hands.ts";
import { variablesAt } from "./variables.ts";

/** The release tool. */
export const TOOL = "semantic-release";
/** Its plugin for npm. */
export const PLUGIN = "@semantic-release/npm";
/** The first version of either that lets npm use OIDC. */
export const FIRST: Readonly<Record<string, string>> = { [TOOL]: "25.0.0", [PLUGIN]: "13.1.0" };

/** The tool or the plugin in a version that looks for a token and for nothing else. */
export interface OldTool extends StatedTool {
  readonly name: string;
}

/** What is too old for OIDC: the tool, which brings the plugin along, or the plugin where the tool says nothing; `null` where neither is for sure. */
export function withoutOidc(job: Publishing, subject: Subject): OldTool | null {
  if (job.invocation.client !== TOOL) return null;
  const { uses, with: inputs, inner } = job.step;
  // An action of it installs what its input says, whatever the project has.
  const input = uses && inner.length === 0 ? inputs.get("semantic_version") : undefined;
  if (uses && inner.length === 0 && !input) return null;
  const tool = input ? { version: input.value, at: input.at } : toolVersion(TOOL, job, subject);
  const plugin = input ? null : toolVersion(PLUGIN, job, subject);
  const isOld = (name: string, stated: StatedTool | null) => stated !== null && isOlder(stated, FIRST[name]!);
  if (tool) return isOld(TOOL, tool) && (!plugin || isOld(PLUGIN, plugin)) ? { name: TOOL, ...tool } : null;
  return isOld(PLUGIN, plugin) ? { name: PLUGIN, ...plugin! } : null;
}

/** Whether the plugin for npm is on, as far as its settings tell: it is by default. */
export function publishesToNpm({ invocation }: Publishing, { manifests, sources }: Subject): boolean {
  const manifest = manifests.get("package.json");
  if (invocation.directory !== "." || !manifest || get(manifest.root, "private")?.value === true) {
    return false;
  }
  const written = [...sources].find(([path]) => /^(?:\.releaserc(?:\.\w+)?|release\.config\.\w+)$/.test(path))
    ?.[1];
  const own = get(manifest.root, "release");
  const text = written ?? (own ? manifest.source.textAt(own.at) : "");
  return !/plugins|extends/.test(text) || (text.includes(PLUGIN) && !/npmPublish\W+false/.test(text));
}

/** A token that the plugin never looks at, because it finds a line for one. */
export interface HiddenToken {
  readonly token: Setting;
  /** The input of setup-node that has the line written. */
  readonly line: Setting;
}

/**
 * The token in NPM_TOKEN that setup-node's line keeps from the plugin: lib/set-npmrc-auth.js reads the file that NPM_CONFIG_USERCONFIG names
 * first, and takes the line although NODE_AUTH_TOKEN, which it names, holds a placeholder or nothing. `null` where another one may be there.
 */
export function hiddenToken(job: Publishing, subject: Subject): HiddenToken | null {
  const { pipeline, step, invocation } = job;
  if (pipeline.vendor !== "github" || invocation.client !== TOOL) return null;
  const action = step.uses && step.inner.length === 0 ? actionName(step.uses.value) : null;
  // What runs in a container of its own does not see the file.
  if (action !== null && action !== "cycjimmy/semantic-release-action") return null;
  const line = lineOfSetupNode(job);
  const set = variablesAt(job);
  const token = set.get("NPM_TOKEN");
  if (!line || !token || !isSecret(token, pipeline.vendor)) return null;
  const mayExchange = job.job.permissions.allows("id-token", "write") !== "no";
  if (mayExchange && !withoutOidc(job, subject)) return null;
  const names = [...set.keys(), ...invocation.credentials.map(({ name }) => name)];
  if (names.some((name) => OTHER.test(name)) || !goesToNpm(job, subject)) return null;
  return mayBeGivenToken(job) || configures(job, subject) ? null : { token, line };
}

/** Variables that give the line its token, or name another file. */
const OTHER = /^NODE_AUTH_TOKEN$|^npm_config_(?:userconfig|registry$|.*_?auth)/i;

/** The address of the line that setup-node writes for certain; `null` where it writes none, or one for another registry. */
function lineOfSetupNode(job: Publishing): Setting | null {
  const written = stepsUntil(job).flatMap(({ step, condition }) => {
    const ours = step.uses !== null && actionName(step.uses.value) === "actions/setup-node";
    const address = ours ? step.with.get("registry-url") : undefined;
    return address && address.value !== "" ? [{ address, condition }] : [];
  });
  const [only] = written;
  const npm = only && written.length === 1 && only.condition === null &&
    /^https:\/\/registry\.npmjs\.org\/?$/.test(only.address.value);
  return npm ? only.address : null;
}

function goesToNpm(job: Publishing, subject: Subject): boolean {
  const registry = textOf(subject.manifests.get("package.json")?.root, "publishConfig", "registry")?.value;
  return publicTarget(job.invocation)?.name === "npm" && publishesToNpm(job, subject) &&
    (registry === undefined || /^https:\/\/registry\.npmjs\.org\/?$/.test(registry));
}

/** Whether a file or a script of the project may give npm a token in another way. */
function configures({ job }: Publishing, { settings, sources }: Subject): boolean {
  if (settings.npmrc.some(({ credentials }) => credentials.length > 0)) return true;
  const scripts = [...sources].filter(([path]) => !/\.ya?ml$|(?:^|\/)\.\w+rc$/.test(path));
  return [...job.steps.map(({ run }) => run?.value ?? ""), ...scripts.map(([, text]) => text)].some((text) =>
    /npmrc|_auth|NODE_AUTH_TOKEN|\bnpm (?:login|adduser|config|set)\b|userconfig/i.test(text)
  );
}
