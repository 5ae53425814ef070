import { KeylessError } from "../problem.ts";
import { readBytes, realPath, writeAtomic } from "./files.ts";

/** Another text for a file. */
export interface Rewrite {
  /** Relative to the tree, with `/`. */
  readonly path: string;
  /** What was read; the byte order mark may be left out of it. */
  readonly before: string;
  readonly after: string;
}

/**
 * Writes files of the tree at `root` anew: all of them are looked at before the first is written, each is written whole or not at
 * all, and keeps its mode and its byte order mark. A link stays one; what it leads to is written if it is in the tree.
 *
 * @throws {KeylessError} `file-changed`, `path-leaves-tree`, `file-unwritable`, `file-unreadable`
 */
export async function rewrite(root: string, files: readonly Rewrite[]): Promise<void> {
  const ready = [];
  for (const file of files) ready.push(await prepare(root, file));
  for (const { path, bytes, ...options } of ready) await writeAtomic(path, bytes, options);
}

async function prepare(root: string, { path, before, after }: Rewrite) {
  const real = await realPath(`${root}/${path}`);
  const tree = await realPath(root);
  const bytes = real === null ? null : await readBytes(real, undefined, path);
  if (real === null || bytes === null) throw changed(path, "it is gone");
  if (tree === null || !inside(tree, real)) throw outside(path);
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const encode = (text: string) =>
    new TextEncoder().encode(mark && !text.startsWith("\ufeff") ? `\ufeff${text}` : text);
  const known = encode(before);
  if (known.length !== bytes.length || known.some((byte, index) => byte !== bytes[index])) {
    throw changed(path, "it has another content now");
  }
  const { mode } = await Deno.stat(real);
  return { path: real, bytes: encode(after), mode: (mode ?? 0o644) & 0o7777, name: path };
}

function inside(tree: string, path: string): boolean {
  return path.startsWith(tree) && /^[/\\]/.test(path.slice(tree.replace(/[/\\]$/, "").length));
}

function changed(path: string, why: string): KeylessError {
  return new KeylessError({
    code: "file-changed",
    message: `Cannot write ${path}: ${why}`,
    why: ["Somebody changed it after it was read, and their change would be lost."],
    next: ["run again"],
  });
}

function outside(path: string): KeylessError {
  return new KeylessError({
    code: "path-leaves-tree",
    message: `Cannot write ${path}: it leads out of the repository`,
    why: ["A link on the way points elsewhere, and what is there may belong to others."],
    next: ["change the file where it really is, by hand"],
  });
}
