import { get } from "../../formats/located.ts";
import { isOlder, type StatedTool, toolVersion } from "../client_choice.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { expectsOidc } from "../unseen_hands.ts";

const TOOL = "semantic-release";
const PLUGIN = "@semantic-release/npm";
/** The first version of either that lets npm use OIDC. */
const FIRST: Readonly<Record<string, string>> = { [TOOL]: "25.0.0", [PLUGIN]: "13.0.0" };

/** Some release tools look for a token themselves before they let npm publish, and stop when there is none. */
export const releaseToolTooOld: Rule = {
  code: "release-tool-too-old",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      if (job.invocation.client !== TOOL || expectsOidc(subject, job) === "no") continue;
      if (!publishesToNpm(job, subject)) continue;
      const old = oldOne(job, subject);
      if (old) yield reportOf(job, old);
    }
  },
};

interface Old extends StatedTool {
  readonly name: string;
}

/** What is too old: the tool, which brings the plugin along, or the plugin where the tool says nothing. */
function oldOne(job: Publishing, subject: Subject): Old | null {
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
function publishesToNpm({ invocation }: Publishing, { manifests, sources }: Subject): boolean {
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

function reportOf({ job, invocation }: Publishing, { name, version, at }: Old): Report {
  return {
    message: `Job "${job.id}" publishes to npm with OIDC, and ${name} ${version} asks for a token first`,
    at: at.path.endsWith(".json") ? invocation.at : at,
    label: `since ${FIRST[name]} it needs none`,
    related: at.path.endsWith(".json") ? [{ at, message: "asked for here" }] : [],
    why: ['It stops with ENONPMTOKEN ("No npm token specified") before npm is started.'],
    next: [`use ${TOOL} 25 or newer, which brings ${PLUGIN} 13`],
  };
}
