import { get, isTable, isText, type Located, textOf, textsOf } from "../formats/located.ts";
import type { Runner } from "./model.ts";
import { valuesByMatrix } from "./matrix.ts";

/** `runs-on:` in each of its forms; `null` when there is none, as in a job that calls a workflow. */
export function runnerOf(job: Located): Runner | null {
  const setting = get(job, "runs-on");
  if (!setting) return null;
  const labels = isTable(setting) ? get(setting, "labels") : setting;
  const texts = isText(labels) ? [labels.value] : textsOf(labels).map(({ value }) => value);
  const known = texts.map((text) => text.includes("${{") ? valuesByMatrix(text, job) : [text]);
  return {
    labels: known.includes(null) || (known.length === 0 && labels !== undefined)
      ? null
      : known.flatMap((each) => each!),
    group: textOf(setting, "group")?.value ?? null,
    at: setting.at,
  };
}
