import { type Located, textOf, textsOf } from "../formats/located.ts";
import { plainLine } from "../host/redact.ts";
import { refusal } from "./refusal.ts";
import type { PlacedProblem } from "./repository.ts";

/** What a job needs, as written. */
export function needsOf(job: Located): readonly Located<string>[] {
  const single = textOf(job, "needs");
  return single ? [single] : textsOf(job, "needs");
}

/** Jobs that wait for each other in a circle: GitHub starts none of the workflow. */
export function needsInCircle(jobs: readonly (readonly [string, Located])[]): PlacedProblem | null {
  const open = new Map(jobs.map(([id, job]) => [id.toLowerCase(), { id, needs: needsOf(job) }]));
  const waitsFor = (id: string) => open.get(id)!.needs.find(({ value }) => open.has(value.toLowerCase()));
  // Whoever waits for none of the others can start, and then those that wait for nobody else.
  for (let before = -1; before !== open.size;) {
    before = open.size;
    for (const id of [...open.keys()]) if (!waitsFor(id)) open.delete(id);
  }
  let [at] = open.keys();
  if (at === undefined) return null;
  // Those that are left wait for a circle, or are one; from any of them the way leads into it.
  const way: string[] = [];
  while (!way.includes(at)) {
    way.push(at);
    at = waitsFor(at)!.value.toLowerCase();
  }
  const circle = way.slice(way.indexOf(at)).map((id) => open.get(id)!.id);
  const [first, ...others] = circle.map((id) => `"${plainLine(id)}"`);
  return refusal(
    waitsFor(at)!.at,
    others.length === 0
      ? `job ${first} needs itself`
      : `job ${first} needs ${[...others, first].join(", which needs ")}`,
    others.length === 0 ? "remove it from `needs`" : "remove one of these `needs`",
  );
}
