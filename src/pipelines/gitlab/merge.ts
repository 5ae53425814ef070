import { isTable, type Located } from "../../formats/located.ts";

/** How much may come of following `extends`, `include` and `!reference`; real files need a few thousand entries. */
const MOST = 500_000;

/** Counts what following references comes to, so that a small file cannot become an endless one. */
export class Budget {
  #left = MOST;

  /** Whether so much more may be made. */
  spend(entries: number): boolean {
    this.#left -= entries;
    return this.#left >= 0;
  }
}

/** Tables one over the other as GitLab does it: tables are merged, everything else is replaced. */
export function deepMerge(under: Located, over: Located, budget: Budget): Located {
  if (!isTable(under) || !isTable(over) || !budget.spend(under.value.size + over.value.size)) return over;
  const merged = new Map(under.value);
  for (const [key, value] of over.value) {
    const below = merged.get(key);
    merged.set(key, below ? deepMerge(below, value, budget) : value);
  }
  return { ...over, value: merged };
}
