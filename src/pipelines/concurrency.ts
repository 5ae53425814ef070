import { isTable, isText, type Located } from "../formats/located.ts";
import type { Concurrency } from "./model.ts";
import { settingOf } from "./settings.ts";

/** `concurrency:` as a string or as a table; `null` when there is none. */
export function concurrencyOf(block: Located | undefined): Concurrency | null {
  if (!block) return null;
  const at = block.keyAt ?? block.at;
  if (isText(block)) return { group: block.value, cancels: "no", cancelsAt: null, at };
  if (!isTable(block)) return null;
  const cancels = settingOf(block, "cancel-in-progress");
  return {
    group: settingOf(block, "group")?.value ?? null,
    cancels: !cancels || cancels.value === "false" ? "no" : cancels.value === "true" ? "yes" : "unknown",
    cancelsAt: cancels,
    at,
  };
}
