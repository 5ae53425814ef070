import { expressionsIn, type WrittenExpression } from "../formats/expression_text.ts";
import { sourceIn } from "../formats/positions.ts";
import { plainLine } from "../host/redact.ts";
import type { Job, Step } from "../pipelines/model.ts";
import { placeIn } from "../pipelines/yaml_text.ts";
import type { Fix } from "../report/finding.ts";

/** What a variable for an expression is called; `null` where the expression is more than one name. */
function nameFor(expression: string): string | null {
  const path = /^\s*(?:github\.(?:event\.)?|inputs\.)([\w.-]+)\s*$/i.exec(expression)?.[1];
  return path === undefined ? null : path.replace(/[.-]/g, "_").toUpperCase();
}

/** The variable that an expression reads itself: `TITLE` of `env.TITLE`. */
function readIn(expression: string): string | null {
  return /^\s*env\.(\w+)\s*$/i.exec(expression)?.[1] ?? null;
}

/** What to do about a text that an expression puts into a script. */
export function adviceFor(step: Step, { expression }: WrittenExpression): string {
  const own = readIn(expression);
  const name = own ?? nameFor(expression) ?? "TEXT";
  const read = readBy(step, name);
  return own === null
    ? `hand it over in a variable, \`env: { ${name}: \${{ ${
      plainLine(expression.trim(), 100)
    } }} }\`, and let the script read ${read}`
    : `let the script read the variable itself: ${read}`;
}

/** How the language of a script reads a variable. */
function readBy({ run, shell }: Step, name: string): string {
  if (run === null) return `process.env.${name}`;
  if (/^(?:pwsh|powershell)/.test(shell ?? "")) return `$env:${name}`;
  return /^python/.test(shell ?? "") ? `os.environ["${name}"]` : `"$${name}"`;
}

/** The edit that lets the shell read a variable where an expression stands; `null` where that is not sure to mean the same. */
export async function asVariable(
  step: Step,
  { expression }: WrittenExpression,
  job: Job,
  sources: ReadonlyMap<string, string>,
): Promise<Fix | null> {
  const { run, env } = step;
  const source = run && sourceIn(sources, run.at.path);
  const own = readIn(expression);
  const name = own ?? nameFor(expression);
  if (!run || !source || name === null || !isPosix(step, job)) return null;
  const isTaken = [...job.env.keys()].some((key) => key.toLowerCase() === name.toLowerCase());
  if (own === null && (isTaken || env.size > 0)) return null;
  const places = expressionsIn(run.value).filter((each) => isSame(each.expression, expression))
    .slice(0, MOST_PLACES + 1).map((each) => ({ ...each, quote: quoteAt(run.value, each.start) }));
  if (places.length > MOST_PLACES || places.some(({ quote }) => quote === null)) return null;
  const { editYaml } = await import("../formats/yaml_edit.ts");
  const edit = editYaml(source.text, run.at.path);
  if (own === null) edit.add(step.extent, "env", { [name]: `\${{ ${expression.trim()} }}` });
  for (const { start, end, quote } of places) {
    const read = `\${${name}}`;
    edit.reword(
      placeIn(source, run, start, end),
      quote === '"' ? read : quote === "'" ? `'"${read}"'` : `"${read}"`,
    );
  }
  const edits = edit.edits();
  return edits && { safe: false, description: `hand the text over in ${name}`, edits };
}

/** Nobody writes one text into a script more often. */
const MOST_PLACES = 50;

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

/** Whether a shell that knows `"$NAME"` runs the script of a step. */
function isPosix({ shell }: Step, { runner }: Job): boolean {
  if (shell !== null) return /^(?:ba)?sh(?=\s|$)/.test(shell);
  return runner?.labels?.every((label) => /^(?:ubuntu|macos)-/i.test(label)) === true;
}

/** Lines that take what they are given for a program once more, or for lines of a file that decides about later steps. */
const READS_AGAIN =
  /\b(?:eval|ssh|xargs|awk|sed|jq)\b|\s-\w*[cep]\b|--(?:eval|command)\b|GITHUB_(?:ENV|PATH|OUTPUT)|\$\(\(|<</;

/** The quotes around a place of a script, `""` where there are none; `null` where that is not sure. */
function quoteAt(script: string, place: number): '"' | "'" | "" | null {
  const end = script.indexOf("\n", place);
  const line = script.slice(script.lastIndexOf("\n", place) + 1, end < 0 ? undefined : end);
  if (READS_AGAIN.test(line) || script.lastIndexOf("<<", place) >= 0) return null;
  let quote: '"' | "'" | "" = "";
  let isNested = false;
  for (let at = 0; at < place; at++) {
    const sign = script[at]!;
    if (script.startsWith("${{", at)) at = Math.max(script.indexOf("}}", at), at);
    else if (sign === "\n") isNested &&= quote !== "";
    else if (sign === "\\" && quote !== "'") at++;
    else if (quote !== "'" && (sign === "`" || script.startsWith("$(", at))) isNested = true;
    else if (quote !== "") quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === "#" && /^\s?$/.test(script[at - 1] ?? "")) {
      const next = script.indexOf("\n", at);
      if (next < 0 || next > place) return null;
      at = next;
    }
  }
  return isNested ? null : quote;
}
