import { normaliseRepository } from "../config/repository_url.ts";
import { get, type Located, textOf } from "../formats/located.ts";
import { joined } from "../formats/shell.ts";
import { intersects, validRange } from "../formats/version_range.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { Step } from "../pipelines/model.ts";
import type { Location } from "../problem.ts";
import { stepsUntil } from "./before_publishing.ts";
import { toolVersion } from "./client_choice.ts";
import { startsOwnFiles } from "./own_files.ts";
import type { Publishing, Subject } from "./rule.ts";
import { variablesAt } from "./variables.ts";

/** Where npm or pnpm send a package. */
export interface NpmDestination {
  /** Host and perhaps port and path, without protocol: `npm.pkg.github.com`. */
  readonly registry: string;
  /** What decides it; `default`: nothing says anything else. */
  readonly by: "option" | "manifest" | "scope" | "default";
  /** Where that is written; `null` where it is npm's own default. */
  readonly at: Location | null;
  /** What setup-node has written for other packages, or for other registries. */
  readonly lines: readonly RegistryLine[];
}

/** What `actions/setup-node` writes into the user's `.npmrc`: a registry, and the line with its token. */
export interface RegistryLine {
  /** Without `@`; `null`: for all packages; empty: of an owner whose name is not known. */
  readonly scope: string | null;
  readonly registry: string;
  readonly at: Location;
}

const DEFAULT = "registry.npmjs.org";
/** What may say otherwise in a way that is not followed here. */
const OTHERWISE =
  /npmrc|_auth|\b(?:npm|pnpm) (?:login|adduser|config|set|init|pkg)\b|\bjq\b|package\.json|npm-cli-login|npm-auth|publishConfig/;

/**
 * Where `npm publish` or `pnpm publish` sends the package of a manifest; `null` where that is not certain. As npm 10 to 12 and pnpm 10 to
 * 12 do it: npm takes its option, then the scope's line, `publishConfig`, and the registry for all; pnpm since 11 takes `publishConfig` first.
 */
export function npmDestination(job: Publishing, subject: Subject, path: string): NpmDestination | null {
  const { invocation } = job;
  const manifest = subject.manifests.get(path)?.root;
  const name = textOf(manifest, "name")?.value;
  if (!/^p?npm$/.test(invocation.client) || name === undefined || isWrittenElsewhere(job, subject)) {
    return null;
  }
  if (invocation.registryAs !== undefined || invocation.args.some(isUnclear)) return null;
  const lines = linesBefore(job, manifest, subject);
  const scope = /^@([^/]+)\//.exec(name)?.[1]?.toLowerCase() ?? null;
  if (lines === null || scope !== null && lines.some((line) => line.scope === "")) return null;
  const configured = textOf(manifest, "publishConfig", "registry");
  const decided = (by: NpmDestination["by"], registry: string, at: Location | null): NpmDestination | null =>
    /[${\s]/.test(registry) ? null : { registry: bare(registry), by, at, lines };
  const fromManifest = configured && (() => decided("manifest", configured.value, configured.at));
  const manifestFirst = fromManifest && invocation.client === "pnpm" ? isPnpm11(job, subject) : false;
  const scoped = scope === null ? undefined : lines.findLast((line) => line.scope === scope);
  const optional = invocation.args.some((word) => /^--registry(?:=|$)/.test(word));
  if (manifestFirst === null && (optional || scoped)) return null;
  if (fromManifest && manifestFirst) return fromManifest();
  if (optional) return invocation.registry ? decided("option", invocation.registry, invocation.at) : null;
  if (scoped) return decided("scope", scoped.registry, scoped.at);
  if (fromManifest) return fromManifest();
  const line = lines.findLast((each) => each.scope === null);
  return line ? decided("default", line.registry, line.at) : decided("default", DEFAULT, null);
}

/** The host of a registry. */
export function hostOf(registry: string): string {
  return bare(registry).split("/")[0]!.toLowerCase();
}

function bare(registry: string): string {
  return registry.replace(/^(?:https?:)?\/\//i, "").replace(/\/+$/, "");
}

/** Whether a word may name another registry or another package in a way that is not followed. */
function isUnclear(word: string): boolean {
  return /^--(?:@|\/\/|userconfig|globalconfig|prefix)|\ue000|^["']?\$/.test(word);
}

/** Whether files of the project, variables or scripts say where packages go. */
function isWrittenElsewhere(job: Publishing, { sources, settings }: Subject): boolean {
  const { directory } = job.invocation;
  const places = [".npmrc", joined(directory, ".npmrc")];
  const texts = [...sources, ...settings.sources];
  return directory === null ||
    texts.some(([path, text]) =>
      places.includes(path) && /^[ \t]*(?:@[^:\s]+:)?registry[ \t]*=/m.test(text)
    ) ||
    [...variablesAt(job)].some(([name, { value }]) =>
      /^p?npm_config_(?:@|\/\/|registry$|userconfig$|globalconfig$)/i.test(name) && value !== ""
    ) ||
    stepsUntil(job).some(({ step: { run, unseen } }) =>
      unseen.length > 0 || run !== null && (OTHERWISE.test(run.value) || startsOwnFiles(run.value))
    ) ||
    job.invocation.inScript !== null && !job.invocation.inScript.path.endsWith("package.json");
}

/** The lines that setup-node has written when the step publishes; `null` where nobody knows which. */
function linesBefore(
  job: Publishing,
  manifest: Located | undefined,
  { remote }: Subject,
): readonly RegistryLine[] | null {
  const lines: RegistryLine[] = [];
  for (const { step, condition } of stepsUntil(job)) {
    if (!step.uses || actionName(step.uses.value) !== "actions/setup-node") continue;
    const url = step.with.get("registry-url");
    if (!url || url.value === "") continue;
    if (condition || url.value.includes("${{")) return null;
    lines.push({ scope: scopeOf(step, manifest, remote), registry: bare(url.value), at: url.at });
  }
  return lines;
}

/** The scope that the action writes a registry for: of GitHub Packages the owner's, where it is given none. */
function scopeOf(
  { with: inputs }: Step,
  manifest: Located | undefined,
  remote: string | null,
): string | null {
  const named = inputs.get("scope")?.value ?? "";
  if (named.includes("${{")) return "";
  if (named !== "") return named.replace(/^@/, "").toLowerCase();
  return /\bnpm\.pkg\.github\.com\b/i.test(inputs.get("registry-url")!.value)
    ? ownerOf(manifest, remote) ?? ""
    : null;
}

/** Who owns the repository that the workflow runs in; `null` where the remote and the manifest do not agree, as in a fork. */
export function ownerOf(manifest: Located | undefined, remote: string | null): string | null {
  const owner = remote?.split("/")[0]?.toLowerCase() ?? null;
  const repository = get(manifest, "repository");
  const written = textOf(repository, "url")?.value ?? repository?.value;
  const address = typeof written === "string" ? normaliseRepository(written) : null;
  const [host, first] = address?.replace(/^https:\/\//, "").split("/") ?? [];
  return address === null || host === "github.com" && first!.toLowerCase() === owner ? owner : null;
}

/** Whether the pnpm of a step is one that publishes by itself; `null` where that is not known. */
function isPnpm11(job: Publishing, subject: Subject): boolean | null {
  const range = validRange(toolVersion("pnpm", job, subject)?.version ?? null);
  if (range === null) return null;
  if (!intersects(range, ">=11.0.0")) return false;
  return intersects(range, "<11.0.0") ? null : true;
}
