import { isAbsolute, relative, resolve } from "@std/path";
import { currentDirectory } from "../host/directory.ts";
import { kindOf, reach, readBytes } from "../host/files.ts";
import { plainLine } from "../host/redact.ts";
import { KeylessError, type Problem, UsageError } from "../problem.ts";
import { SourceText } from "./positions.ts";

/** Configuration and manifests are small; anything larger is some other file. */
const LIMIT = 4 << 20;

/**
 * The text of a file of the tree at `root`, without byte order mark, or `null` when there is none. `path` is relative to `root`. A link
 * is not followed out of the tree: what lies there is nobody's business here, and mistakes are shown with the lines that they are in.
 * `isFile`: that it is a file, and behind no link, has been seen.
 *
 * @throws {UsageError} `text-not-utf8`
 * @throws {KeylessError} `file-unreadable`, `path-leaves-tree`
 */
export async function readUtf8(
  root: string,
  path: string,
  { isFile = false }: { readonly isFile?: boolean | undefined } = {},
): Promise<string | null> {
  const bytes = await saying(path, async () => {
    const where = isFile ? "inside" : await reach(root, path);
    if (where === "outside") throw outside(path);
    return where && await readBytes(`${root}/${path}`, LIMIT, plainLine(path));
  });
  return bytes && decodeUtf8(bytes, path);
}

/** Does something with a file; what goes wrong says in which file it is. */
async function saying<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof KeylessError)) throw error;
    const at = new SourceText("", path).span(0, 0);
    throw new KeylessError({ ...error.problem, at }, { exit: error.exit, cause: error });
  }
}

/** Something that a link or `..` leads to beyond the tree. */
export function outside(path: string, verb: "read" | "write" = "read"): KeylessError {
  return new KeylessError({
    code: "path-leaves-tree",
    message: `Cannot ${verb} ${plainLine(path)}: it leads out of the repository`,
    why: ["What lies there may hold secrets, and a report shows parts of the files that it is about."],
    next: ["put a file in the place of the link"],
  }, { exit: 2 });
}

/** Whether a path that is named below the working directory lies elsewhere: a link has taken the place of what was meant. */
export async function leadsAway(file: string): Promise<boolean> {
  const here = currentDirectory();
  const path = relative(here, resolve(here, file));
  const isBelow = path !== "" && !isAbsolute(path) && path.split(/[/\\]/)[0] !== "..";
  return isBelow && await reach(here, path) === "outside";
}

/**
 * The bytes of a file that somebody names, or `null` when there is none; of one that {@link leadsAway} nothing.
 *
 * @throws {KeylessError} `file-unreadable`, `path-leaves-tree`
 * @throws {UsageError} `no-such-file` where it is a directory
 */
export function readNamed(file: string, limit: number): Promise<Uint8Array | null> {
  return saying(file, async () => {
    if (await leadsAway(file)) throw outside(file);
    await assertNoDirectory(file);
    return await readBytes(resolve(currentDirectory(), file), limit, plainLine(file));
  });
}

/** @throws {UsageError} `no-such-file` where somebody names a directory as a file */
export async function assertNoDirectory(file: string): Promise<void> {
  if (await kindOf(resolve(currentDirectory(), file), plainLine(file)) !== "directory") return;
  throw new UsageError({
    code: "no-such-file",
    message: `"${plainLine(file)}" is a directory, and no file`,
    next: ["name a file, in that directory or elsewhere"],
  });
}

const STRICT = new TextDecoder("utf-8", { fatal: true });

/** The text of `bytes`, without byte order mark. @throws {UsageError} `text-not-utf8` */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    throw new UsageError(notUtf8(bytes, path));
  }
}

function notUtf8(bytes: Uint8Array, path: string): Problem {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const good = new TextDecoder().decode(bytes.subarray(0, validPrefix(bytes)), { stream: true });
  const source = new SourceText(new TextDecoder().decode(bytes), path);
  return source.problem(source.span(good.length, good.length + 1), {
    code: "text-not-utf8",
    message: wide
      ? `Cannot read ${plainLine(path)}: it is UTF-16, not UTF-8`
      : `Cannot read ${plainLine(path)}: it is not UTF-8 here`,
    next: ["save the file as UTF-8"],
  });
}

/** How many bytes from the start are the beginning of valid UTF-8. */
function validPrefix(bytes: Uint8Array): number {
  let [valid, broken] = [0, bytes.length + 1];
  while (broken - valid > 1) {
    const middle = (valid + broken) >> 1;
    if (startsValid(bytes.subarray(0, middle))) valid = middle;
    else broken = middle;
  }
  return valid;
}

function startsValid(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
