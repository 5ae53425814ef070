import { get, isText, type Located } from "../../formats/located.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { publicTarget } from "../oidc.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** npm and pnpm run the scripts `publish` and `postpublish` of a package when it is published; one that publishes does it again. */
export const publishScriptRepeats: Rule = {
  code: "publish-script-repeats",
  severity: "warning",
  phase: "packages",
  *check(subject) {
    const seen = new Set<Located>();
    for (const each of subject.publishing) {
      for (const { name, script } of repeating(each, subject)) {
        if (seen.has(script)) continue;
        seen.add(script);
        yield {
          confidence: "likely",
          message:
            `${each.invocation.client} runs the script "${name}" when the package is published, and that publishes it again`,
          at: script.at,
          label: "runs behind every publish of this directory",
          related: [{ at: each.invocation.at, message: "publishes it" }],
          why: [
            "The version is there by then, the registry refuses it with 403 (cannot publish over the previously published versions), and the step fails with the package published.",
          ],
          next: [
            'give the script another name, e.g. "release"',
            "or publish with --ignore-scripts, where no other script is needed",
          ],
        } satisfies Report;
      }
    }
  },
};

/** The scripts of the published manifest that publish the same directory. */
function repeating({ invocation, job }: Publishing, { manifests }: Subject) {
  const { client, args } = invocation;
  if (!["npm", "pnpm"].includes(client) || args.includes("--ignore-scripts")) return [];
  if (publicTarget(invocation)?.name !== "npm") return [];
  // A script may build the manifest that is meant.
  if (allSteps(job.steps).some(({ run }) => run && /package\.json/.test(run.value))) return [];
  const path = ownManifest(invocation);
  const root = path === null ? undefined : manifests.get(path)?.root;
  return ["publish", "postpublish"].flatMap((name) => {
    const script = get(root, "scripts", name);
    return isText(script) && publishesAgain(script.value) ? [{ name, script }] : [];
  });
}

/** Whether a script publishes where it is started; what goes into another directory, or asks anything, may do something else. */
function publishesAgain(script: string): boolean {
  const plain = script.replace(/\s--registry[ =]https:\/\/registry\.npmjs\.org\/?(?=\s|$)/, "");
  return PUBLISHES.test(plain) && !/\b(?:cd|pushd|test|if|registry)\b|\|\||\[/.test(plain);
}

/** With options that do not make it a rehearsal, and their values. */
const PUBLISHES =
  /(?:^|&&|;)\s*p?npm publish(?:\s+--(?!dry-run|ignore-scripts)[\w=-]+(?:\s+(?!-)[\w-]+)?)*\s*(?:$|&&|;)/;
