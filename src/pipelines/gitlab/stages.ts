import { entriesOf, get, isList, type Located, textOf, textsOf } from "../../formats/located.ts";
import { flattened } from "./reference.ts";

/** The stages of a configuration that names none. */
const STAGES = ["build", "test", "deploy"];

/**
 * Tells of a configuration's jobs which ones wait for somebody to start one of an earlier stage: a manual job that may not fail holds up
 * everything behind it but the jobs with `needs:`, which wait for those alone.
 */
export function heldUp(root: Located): (job: Located) => boolean {
  const named = get(root, "stages");
  const order = [".pre", ...isList(named) ? textsOf(named).map(({ value }) => value) : STAGES, ".post"];
  const placeOf = (job: Located) => order.indexOf(textOf(job, "stage")?.value ?? "test");
  const holding = entriesOf(root).filter(([id, job]) => !id.startsWith(".") && holdsUp(job));
  const first = Math.min(...holding.map(([, job]) => placeOf(job)));
  return (job) => !get(job, "needs") && placeOf(job) > first;
}

/** With `rules:` a manual job may not fail unless it says so, without them it may. */
function holdsUp(job: Located): boolean {
  const when = textOf(job, "when")?.value;
  const allowed = get(job, "allow_failure")?.value;
  const rules = get(job, "rules");
  if (!rules) return when === "manual" && allowed === false;
  return flattened(rules).some((rule) =>
    (textOf(rule, "when")?.value ?? when) === "manual" &&
    (get(rule, "allow_failure")?.value ?? allowed ?? false) === false
  );
}
