import type { PublishingJob } from "./publishing_jobs.ts";

/** Conditions and scripts as they are where every secret that they ask for is there. */
export interface WithSecrets {
  condition(text: string): string;
  script(text: string): string;
}

/** A secret of the repository; GITHUB_TOKEN is in every run. */
const SECRET = /^\s*\$\{\{\s*secrets\.(?!GITHUB_TOKEN\s*\})[\w-]+\s*\}\}\s*$/i;

/**
 * What a step and the way to it ask for is there in a run of the repository's own branches, and not in one of a fork. `null` where nothing
 * is given a secret in a variable.
 */
export function withSecrets({ called, job, step }: PublishingJob): WithSecrets | null {
  const given = [called.env, job.env, step.env].flatMap((settings) =>
    [...settings.values()].filter(({ name, value }) => /^\w+$/.test(name) && SECRET.test(value))
  );
  if (given.length === 0) return null;
  const names = `(?:${[...new Set(given.map(({ name }) => name))].join("|")})`;
  const asked = new RegExp(String.raw`\benv\.${names}\s{0,9}!=\s{0,9}''`, "g");
  const shells = [posix(names), powershell(names)];
  return {
    condition: (text) => text.replace(asked, "true"),
    script: (text) => shells.reduce((left, pattern) => left.replace(pattern, " "), text),
  };
}

/** `if [ -n "$NAME" ]; then`, and the block that ends a script without one. */
function posix(names: string): RegExp {
  const variable = String.raw`"?\$\{?${names}(?::?-)?\}?"?`;
  const there = String.raw`(?:-n\s+${variable}|${variable}\s+!=\s+(?:""|''))`;
  const missing = String.raw`(?:-z\s+${variable}|${variable}\s+==?\s+(?:""|''))`;
  const test = (asks: string) => String.raw`\bif\s+\[\[?\s+${asks}\s+\]\]?\s*;?\s+then\b`;
  return new RegExp(
    String.raw`${test(there)}|\bif\s+\[\[?\s+!\s+-z\s+${variable}\s+\]\]?\s*;?\s+then\b|${
      test(missing)
    }(?:(?!\bfi\b)[^]){0,500}\bexit\s+0\s*;?\s*\bfi\b`,
    "g",
  );
}

/** `if ($env:NAME) {` */
function powershell(names: string): RegExp {
  const variable = String.raw`\$env:${names}`;
  return new RegExp(
    String
      .raw`\bif\s*\(\s*(?:${variable}|\$null\s+-ne\s+${variable}|${variable}\s+-ne\s+(?:""|''|\$null)|-not\s*\(?\s*\[string\]::IsNullOrEmpty\(\s*${variable}\s*\)\s*\)?)\s*\)\s*\{`,
    "gi",
  );
}
