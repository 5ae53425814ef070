import { get, isList, isText, type Located, textOf } from "../../formats/located.ts";
import type { Location } from "../../problem.ts";

/** What `trigger:` of a job makes a child pipeline of. */
export function childParts(trigger: Located): readonly Located[] {
  const include = get(trigger, "include");
  return isList(include) ? include.value : include ? [include] : [];
}

/** How people call the pipeline that `trigger:` starts and that nobody can read from here, and where it is named. */
export function unreadChild(trigger: Located): { readonly reference: string; readonly at: Location } {
  const written = writtenByJob(trigger);
  if (written) return written;
  const remote = childParts(trigger).find((part) => textOf(part, "project"));
  const project = isText(trigger) ? trigger : textOf(remote ?? trigger, "project");
  const file = remote && textOf(remote, "file");
  return {
    reference: [project?.value ?? "a pipeline that is not here", file?.value ?? []].flat().join(" "),
    at: project?.at ?? trigger.at,
  };
}

/** The file of a child pipeline that another job writes; `null` where none is. */
export function writtenByJob(
  trigger: Located,
): { readonly reference: string; readonly at: Location } | null {
  for (const part of childParts(trigger)) {
    const artifact = textOf(part, "artifact");
    const job = textOf(part, "job");
    if (artifact) {
      return { reference: `${artifact.value}${job ? ` of job "${job.value}"` : ""}`, at: artifact.at };
    }
  }
  return null;
}
