/** Who runs what a label names: GitHub, a machine of one's own, another company; `null` where nobody can know. */
export type Operator = "github" | "own" | "other" | null;

/** https://docs.github.com/actions/reference/runners/github-hosted-runners */
const OFFERED =
  /^(?:ubuntu|windows|macos)-(?:latest|slim|\d+(?:\.\d+)?)(?:-(?:arm|intel|large|xlarge|vs\d+))*$/;
/** Companies that run jobs of GitHub Actions, by the beginning of their labels. */
const COMPANIES =
  /^(?:depot-|blacksmith-|namespace-profile-|nscloud-|buildjet-|warp-|ubicloud|runs-on[=\/]|cirun|actuated|self-actuated|cirrus|codebuild-|tenki-|latchkey-|fireactions|shipfox-|machine[=\/]|hosted-by-)/i;

/** Who runs the machine that a label of `runs-on:` names. */
export function operatorOf(label: string): Operator {
  if (label.toLowerCase() === "self-hosted") return "own";
  if (COMPANIES.test(label)) return "other";
  // Larger machines of GitHub have the names that an organisation gives them; these begin like the ordinary ones.
  return OFFERED.test(label) || /^(?:ubuntu|windows|macos)-/i.test(label) ? "github" : null;
}

/** Images that GitHub has taken away, and when (actions/runner-images, announcements). */
const GONE: readonly (readonly [RegExp, string])[] = [
  [/^ubuntu-16\.04$/i, "September 2021"],
  [/^windows-2016$/i, "April 2022"],
  [/^ubuntu-18\.04$/i, "April 2023"],
  [/^macos-1[01]\b/i, "June 2024"],
  [/^macos-12\b/i, "December 2024"],
  [/^ubuntu-20\.04$/i, "April 2025"],
  [/^windows-2019$/i, "June 2025"],
  [/^macos-13\b/i, "December 2025"],
];

/** Since when GitHub has no machine with a label; `null` for one that it has, and for the labels of others. */
export function goneSince(label: string): string | null {
  return GONE.find(([name]) => name.test(label))?.[1] ?? null;
}
