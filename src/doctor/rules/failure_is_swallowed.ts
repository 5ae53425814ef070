import type { PublishInvocation } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import { clientsOf, placesOf, publishPlaces } from "../clients.ts";
import type { Report, Rule } from "../rule.ts";

/** A publish command whose failure does not count makes every release look like a success. */
export const failureIsSwallowed: Rule = {
  code: "failure-is-swallowed",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing, sources }) {
    // Several jobs may start one script.
    const scripts = new Map<string, Location>();
    const once = (at: Location | null) => {
      const key = at && `${at.path}:${at.start.offset}`;
      if (at && !scripts.has(key!)) scripts.set(key!, at);
      return at && scripts.get(key!)!;
    };
    const places = Map.groupBy(publishing, ({ invocation, step, job }) => {
      const lenient = [step.continueOnError, job.continueOnError].find((each) => each?.value === "true");
      return lenient?.at ??
        (invocation.tolerated ? once(goesOnAfter(invocation, sources)) ?? invocation.at : null);
    });
    for (const [at, jobs] of places) {
      if (!at) continue;
      const related = [
        ...publishPlaces(jobs).filter((label) => label.at !== at),
        ...jobs.flatMap(({ invocation: { inScript } }) =>
          inScript ? [{ at: inScript, message: "publishes here" }] : []
        ),
      ];
      const others = new Set(jobs.map(({ job }) => job)).size - 1;
      const who = `Job "${jobs[0]!.job.id}" ${
        others > 0 ? `and ${others} other${others > 1 ? "s" : ""} succeed` : "succeeds"
      }`;
      const message = `${who} although publishing with ${clientsOf(jobs)} fails`;
      if (at === jobs[0]!.invocation.inScript) {
        const script = at.path.split("/").at(-1)!;
        yield {
          message,
          at,
          label: `${script} goes on: it has no \`set -e\`, and only its last command counts`,
          related: placesOf(jobs, `starts ${script}`),
          why: WHY,
          next: [`add \`set -e\` below the first line of ${at.path}`],
        } satisfies Report;
        continue;
      }
      yield {
        message,
        at,
        label: related.length > 0 ? "its failure does not count" : "what follows hides its failure",
        related,
        why: WHY,
        next: [
          "let it fail; where it fails because the version is there already, ask for that first (or use keyless publish, which does)",
        ],
      } satisfies Report;
    }
  },
};

const WHY = [
  "A refused exchange, a lost permission or a rejected file would go unnoticed until somebody misses the version.",
];

/** The place of a command in a shell script that does not stop at failures, where nothing else swallows this one. */
function goesOnAfter(
  { inScript, at }: PublishInvocation,
  sources: ReadonlyMap<string, string>,
): Location | null {
  const script = sources.get(inScript?.path ?? "");
  const stopped = script === undefined || /^#!.*\s-\w*e|\bset\s+(?:-\w+\s+)*-\w*e|\berrexit\b/m.test(script);
  if (
    !inScript || stopped || !/^#!.*sh\b|\.(?:ba)?sh$/m.test(`${script.split("\n", 1)[0]}\n${inScript.path}`)
  ) {
    return null;
  }
  return isAlone(inScript, script) && isAlone(at, sources.get(at.path) ?? "") ? inScript : null;
}

/** Whether no `||`, pipe or `if` stands around a command on its line. */
function isAlone({ start, end }: Location, text: string): boolean {
  const before = text.slice(text.lastIndexOf("\n", start.offset - 1) + 1, start.offset);
  const after = text.slice(end.offset).split(/(?<!\\)\n/, 1)[0]!;
  return !/[|]|\b(?:if|while|until)\s|(?:^|\s)!\s/.test(before) && !/[|&;]/.test(after);
}
