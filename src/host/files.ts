import { KeylessError } from "../problem.ts";
import { capable, capableAsync } from "./permission.ts";
import { defer } from "./cleanup.ts";

/** The text of a file, or `null` when there is none. @throws {KeylessError} `file-unreadable` */
export async function readText(path: string, limit = 16 << 20): Promise<string | null> {
  const bytes = await readBytes(path, limit);
  return bytes && new TextDecoder().decode(bytes);
}

/** The bytes of a file, or `null` when there is none. `name` is what messages call it. @throws {KeylessError} `file-unreadable` */
export async function readBytes(
  path: string,
  limit = 1 << 30,
  name = path,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const info = capable({ name: "read", path }, () => Deno.statSync(path));
    if (!info.isFile) return null;
    if (info.size > limit) {
      throw new KeylessError({
        code: "file-unreadable",
        message: `${name} is too large to read: ${info.size} bytes, at most ${limit}`,
        next: ["remove the file or move it out of the way"],
      });
    }
    return info.size <= SMALL ? Deno.readFileSync(path) : await Deno.readFile(path);
  } catch (error) {
    if (isAbsent(error)) return null;
    if (error instanceof KeylessError) throw error;
    throw fileError("file-unreadable", `Cannot read ${name}`, error);
  }
}

/** A file of so many bytes is read sooner than another thread is asked to read it. */
const SMALL = 1 << 20;

/** What stands in a directory. */
export interface Entry {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
  readonly isSymlink: boolean;
}

export interface WriteOptions {
  /** Permission bits; 0o600 for anything that holds a secret. */
  readonly mode?: number;
  /** What messages call the file. */
  readonly name?: string;
}

/** Writes a whole file or nothing: a private file beside it, synced, then renamed over it. @throws {KeylessError} `file-unwritable` */
export async function writeAtomic(
  path: string,
  data: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const mode = options.mode ?? 0o644;
  const draft = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await capableAsync({ name: "write", path }, async () => {
      using file = await Deno.open(draft, { write: true, createNew: true, mode });
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
      await file.sync();
    });
    // The umask may have taken bits away that were asked for.
    if (Deno.build.os !== "windows") await Deno.chmod(draft, mode);
    await Deno.rename(draft, path);
  } catch (error) {
    await remove(draft);
    throw error instanceof KeylessError
      ? error
      : fileError("file-unwritable", `Cannot write ${options.name ?? path}`, error);
  }
}

/** Adds text to the end of a file, which is made where there is none. @throws {KeylessError} `file-unwritable` */
export async function appendText(path: string, text: string): Promise<void> {
  try {
    await capableAsync({ name: "write", path }, () => Deno.writeTextFile(path, text, { append: true }));
  } catch (error) {
    throw error instanceof KeylessError ? error : fileError("file-unwritable", `Cannot write ${path}`, error);
  }
}

/** Creates a directory and its parents. @throws {KeylessError} `file-unwritable` */
export async function makeDirectory(path: string, mode = 0o755): Promise<void> {
  try {
    await capableAsync({ name: "write", path }, () => Deno.mkdir(path, { recursive: true, mode }));
  } catch (error) {
    throw error instanceof KeylessError
      ? error
      : fileError("file-unwritable", `Cannot create ${path}`, error);
  }
}

/**
 * A private directory (0700) that is gone when the program ends, also on a signal; below `below`, which must exist, or where
 * temporary files go.
 */
export async function privateDirectory(
  name: string,
  below?: string,
): Promise<{ path: string; remove(): Promise<void> }> {
  // Not makeTempDir: Deno refuses it in a directory below which an allowed program lies, as in a checkout under /tmp.
  const path = `${below ?? temporary()}/keyless-${name}-${crypto.randomUUID().slice(0, 18)}`;
  try {
    await capableAsync({ name: "write", path }, () => Deno.mkdir(path, { mode: 0o700 }));
  } catch (error) {
    throw error instanceof KeylessError
      ? error
      : fileError("file-unwritable", `Cannot create a directory for temporary files, ${path}`, error);
  }
  const forget = defer(() => remove(path));
  return {
    // The real path: on macOS the temporary directory is behind a symbolic link, which clients resolve.
    path: await Deno.realPath(path),
    async remove() {
      await remove(path);
      forget();
    },
  };
}

/** Where temporary files go. */
function temporary(): string {
  const names = Deno.build.os === "windows" ? ["TEMP", "TMP"] : ["TMPDIR"];
  const wish = names.map((name) => Deno.env.get(name)).find((value) => value !== undefined && value !== "");
  return wish?.replace(/[/\\]+$/, "") || (Deno.build.os === "windows" ? "C:\\Windows\\Temp" : "/tmp");
}

