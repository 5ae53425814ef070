import { get } from "../../formats/located.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** Options with which another package than that of the directory is published. */
const ELSEWHERE =
  /^(?:-r|--recursive|-w|--workspace|--workspaces|-ws|--filter|-F|--prefix|-C|--dir|--cwd|--all)(?:=|$)/;

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
          "or name what is meant: a directory (`npm publish dist`), a tarball, or a workspace (`-w NAME`)",
        ],
      } satisfies Report;
    }
  },
};

function marked({ invocation, job }: Publishing, { manifests }: Subject) {
  const { client, directory, args, packages } = invocation;
  if (!["npm", "pnpm"].includes(client) || directory === null || packages.length > 0) return null;
  const verb = args.indexOf("publish");
  const other = args.some((word, index) =>
    ELSEWHERE.test(word) || (index > verb && isPlace(word, args[index - 1]!))
  );
  // A script may take the mark away, or build the package that is meant.
  const changed = allSteps(job.steps).some(({ run }) => run && /private|package\.json/.test(run.value));
  const path = directory === "." ? "package.json" : `${directory}/package.json`;
  const mark = get(manifests.get(path)?.root, "private");
  return verb < 0 || other || changed || mark?.value !== true ? null : { path, at: mark.at };
}

/** A word that is no option and no value of one: a directory or a tarball. */
function isPlace(word: string, before: string): boolean {
  return !word.startsWith("-") && !/^--(?:tag|access|otp|registry|loglevel|publish-branch)$/.test(before);
}
