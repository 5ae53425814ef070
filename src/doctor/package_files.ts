import type { PublishingJob } from "../pipelines/publishing_jobs.ts";

/** Files that some registry takes; the longer endings first. */
const ENDINGS = ["tar.gz", "snupkg", "nupkg", "whl", "tgz", "vsix", "crate", "gem", "jar", "zip"];

/** A glob of files that end alike: `dist/*.whl`, `find . -name 'tool-*.vsix'`. */
const GLOB = new RegExp(
  `\\*\\.(${ENDINGS.map((ending) => ending.replace(".", "\\.")).join("|")})(?![\\w.])`,
  "g",
);

/** Endings of the files that a job publishes, as its commands name them; `null` where one of these names none. */
export function endingsPublished(publishing: readonly PublishingJob[]): readonly string[] | null {
  const all = publishing.map((
    { step, invocation: { args } },
  ) => [
    ...new Set(
      [step.run?.value ?? "", ...args].flatMap((text) =>
        [...text.matchAll(GLOB)].map(([, ending]) => ending!)
      ),
    ),
  ]);
  return all.every((endings) => endings.length > 0) ? [...new Set(all.flat())] : null;
}

/** Whether a `path:` of an upload may bring files with one of these endings. */
export function mayEndWith(path: string, endings: readonly string[]): boolean {
  const lines = path.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("!")
  );
  return lines.length === 0 ||
    lines.some((line) => !FILE.test(line) || endings.some((ending) => line.endsWith(`.${ending}`)));
}

/** The name of a file, and of no directory, as far as can be told. */
const FILE = /\.[a-z][a-z0-9]{1,7}$/i;
