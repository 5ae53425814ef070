import type { Label } from "../report/finding.ts";

/** Nobody looks at more places. */
const FEW = 3;

/** The first of several places; the last of them says how many there are beside. */
export function fewOf(labels: readonly Label[]): Label[] {
  const [last, beside] = [labels[FEW - 1], labels.length - FEW];
  return last && beside > 0
    ? [...labels.slice(0, FEW - 1), { ...last, message: `${last.message}, and ${beside} more` }]
    : [...labels];
}
