import { plainLine } from "../host/redact.ts";
import type { Setting } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { Location } from "../problem.ts";
import { type Artifacts, nameOf, namesLike, type Upload } from "./artifacts.ts";
import { stepsUntil } from "./before_publishing.ts";
import { endingsPublished, mayEndWith } from "./package_files.ts";
import { isRetired } from "./retired_actions.ts";
import type { Publishing, Report, Subject } from "./rule.ts";
import { needed, waitsFor, whereParted } from "./taken_artifacts.ts";

/** What is uploaded for people to look at. */
const NOT_PUBLISHED = /log|cover|report|result|test|debug|symbol|doc|bench|size|sbom|screenshot|trace|stat/i;

const REMOVES = /(?<![\w-])(?:rm|unlink|Remove-Item|del)\s|\s-delete\b/i;

/** The report on a job that takes whatever artifacts there are, and does not wait for one of those that upload them; `null` where it waits for all. */
export function missedPart(
  publishing: Publishing,
  { uploads }: Artifacts,
  { publishing: all, sources }: Subject,
): Report | null {
  const { job, invocation } = publishing;
  const before = waitsFor(publishing);
  const endings = endingsPublished(all.filter((each) => each.job === job));
  const isPublished = ({ step }: Upload) =>
    endings === null || mayEndWith(step.with.get("path")?.value ?? "", endings);
  // Who removes something of what has come has chosen.
  const steps = stepsUntil(publishing).map(({ step }) => step);
  const removes = steps.some(({ run }) => run !== null && REMOVES.test(run.value));
  for (const { at, pattern } of removes ? [] : severalTaken(publishing, sources)) {
    const fits = pattern ? namesLike(pattern.value) : () => true;
    const taken = fits ? uploads.filter((upload) => fits(plainName(upload.name)) && isPublished(upload)) : [];
    const awaited = taken.filter((upload) => before.has(upload.job));
    for (const upload of taken) {
      const like = awaited.find((each) => isLike(each, upload));
      const parted = like && !before.has(upload.job) && upload.job !== job
        ? whereParted(publishing, upload.job)
        : null;
      if (!parted || needed(parted.other, parted.siblings).has(parted.waiting)) continue;
      const { waiting, other } = parted;
      const which = pattern ? `artifacts "${plainLine(pattern.value, 60)}"` : "every artifact";
      return {
        severity: "warning",
        confidence: "likely",
        message:
          `Job "${job.id}" publishes from ${which}, and does not wait for job "${upload.job.id}", which uploads one`,
        at,
        label: "takes what is there by then",
        related: [
          { at: nameOf(upload), message: "may come too late" },
          { at: nameOf(like!), message: "is waited for" },
          { at: invocation.at, message: "would publish without it" },
        ],
        why: [
          "Nothing fails where that job is slower: the version is published without its files.",
        ],
        next: [`give job "${waiting.id}" \`needs: [${[...waiting.needs, other.id].join(", ")}]\``],
      };
    }
  }
  return null;
}

/** The downloads of a job of all artifacts, or of those that a pattern names, that it is sure to make of its own run before it publishes. */
function severalTaken(
  publishing: Publishing,
  sources: ReadonlyMap<string, string>,
): { readonly at: Location; readonly pattern: Setting | null }[] {
  return stepsUntil(publishing).flatMap(({ step: { uses, with: inputs, live }, condition }) => {
    const isOne = ["name", "artifact-ids", "run-id", "github-token", "repository"].some((input) =>
      inputs.has(input)
    );
    if (!uses || actionName(uses.value) !== "actions/download-artifact" || isRetired(uses, sources)) {
      return [];
    }
    const pattern = inputs.get("pattern") ?? null;
    return isOne || condition || live !== "yes" ? [] : [{ at: pattern?.at ?? uses.at, pattern }];
  });
}

/** A name with something in the places of its expressions. */
function plainName(name: string): string {
  return name.replace(/\$\{\{[^}]{0,300}\}\}/g, "x");
}

/** Whether two uploads are parts of one release, as far as can be seen: they begin with the same word, and run at the same times. */
function isLike(one: Upload, other: Upload): boolean {
  const [first, second] = [one, other].map(({ name }) => /^[a-z]{3,}/i.exec(name)?.[0].toLowerCase());
  const condition = (upload: Upload) => upload.job.condition?.value.trim() ?? "";
  return first !== undefined && first === second && one.always && other.always &&
    condition(one) === condition(other) && !NOT_PUBLISHED.test(other.name) && other.job.live === one.job.live;
}
