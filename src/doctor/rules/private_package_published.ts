import { get } from "../../formats/located.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** npm refuses to publish a package that is marked `private`. */
export const privatePackagePublished: Rule = {
  code: "private-package-published",
  severity: "error",
  confidence: "likely",
  phase: "packages",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation } = job;
      const mark = marked(job, subject);
      if (!mark) continue;
      yield {
        message: `${invocation.client} publishes ${mark.path}, which is private`,
        at: mark.at,
        label: "npm refuses to publish it",
        related: [{ at: invocation.at, message: "publishes it" }],
        why: ["npm stops with EPRIVATE before it sends anything."],
        next: [
          'remove `"private": true`',
          "or name what is meant: a directory (`npm publish ./dist`), a tarball, or a workspace (`-w NAME`)",
        ],
      } satisfies Report;
    }
  },
};

function marked({ invocation, job }: Publishing, { manifests }: Subject) {
  const path = ["npm", "pnpm"].includes(invocation.client) ? ownManifest(invocation) : null;
  // A script may take the mark away, or build the package that is meant.
  const changed = allSteps(job.steps).some(({ run }) => run && /private|package\.json/.test(run.value));
  const mark = path === null ? undefined : get(manifests.get(path)?.root, "private");
  return path === null || changed || mark?.value !== true ? null : { path, at: mark.at };
}
