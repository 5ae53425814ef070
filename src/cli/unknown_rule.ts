import { CODES } from "../doctor/engine.ts";
import pages from "../explain/pages.json" with { type: "json" };
import { plainLine } from "../host/redact.ts";
import type { Problem } from "../problem.ts";
import { suggest } from "../suggest.ts";

/** `--only` names what no rule is called. */
export function unknownRule(code: string): Problem {
  const name = plainLine(code, 80);
  if (Object.hasOwn(pages, code)) {
    return {
      code: "unknown-rule",
      message: `"${name}" is no rule, so --only cannot ask for it`,
      next: ["leave it out: what keeps a file from being read is reported in any case"],
    };
  }
  return { code: "unknown-rule", message: `There is no rule "${name}"`, next: [meant(code)] };
}

function meant(code: string): string {
  const several = code.split(",");
  if (several.length > 1) {
    return `give it once for each: ${
      several.map((each) => `--only ${plainLine(each.trim(), 80)}`).join(" ")
    }`;
  }
  const near = suggest(code, CODES);
  return near ? `did you mean ${near}?` : "all of them: keyless explain --list";
}
