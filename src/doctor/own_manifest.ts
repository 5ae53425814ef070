import type { PublishInvocation } from "../pipelines/model.ts";

/** Options with which another package than that of the directory is published. */
const ELSEWHERE =
  /^(?:-r|--recursive|-w|--workspace|--workspaces|-ws|--filter|-F|--prefix|-C|--dir|--cwd|--all)(?:=|$)/;

/** The `package.json` that a `publish` of npm and those like it is about; `null` where it names another package, or nobody knows. */
export function ownManifest({ directory, args, packages }: PublishInvocation): string | null {
  const verb = args.indexOf("publish");
  if (directory === null || packages.length > 0 || verb < 0) return null;
  const other = args.some((word, index) =>
    ELSEWHERE.test(word) || (index > verb && isPlace(word, args[index - 1]!))
  );
  return other ? null : directory === "." ? "package.json" : `${directory}/package.json`;
}

/** A word that is no option and no value of one: a directory or a tarball. */
function isPlace(word: string, before: string): boolean {
  return !word.startsWith("-") && !/^--(?:tag|access|otp|registry|loglevel|publish-branch)$/.test(before);
}
