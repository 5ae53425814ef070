import { entriesOf, get, isText, type Located } from "../../formats/located.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { stepsUntil } from "../before_publishing.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** npm publishes nothing without a name and a version. */
export const npmManifestIncomplete: Rule = {
  code: "npm-manifest-incomplete",
  severity: "error",
  confidence: "likely",
  phase: "packages",
  *check({ publishing, manifests }) {
    for (const job of publishing) {
      const { invocation } = job;
      const path = invocation.client === "npm" ? ownManifest(invocation) : null;
      const root = path === null ? undefined : manifests.get(path)?.root;
      if (!root || get(root, "private")?.value === true || mayBeFilledIn(job, root)) continue;
      const wrong = wrongEntry(root, "name", NAME) ?? wrongEntry(root, "version", VERSION);
      if (!wrong) continue;
      yield {
        message: `npm publishes ${path}, which has no ${wrong.key} that it takes`,
        at: wrong.at,
        label: wrong.there ? `no ${wrong.key}` : `\`${wrong.key}\` is missing`,
        related: [{ at: invocation.at, message: "publishes it" }],
        why: ["npm stops before it sends anything."],
        next: [`give ${path} a ${wrong.key}: ${EXAMPLES[wrong.key]}`],
      } satisfies Report;
    }
  },
};

/** Neither is all that npm asks, but what does not fit here it refuses for sure. */
const NAME = /^\s*(?:@[^\s/@]+\/)?[^\s/@]+\s*$/;
const VERSION = /\d+\.\d+\.\d+/;
const EXAMPLES = { name: '"name": "widget"', version: '"version": "1.0.0"' } as const;

function wrongEntry(root: Located, key: keyof typeof EXAMPLES, form: RegExp) {
  const entry = get(root, key);
  if (isText(entry) && form.test(entry.value)) return null;
  const at = entry ?? entriesOf(root)[0]?.[1] ?? root;
  return { key, at: at.at, there: entry !== undefined };
}

/** Commands after which a manifest is what it was; those of its own scripts are looked at by themselves. */
const PLAIN =
  /^\s*(?:(?:npm|pnpm|yarn)\s+(?:ci|i|install|t|test|audit|publish|run(?:-script)?\s+[\w:-]+)\b[^;&|]*|corepack enable|echo [^>|;&]*|#.*)?$/;
/** What a script may fill a manifest in with: programs and files that are not read here. */
const FILLS =
  /version|package\.json|\b(?:pkg|jq|sed|bump|changeset|lerna|nx)\b|release|\.(?:[cm]?[jt]s|sh|py)\b/i;

function mayBeFilledIn(job: Publishing, root: Located): boolean {
  return entriesOf(root, "scripts").some(([, script]) => FILLS.test(String(script.value))) ||
    stepsUntil(job).some(({ step: { uses, run, unseen, with: inputs } }) => {
      const moved = inputs.has("ref") || inputs.has("repository") || inputs.has("path");
      return unseen.length > 0 || moved ||
        uses !== null && !/^actions\/(?:checkout|setup-node|cache)$/.test(actionName(uses.value)) ||
        run !== null && !run.value.split(/\n|&&|;/).every((line) => PLAIN.test(line));
    });
}
