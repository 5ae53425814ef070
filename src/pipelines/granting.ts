import { entriesOf, get, isTable, isText, type Located } from "../formats/located.ts";
import { locatedYaml, parseYaml } from "../formats/yaml.ts";
import { editYaml, type YamlEditor } from "../formats/yaml_edit.ts";
import type { Location } from "../problem.ts";
import type { Fix } from "../report/finding.ts";

/** Which permission is to be granted, and what is written so far. */
export interface Granted {
  readonly text: string;
  readonly workflow: Located | undefined;
  readonly job: Located | undefined;
  readonly jobBody: Location;
  readonly scope: string;
  readonly level: "read" | "write";
  /** The entry of the deciding block that was meant to be the scope; `null` where there is none. */
  readonly misspelt: readonly [string, Located] | null;
}

/** The edit that grants one job a scope and changes nothing for the others; `null` where an alias or an expression stands in the way. */
export function grantingEdit(
  { text, workflow, job, jobBody, scope, level, misspelt }: Granted,
): Fix | null {
  const file = editYaml(text, jobBody.path);
  if (misspelt) return respelt(file, misspelt, scope, level);
  const description = `add \`${scope}: ${level}\` to the job's permissions`;
  if (job) return isTable(job) ? fix(description, true, intoBlock(file, job, scope, level)) : null;
  // A block of the job's own would have to repeat what it can do already.
  if (level === "read" && isTable(workflow) && hasOneHeir(text, jobBody.path)) {
    const toAll = `add \`${scope}: ${level}\` to the workflow's permissions`;
    return fix(toAll, true, intoBlock(file, workflow, scope, level));
  }
  // Without any block the repository's setting decides what a new block would take away.
  const scopes = workflow ? scopesOf(workflow) : { contents: "read" };
  return scopes && fix(
    description,
    workflow !== undefined,
    file.add(jobBody, "permissions", { ...scopes, [scope]: level }, "start"),
  );
}

function fix(description: string, safe: boolean, file: YamlEditor): Fix | null {
  const edits = file.edits();
  return edits && { safe, description, edits };
}

/** Whether the workflow's block decides for one job alone. */
function hasOneHeir(text: string, path: string): boolean {
  const { root } = locatedYaml(parseYaml(text, path));
  return entriesOf(root, "jobs").filter(([, body]) => !get(body, "permissions")).length === 1;
}

function respelt(
  file: YamlEditor,
  [name, value]: readonly [string, Located],
  scope: string,
  level: string,
): Fix | null {
  const renamed = file.rename(value.keyAt!, scope);
  return fix(
    `write \`${scope}: ${level}\` for \`${name}\``,
    true,
    value.value === level ? renamed : renamed.set(value.at, level),
  );
}

function intoBlock(file: YamlEditor, block: Located, scope: string, level: string): YamlEditor {
  const existing = get(block, scope);
  return existing ? file.set(existing.at, level) : file.add(block.keyAt!, scope, level, "start");
}

/** What a block grants, to be written again; `null` where it cannot be. */
function scopesOf(block: Located): Readonly<Record<string, string>> | null {
  if (!isTable(block)) return null;
  const scopes = entriesOf(block);
  return scopes.every(([, level]) => isText(level))
    ? Object.fromEntries(scopes.map(([name, level]) => [name, String(level.value)]))
    : null;
}
