import { inside } from "../config/paths.ts";
import { joined } from "../formats/shell.ts";
import type { PublishInvocation } from "../pipelines/model.ts";
import { isTarball, takenFor } from "./npm_words.ts";

/** Options with which another package than that of the directory is published. */
const ELSEWHERE = /^(?:-r|--recursive|-w|--workspace|--workspaces|-ws|--filter|-F|--all)(?:=|$)/;
/** Options that take the next word. */
const VALUED =
  /^(?:-[Ckpt]|--(?:access|auth-type|cache|cwd|dir|globalconfig|loglevel|otp|prefix|provenance-file|publish-branch|registry|reporter|tag|userconfig))$/;
/** What people take for options with a token; npm has none such, and nobody may be shown the word behind it. */
const OF_SECRET = /^--(?:\/\/[^\s=]{1,200}|[\w-]{0,40}(?:token|password|secret|auth|key))$/i;

/** The `package.json` that a `publish` of npm and those like it is about; `null` where it names another package, or nobody knows. */
export function ownManifest(invocation: PublishInvocation): string | null {
  const { client, directory, args, packages } = invocation;
  const place = namedPlace(invocation) ?? ".";
  if (packages.length > 0 || !args.includes("publish") || args.some((word) => ELSEWHERE.test(word))) {
    return null;
  }
  if (isTarball(place) || client === "npm" && takenFor(place).as !== "directory") return null;
  const target = joined(directory, place);
  return target === null || /^(?:\/|\.\.)/.test(target) ? null : inside(target, "package.json");
}

/** The directory or tarball that a `publish` names: a word behind it that is no option and no value of one. */
export function namedPlace({ args }: Pick<PublishInvocation, "args">): string | undefined {
  const verb = args.indexOf("publish");
  return verb < 0
    ? undefined
    : args.find((word, index) =>
      index > verb && !/^(?:-|(?:true|false|null)$)/.test(word) && !VALUED.test(args[index - 1]!) &&
      !OF_SECRET.test(args[index - 1]!)
    );
}

/** The option of a `publish` behind which a token stands, as a word of its own. */
export function secretOption({ args }: Pick<PublishInvocation, "args">): string | undefined {
  const verb = args.indexOf("publish");
  return args.find((word, index) =>
    index > verb && OF_SECRET.test(word) && index + 1 < args.length && !args[index + 1]!.startsWith("-")
  );
}
