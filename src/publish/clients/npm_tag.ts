/**
 * The dist-tag to publish under: the configured one, else `latest`; for a prerelease its first word (`1.0.0-rc.1` → `rc`), or `next`
 * where that is none. npm itself refuses a prerelease without a tag, other clients make it `latest`.
 */
export function tagFor(version: string, configured: string | null): string {
  if (configured) return configured;
  const prerelease = /^\d+\.\d+\.\d+-([^+]+)/.exec(version)?.[1];
  if (prerelease === undefined) return "latest";
  const word = prerelease.split(".")[0]!;
  // A tag that reads as a version range is refused: numbers, `x`, and `v1`.
  return /^[a-z][a-z-]*$/i.test(word) && !/^[xv]$/i.test(word) ? word : "next";
}
