import { inside } from "../config/paths.ts";
import { get } from "../formats/located.ts";
import type { Location } from "../problem.ts";
import { namedPlace, ownManifest } from "./own_manifest.ts";
import type { Publishing, Subject } from "./rule.ts";

/** Where a step of npm, or of a client like it, is told to make a provenance statement. */
export interface AskedFor {
  readonly by: "option" | "variable" | "manifest";
  readonly at: Location;
}

/** What switches provenance on for a step: the command line, a variable, or the manifest of what it publishes. */
export function provenanceAskedFor(
  { invocation, step, job, pipeline }: Publishing,
  { manifests }: Subject,
): AskedFor | null {
  if (invocation.args.some((word) => word === "--provenance" || word === "--provenance=true")) {
    return { by: "option", at: invocation.inScript ?? invocation.at };
  }
  if (invocation.args.some((word) => /^--(?:no-)?provenance\b/.test(word))) return null;
  for (const env of [step.env, job.env, pipeline.env]) {
    const variable = [...env.values()].find(({ name }) => /^npm_config_provenance$/i.test(name));
    if (variable) return variable.value === "true" ? { by: "variable", at: variable.at } : null;
  }
  if (invocation.directory === null) return null;
  const path = namedPlace(invocation) === undefined
    ? inside(invocation.directory, "package.json")
    : ownManifest(invocation);
  const setting = path === null ? undefined : get(manifests.get(path)?.root, "publishConfig", "provenance");
  return setting?.value === true ? { by: "manifest", at: setting.at } : null;
}
