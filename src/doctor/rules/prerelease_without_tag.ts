import { entriesOf, get, textOf } from "../../formats/located.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Answer } from "../../pipelines/model.ts";
import { stepsUntil } from "../before_publishing.ts";
import { isNpm11, npmChoices } from "../npm_choice.ts";
import { publicTarget } from "../oidc.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { variablesAt } from "../variables.ts";

/** Since npm 11 a prerelease needs a tag of its own. */
export const prereleaseWithoutTag: Rule = {
  code: "prerelease-without-tag",
  severity: "warning",
  confidence: "likely",
  phase: "packages",
  *check(subject) {
    // Who gives a tag anywhere knows about it, and has a step for each kind of release.
    if (subject.publishing.some(({ invocation }) => invocation.kind === "npm" && mayTag(invocation.args))) {
      return;
    }
    for (const job of subject.publishing) {
      const { invocation } = job;
      const path = ["npm", "bun"].includes(invocation.client) && publicTarget(invocation)
        ? ownManifest(invocation)
        : null;
      const manifest = path === null ? undefined : subject.manifests.get(path)?.root;
      const version = textOf(manifest, "version");
      if (!version || !PRERELEASE.test(version.value) || get(manifest, "private")?.value === true) continue;
      if (
        get(manifest, "publishConfig", "tag") || isTagged(job, subject) || isRewritten(job, path!, subject)
      ) continue;
      const refuses = invocation.client === "bun" ? "yes" : npmIs11(job, subject);
      if (refuses === "no") continue;
      yield {
        severity: refuses === "yes" ? "error" : "warning",
        message:
          `${path} has the prerelease ${version.value}, and ${invocation.client} publishes it without a tag`,
        at: version.at,
        label: "a prerelease",
        related: [{ at: invocation.inScript ?? invocation.at, message: "no --tag here" }],
        why: [
          invocation.client === "bun"
            ? "bun publishes no prerelease without one."
            : `npm since 11 stops: "You must specify a tag using --tag when publishing a prerelease version"${
              refuses === "yes" ? "." : "; an older one makes it `latest`."
            }`,
        ],
        next: [
          `publish it with a tag: ${invocation.client} publish --tag next`,
          'or name one in package.json: "publishConfig": { "tag": "next" }',
        ],
      } satisfies Report;
    }
  },
};

/** Versions that people publish; others with a hyphen, such as `0.0.0-development`, stand for one that is written later. */
const PRERELEASE =
  /^(?!0\.0\.0-)\d+\.\d+\.\d+-(?:(?:alpha|beta|rc)\b|(?:(?:alpha|beta|rc|next|preview|pre|canary)[.-]?)?\d)/i;

/** Words that give a tag, that leave npm's check out, or that only the run knows. */
function mayTag(args: readonly string[]): boolean {
  return args.some((word) => /^(?:--tag\b|--force$|-f$)|^["']?\$|\ue000/.test(word));
}

/** Whether a setting or a script gives the tag. */
function isTagged(job: Publishing, { sources }: Subject): boolean {
  return [...variablesAt(job).keys()].some((name) => /^npm_config_(?:tag|force)$/i.test(name)) ||
    [...sources].some(([path, text]) =>
      path.endsWith(".npmrc") && /^[ \t]*(?:tag|force)[ \t]*=/m.test(text)
    ) ||
    allSteps(job.job.steps).some(({ run }) => run !== null && /\btag\s*=/.test(run.value));
}

/** What may write another version before it is published. */
const WRITES =
  /(?<!--)\bversion\b|package\.json|\bpkg set\b|\bjq\b|bump|changeset|release-it|semantic-release|standard-version|\blerna\b|\bnx\b/i;
const BY_ACTION = /version|bump|release|semver|tag|changeset/;

function isRewritten(job: Publishing, path: string, { manifests }: Subject): boolean {
  const scripts = ["package.json", path].flatMap((each) => entriesOf(manifests.get(each)?.root, "scripts"));
  return scripts.some(([, script]) => WRITES.test(String(script.value))) ||
    stepsUntil(job).some(({ step: { uses, run, unseen, with: inputs } }) => {
      const action = uses ? actionName(uses.value) : "";
      const elsewhere = action === "actions/checkout" && (inputs.has("ref") || inputs.has("repository"));
      return unseen.length > 0 || elsewhere || BY_ACTION.test(action) ||
        run !== null && WRITES.test(run.value);
    });
}

function npmIs11(job: Publishing, subject: Subject): Answer {
  const choices = npmChoices(job, subject);
  if (!Array.isArray(choices)) return "unknown";
  const answers = new Set(choices.map(isNpm11));
  return answers.size === 1 ? [...answers][0]! : "unknown";
}
