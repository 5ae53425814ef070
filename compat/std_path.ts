/** `@std/path` without JSR: the functions that we use, from `node:path` and `node:url`. */
import path from "node:path";
import url from "node:url";

/** The character between the parts of a path on this system. */
export const SEPARATOR = path.sep as "/" | "\\";

/** The last part of a path, without `suffix`. */
export function basename(name: string, suffix?: string): string {
  return path.basename(name, suffix);
}

/** A path without its last part. */
export function dirname(name: string): string {
  return path.dirname(name);
}

/** The extension of a path with its dot, or `""`. */
export function extname(name: string): string {
  return path.extname(name);
}

/** Whether a path starts at the root. */
export function isAbsolute(name: string): boolean {
  return path.isAbsolute(name);
}

/** The parts joined and normalised. */
export function join(first: string, ...others: string[]): string {
  return path.join(first, ...others);
}

/** A path without `.`, `..` and doubled separators, as far as that goes. */
export function normalize(name: string): string {
  return path.normalize(name);
}

/** The way from one path to another. */
export function relative(from: string, to: string): string {
  return path.relative(from, to);
}

/** The absolute path that the segments lead to. */
export function resolve(...segments: string[]): string {
  return path.resolve(...segments);
}

/** The path that a `file:` URL names. @throws {TypeError} for other URLs */
export function fromFileUrl(address: string | URL): string {
  return url.fileURLToPath(address);
}

/** The `file:` URL of an absolute path. @throws {TypeError} for a relative one */
export function toFileUrl(name: string): URL {
  if (!path.isAbsolute(name)) throw new TypeError(`Path must be absolute: received "${name}"`);
  return url.pathToFileURL(name);
}
