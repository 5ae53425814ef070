import type { Job, PublishInvocation, Step } from "../../pipelines/model.ts";
import { type Location, placeKey } from "../../problem.ts";
import { clientsOf, placesOf, publishPlaces } from "../clients.ts";
import { publicTarget } from "../oidc.ts";
import { pipedOn } from "../piped_on.ts";
import type { Label } from "../../report/finding.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** A publish command whose failure does not count makes every release look like a success. */
export const failureIsSwallowed: Rule = {
  code: "failure-is-swallowed",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing: all, sources }) {
    // An upload to TestPyPI is a rehearsal, and need not hold up the release.
    const publishing = all.filter(({ invocation }) => publicTarget(invocation)?.name !== "testpypi");
    // Several jobs may start one script, and several of its commands publish.
    const scripts = new Map<string, Location>();
    const once = (at: Location | null) => {
      if (at && !scripts.has(at.path)) scripts.set(at.path, at);
      return at && scripts.get(at.path)!;
    };
    const places = Map.groupBy(publishing, ({ invocation, step, job }) => {
      if (step.continueOnError && isLookedAt(step, job)) return null;
      const lenient = [step.continueOnError, job.continueOnError].find((each) => each?.value === "true");
      return lenient?.at ??
        (invocation.tolerated ? once(goesOnAfter(invocation, sources)) ?? invocation.at : null);
    });
    for (const [at, jobs] of places) {
      if (!at) continue;
      const related = onePlaceEach([
        ...publishPlaces(jobs).filter((label) => label.at !== at),
        ...jobs.flatMap(({ invocation: { inScript } }) =>
          inScript ? [{ at: inScript, message: "publishes here" }] : []
        ),
      ]);
      // A called workflow is read again for each of its callers.
      const others = new Set(jobs.map(({ job }) => placeKey(job.at))).size - 1;
      const who = `Job "${jobs[0]!.job.id}" ${
        others > 0 ? `and ${others} other${others > 1 ? "s" : ""} succeed` : "succeeds"
      }`;
      const message = `${who} although publishing with ${clientsOf(jobs)} fails`;
      if (at === scriptPlace(jobs[0]!.invocation)) {
        const script = at.path.split("/").at(-1)!;
        yield {
          message,
          at,
          label: `${script} goes on: it has no \`set -e\`, and only its last command counts`,
          related: [
            ...otherLines(jobs, at).slice(0, FEW).map((line) => ({
              at: line,
              message: "its failure does not count either",
            })),
            ...onePlaceEach(placesOf(jobs, `starts ${script}`)),
            ...jobs.flatMap(({ invocation: { inScript, toleratedIn } }) =>
              inScript && toleratedIn ? [{ at: inScript, message: "publishes here" }] : []
            ),
          ],
          why: WHY,
          next: [`add \`set -e\` below the first line of ${at.path}`],
        } satisfies Report;
        continue;
      }
      const pipe = at === jobs[0]!.invocation.at ? pipedOn(jobs[0]!, sources) : null;
      yield {
        message,
        at,
        label: pipe?.label ??
          (related.length > 0 ? "its failure does not count" : "what follows hides its failure"),
        related,
        why: [...pipe?.why ?? [], ...WHY],
        next: pipe?.next ?? [
          "let it fail; where it fails because the version is there already, ask for that first (or use keyless publish, which does)",
        ],
      } satisfies Report;
    }
  },
};

/** Whether a later step asks how a step went, and publishes again or ends the job by that. */
function isLookedAt({ id }: Step, { steps }: Job): boolean {
  if (id === null || !/^[\w-]+$/.test(id)) return false;
  const outcome = new RegExp(String.raw`\bsteps\.${id}\.outcome\b`, "i");
  return steps.some(({ condition, continueOnError, publishes, run }) =>
    condition !== null && outcome.test(condition.value) && continueOnError === null &&
    (publishes.length > 0 || run !== null && /\bexit [1-9]/.test(run.value))
  );
}

/** Other commands of a script are listed so many. */
const FEW = 3;

/** The commands of a script that publish, but the first. */
function otherLines(jobs: readonly Publishing[], { path, start }: Location): Location[] {
  const lines = jobs.flatMap(({ invocation: { inScript } }) =>
    inScript?.path === path && inScript.start.offset !== start.offset ? [inScript] : []
  );
  return [...new Map(lines.map((line) => [line.start.offset, line])).values()];
}

/** Labels without those that say the same of a place once more. */
function onePlaceEach(labels: readonly Label[]): Label[] {
  return [...new Map(labels.map((label) => [`${placeKey(label.at)} ${label.message}`, label])).values()];
}

const WHY = [
  "A refused exchange, a lost permission or a rejected file would go unnoticed until somebody misses the version.",
];

/** The command in a script whose failure would count in the end: the publishing one, or one that starts its script. */
function scriptPlace({ inScript, toleratedIn }: PublishInvocation): Location | null {
  return toleratedIn ?? inScript;
}

/** The place of a command in a shell script that does not stop at failures, where nothing else swallows this one. */
function goesOnAfter(
  invocation: PublishInvocation,
  sources: ReadonlyMap<string, string>,
): Location | null {
  const { at } = invocation;
  const place = scriptPlace(invocation);
  const script = sources.get(place?.path ?? "");
  const stopped = script === undefined || /^#!.*\s-\w*e|\bset\s+(?:-\w+\s+)*-\w*e|\berrexit\b/m.test(script);
  if (
    !place || stopped || !/^#!.*sh\b|\.(?:ba)?sh$/m.test(`${script.split("\n", 1)[0]}\n${place.path}`)
  ) {
    return null;
  }
  return isAlone(place, script) && isAlone(at, sources.get(at.path) ?? "") ? place : null;
}

/** Whether no `||`, pipe or `if` stands around a command on its line. */
function isAlone({ start, end }: Location, text: string): boolean {
  const before = text.slice(text.lastIndexOf("\n", start.offset - 1) + 1, start.offset);
  const after = text.slice(end.offset).split(/(?<!\\)\n/, 1)[0]!;
  return !/[|]|\b(?:if|while|until)\s|(?:^|\s)!\s/.test(before) && !/[|&;]/.test(after);
}
