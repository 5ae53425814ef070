import { entriesOf, get, textOf } from "../../formats/located.ts";
import { ownTable } from "../../formats/own_table.ts";
import { joined } from "../../formats/shell.ts";
import { subset, validRange } from "../../formats/version_range.ts";
import type { Answer } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { jobsBefore, stepsUntil } from "../before_publishing.ts";
import { runsNpm, toolVersion } from "../client_choice.ts";
import { isNpm11, npmChoices } from "../npm_choice.ts";
import { publicTarget } from "../oidc.ts";
import { startsOwnFiles } from "../own_files.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { variablesAt } from "../variables.ts";
import { isVersionedBy, mayWriteVersion, writtenPrerelease } from "../written_version.ts";

/** Since when the clients stop, and with which words. */
const NPM = 'npm since 11 stops: "You must specify a tag using --tag when publishing a prerelease version"';
const STOPS = ownTable<string>({
  npm: NPM,
  // Before 11 it runs npm; since then it publishes by itself, and stops for nothing.
  pnpm: NPM,
  bun: 'bun since 1.4.4 stops: "prerelease needs a tag"',
});

/** Newer clients demand a tag for a prerelease. */
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
      const path = STOPS[invocation.client] !== undefined && publicTarget(invocation)
        ? ownManifest(invocation)
        : null;
      const manifest = path === null ? undefined : subject.manifests.get(path)?.root;
      if (!manifest || get(manifest, "private")?.value === true) continue;
      if (get(manifest, "publishConfig", "tag") || isTagged(job, subject) || isBrought(job, path!)) continue;
      const version = textOf(manifest, "version");
      const stands = version && PRERELEASE.test(version.value) && !isRewritten(job, path!, subject);
      const written = stands ? null : writtenPrerelease(job, path!, subject);
      if (!stands && !written) continue;
      const alone = invocation.client === "pnpm" && runsNpm(job, subject) !== true;
      const refuses = alone ? "no" : refusal(job, subject);
      // Who keeps to an old npm knows what it does; a filter of tags for prereleases says that they are not meant to be `latest`.
      if (refuses === "no" && !written?.filter && (!alone || runsNpm(job, subject) === null)) continue;
      const open = written?.open ?? textsBefore(job, path!, subject).some(startsOwnFiles);
      yield {
        severity: alone ? "info" : refuses === "yes" && !open ? "error" : "warning",
        message: `${
          written
            ? `Job "${job.job.id}" makes a prerelease (${written.filter ? "tag " : ""}${written.version})`
            : `${path} has the prerelease ${version!.value}`
        }, and ${invocation.client} publishes it without a tag`,
        at: written?.at ?? version!.at,
        label: "a prerelease",
        related: [{ at: invocation.inScript ?? invocation.at, message: "no --tag here" }],
        why: [
          alone
            ? "pnpm makes it `latest`: whoever installs the package without a version gets it."
            : refuses === "no"
            ? "npm before 11 makes it `latest`: whoever installs the package without a version gets it."
            : `${STOPS[invocation.client]}${refuses === "yes" ? "." : "; an older one makes it `latest`."}`,
          ...open ? ["A script of the project may write another version before."] : [],
        ],
        next: [
          written?.filter?.others
            ? `publish it with a tag, and releases with another one: \`--tag "$([[ $GITHUB_REF_NAME == *-* ]] && echo ${written.tag} || echo latest)"\``
            : `publish it with a tag: ${invocation.client} publish --tag ${written?.tag ?? "next"}`,
          ...written ? [] : ['or name one in package.json: "publishConfig": { "tag": "next" }'],
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

function isRewritten(job: Publishing, path: string, subject: Subject): boolean {
  const steps = stepsUntil(job).map(({ step }) => step);
  const earlier = jobsBefore(job).flatMap((each) => allSteps(each.steps));
  return textsBefore(job, path, subject).some(mayWriteVersion) ||
    earlier.some(({ run }) => run !== null && mayWriteVersion(run.value)) ||
    [...earlier, ...steps].some(isVersionedBy);
}

/** Whether the manifest comes from another job, another commit or another repository. */
function isBrought(job: Publishing, path: string): boolean {
  const { pipeline } = job;
  const steps = stepsUntil(job).map(({ step }) => step);
  const called = (name: RegExp) =>
    steps.filter(({ uses }) => uses !== null && name.test(actionName(uses.value)));
  const checkouts = called(/checkout/);
  return pipeline.vendor === "github" && checkouts.length === 0 ||
    checkouts.some(({ with: inputs }) => inputs.has("ref") || inputs.has("repository")) ||
    called(/download/).some(({ with: inputs }) => {
      const place = joined(".", inputs.get("path")?.value ?? ".");
      return place === null || /^(?:\.|\/.*)$/.test(place) || path.startsWith(`${place}/`);
    });
}

/** Everything that runs before, as far as it can be read; without the name of the script that publishes, which is read itself. */
function textsBefore(job: Publishing, path: string, { manifests, sources }: Subject): string[] {
  const scripts = ["package.json", path].flatMap((each) => entriesOf(manifests.get(each)?.root, "scripts"));
  const script = job.invocation.inScript?.path ?? "package.json";
  const own = script.endsWith("package.json") ? null : script.split("/").at(-1)!;
  return [
    ...scripts.map(([, { value }]) => String(value)),
    ...stepsUntil(job).flatMap(({ step: { run } }) =>
      run === null ? [] : [own === null ? run.value : run.value.replaceAll(own, "")]
    ),
    ...own === null ? [] : [sources.get(script) ?? ""],
  ];
}

function refusal(job: Publishing, subject: Subject): Answer {
  if (job.invocation.client === "bun") {
    const range = validRange(toolVersion("bun", job, subject)?.version ?? null);
    return range !== null && subset(range, ">=1.4.4") ? "yes" : "unknown";
  }
  const choices = npmChoices(job, subject);
  if (!Array.isArray(choices)) return "unknown";
  const answers = new Set(choices.map(isNpm11));
  return answers.size === 1 ? [...answers][0]! : "unknown";
}
