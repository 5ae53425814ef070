import { joined } from "../formats/shell.ts";
import { isCheckout } from "./git_credentials.ts";
import type { Step } from "./model.ts";

/** Directories of the workspace, other than its root, into which a step checks out the commit that runs. */
export function checkoutsOf(step: Step): string[] {
  if (!isCheckout(step)) return step.inner.flatMap(checkoutsOf);
  const [repository = "", ref = "", path = ""] = ["repository", "ref", "path"].map((input) =>
    step.with.get(input)?.value.trim()
  );
  const isOwn = repository === "" || /^\$\{\{\s*github\.repository\s*\}\}$/.test(repository);
  // What is on a branch that is named, e.g. one for a site, may be something else.
  const isThis = ref === "" || ref.startsWith("${{");
  const directory = /^[\w./-]+$/.test(path) ? joined(".", path.replace(/(?<!\/)\/+$/, "")) : null;
  return isOwn && isThis && directory !== null && !/^\.?$|^\/|^\.\./.test(directory) ? [directory] : [];
}

/** A path of the workspace, relative to the repository's root: `src/lib` behind a checkout into `src` is `lib`. */
export function inRepository(path: string | null, checkouts: readonly string[]): string | null {
  if (path === null) return null;
  for (const each of checkouts) {
    if (path === each) return ".";
    if (path.startsWith(`${each}/`)) return path.slice(each.length + 1);
  }
  return path;
}

/** A `working-directory:` relative to the root; `null` where nobody can know, or outside of the repository. */
export function directoryNamed(text: string, filledIn: (text: string) => string | null): string | null {
  const path = filledIn(text.replace(/\$\{\{\s*github\.workspace\s*\}\}/g, "."));
  const directory = path === null ? null : joined(".", path.replaceAll("\\", "/"));
  return directory === null || /^(?:\/|\.\.)/.test(directory) ? null : directory;
}
