import type { PublishInvocation } from "../pipelines/model.ts";

/** Options with which another package than that of the directory is published. */
const ELSEWHERE =
  /^(?:-r|--recursive|-w|--workspace|--workspaces|-ws|--filter|-F|--prefix|-C|--dir|--cwd|--all)(?:=|$)/;

/** The `package.json` that a `publish` of npm and those like it is about; `null` where it names another package, or nobody knows. */
export function ownManifest({ directory, args, packages }: PublishInvocation): string | null {
  if (directory === null || packages.length > 0 || !args.includes("publish")) return null;
  const other = args.some((word) => ELSEWHERE.test(word)) || namedPlace({ args }) !== undefined;
  return other ? null : directory === "." ? "package.json" : `${directory}/package.json`;
}

/** The directory or tarball that a `publish` names: a word behind it that is no option and no value of one. */
export function namedPlace({ args }: Pick<PublishInvocation, "args">): string | undefined {
  const verb = args.indexOf("publish");
  return verb < 0 ? undefined : args.find((word, index) =>
    index > verb && !word.startsWith("-") &&
    !/^--(?:tag|access|otp|registry|loglevel|publish-branch)$/.test(args[index - 1]!)
  );
}
