import { entriesOf, isText, type Located } from "../formats/located.ts";
import { plainLine } from "../host/redact.ts";
import { suggest } from "../suggest.ts";
import { SCOPES } from "./permissions.ts";
import { refusal } from "./refusal.ts";
import type { PlacedProblem } from "./repository.ts";

const LEVELS = ["read", "write", "none"];
const SHORTHANDS = ["read-all", "write-all"];

/** What GitHub refuses about a block of permissions, apart from the names of scopes: it learns new ones. */
export function refusedPermissions(block: Located | undefined): PlacedProblem | null {
  if (isText(block)) {
    const { value, at } = block;
    if (SHORTHANDS.includes(value.trim()) || value.includes("${{") || value.trim() === "{}") return null;
    const meant = suggest(value, SHORTHANDS);
    return refusal(
      at,
      `"${plainLine(value)}" is no permission`,
      meant === null ? "name scopes, e.g. `permissions: { id-token: write }`" : `did you mean \`${meant}\`?`,
    );
  }
  for (const [scope, level] of entriesOf(block)) {
    if (!SCOPES.has(scope) || !isText(level)) continue;
    const { value, at } = level;
    if (LEVELS.includes(value) || value.includes("${{")) continue;
    const meant = suggest(value, LEVELS) ?? "write";
    return refusal(
      at,
      `the permission \`${scope}\` cannot be "${plainLine(value)}"`,
      `did you mean \`${scope}: ${meant}\`?`,
    );
  }
  return null;
}