/** Removes a file or directory tree; it is fine if there is none. */
export async function remove(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

/** Removes what is in a directory of our own and was not changed for `age` milliseconds. */
export async function removeOlder(directory: string, age: number): Promise<void> {
  for (const { name } of await list(directory)) {
    const { mtime } = await Deno.stat(`${directory}/${name}`);
    if (mtime !== null && Date.now() - mtime.getTime() > age) await remove(`${directory}/${name}`);
  }
}

/**
 * What is at `path`: a file, a directory or nothing. Follows links. `name` is what messages call it.
 *
 * @throws {KeylessError} `file-unreadable`
 */
export function kindOf(path: string, name = path): Promise<"file" | "directory" | null> {
  return soon(() => {
    try {
      const info = Deno.statSync(path);
      return info.isFile ? "file" : info.isDirectory ? "directory" : null;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw fileError("file-unreadable", `Cannot read ${name}`, error);
    }
  });
}

/** Whether `path`, which is relative to `root`, is a link that leads out of it, nowhere, or in circles. */
export async function leadsOutside(root: string, path: string): Promise<boolean> {
  return await reach(root, path) !== "inside";
}

/**
 * Where `path`, which is relative to `root`, ends when all links are followed; `null`: nowhere. Git's own directory is
 * outside: its settings may hold a token.
 *
 * @throws {KeylessError} `file-unreadable`
 */
export function reach(root: string, path: string): Promise<Reach> {
  return soon(() => {
    const [, directory = ".", name] = /^(?:(.*)\/)?([^/\\]+)$/.exec(path) ?? [];
    // Where the directory is known to be inside, so is what is no link; looking each part of the path up again takes longer.
    const plain = name !== undefined && !/^\.{1,2}$|^\.git$/i.test(name) &&
      isDirectoryInside(root, directory);
    const link = plain ? isLink(`${root}/${path}`) : true;
    return link === null ? null : link ? reached(root, path) : "inside";
  });
}

const DIRECTORIES_INSIDE = new Set<string>();

function isDirectoryInside(root: string, directory: string): boolean {
  const place = `${root}/${directory}`;
  if (!DIRECTORIES_INSIDE.has(place) && reached(root, directory) === "inside") DIRECTORIES_INSIDE.add(place);
  return DIRECTORIES_INSIDE.has(place);
}

/** Whether anything is at `path`, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  return isLink(path) !== null;
}

/** `null` where nothing is. */
function isLink(path: string): boolean | null {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch (error) {
    // Whoever looks closer says what else is wrong with it.
    return isAbsent(error) ? null : true;
  }
}

type Reach = "inside" | "outside" | "circle" | null;

function reached(root: string, path: string): Reach {
  try {
    const place = { name: "read", path: `${root}/${path}` } as const;
    const [top, target] = capable(place, () => [realRoot(root), Deno.realPathSync(place.path)] as const);
    if (target === top) return "inside";
    const inner = target.startsWith(top) ? target.slice(top.replace(/[/\\]$/, "").length) : "";
    return /^[/\\]/.test(inner) && !/[/\\]\.git(?:[/\\]|$)/i.test(inner) ? "inside" : "outside";
  } catch (error) {
    if (isAbsent(error)) return null;
    if (error instanceof Deno.errors.FilesystemLoop) return "circle";
    throw error instanceof KeylessError ? error : fileError("file-unreadable", `Cannot read ${path}`, error);
  }
}

/** Where a path leads when all links are followed, `null` when to nothing. @throws {KeylessError} `file-unreadable` */
export async function realPath(path: string): Promise<string | null> {
  try {
    return await capableAsync({ name: "read", path }, () => Deno.realPath(path));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error instanceof KeylessError ? error : fileError("file-unreadable", `Cannot read ${path}`, error);
  }
}

const REAL_ROOTS = new Map<string, string>();

/** Every file of a tree is held against its root, so that is looked up once. */
function realRoot(root: string): string {
  const real = REAL_ROOTS.get(root) ?? Deno.realPathSync(root);
  REAL_ROOTS.set(root, real);
  return real;
}

/** Names in a directory, sorted; `[]` when there is none. `name` is what messages call it. @throws {KeylessError} `file-unreadable` */
export function list(path: string, name = path): Promise<Entry[]> {
  return soon(() => {
    try {
      return [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw fileError("file-unreadable", `Cannot list ${name}`, error);
    }
  });
}

/** Looking at a file or a directory takes less time than asking another thread to; callers wait as they do for everything outside. */
function soon<T>(look: () => T): Promise<T> {
  return new Promise((resolve) => resolve(look()));
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    isImpossible(error);
}

/** Names that no file can have: too long, or with a NUL, of which Deno says so with a TypeError. */
function isImpossible(error: unknown): boolean {
  return error instanceof Error &&
    ((error as Error & { code?: string }).code === "ENAMETOOLONG" ||
      (error instanceof TypeError && error.message.includes("NUL")));
}

/** What the system refused, in its own words; `message` says what was tried. */
export function fileError(code: string, message: string, error: unknown): KeylessError {
  const isDenied = error instanceof Deno.errors.PermissionDenied;
  // What the system says, without its number and the path of this machine behind it.
  const said = (error instanceof Error ? error.message : String(error)).replace(/\.? ?\(os error.*/s, "");
  const why = isDenied ? "permission denied" : said.charAt(0).toLowerCase() + said.slice(1).split("\n")[0]!;
  const next = isDenied
    ? "give whoever runs keyless the right to it, and run again"
    : "make the path available and run again";
  return new KeylessError({ code, message: `${message}: ${why}`, next: [next] }, { cause: error });
}
