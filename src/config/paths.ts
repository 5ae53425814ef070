/**
 * A path relative to the root, with `/` and without `.` and `..`; `.` for the root itself, `null` where it leads outside or is absolute.
 * `from` is the directory that `path` is relative to.
 */
export function within(from: string, path: string): string | null {
  const slashed = path.replaceAll("\\", "/");
  if (slashed.startsWith("/") || /^[A-Za-z]:/.test(slashed)) return null;
  const parts: string[] = [];
  for (const part of [...from.split("/"), ...slashed.split("/")]) {
    if (part === "..") {
      if (parts.pop() === undefined) return null;
    } else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/") || ".";
}

/** `name` in `directory`, both relative to the root. */
export function inside(directory: string, name: string): string {
  return directory === "." ? name : `${directory}/${name}`;
}

/** The directory and the ones around it, innermost first, the root last. */
export function ancestors(directory: string): string[] {
  const parts = directory === "." ? [] : directory.split("/");
  return [...parts.map((_, i) => parts.slice(0, parts.length - i).join("/")), "."];
}

/** Whether `directory` lies in `other` or is it. */
export function isInside(directory: string, other: string): boolean {
  return other === "." || directory === other || directory.startsWith(`${other}/`);
}
