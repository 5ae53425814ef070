import { eq, valid } from "@renovatebot/pep440";

export { normalName } from "./pypi_normal_name.ts";

/** Whether two versions are the same by PEP 440, which reads `1.0` and `1.0.0` alike; what is no version is compared as it is. */
export function sameVersion(a: string, b: string): boolean {
  return valid(a) && valid(b) ? eq(a, b) : a === b;
}

/** The version in the name of a wheel or an sdist, or `null` for other files. */
export function versionOfFile(filename: string): string | null {
  const wheel = /^[^-]+-([^-]+)(?:-[^-]+){3,4}\.whl$/.exec(filename);
  if (wheel) return wheel[1]!;
  return /^.+-([^-]+)\.(?:tar\.gz|zip|tar\.bz2|tgz)$/.exec(filename)?.[1] ?? null;
}
