import type { YamlEditor } from "../formats/yaml_edit.ts";
import type { Location } from "../problem.ts";
import type { Fix } from "../report/finding.ts";
import type { Subject } from "./rule.ts";

/** A fix that changes the YAML file in which `at` stands; `null` where its text does not allow the edit, or it is no YAML. */
export async function yamlFix(
  { path }: Location,
  { sources }: Pick<Subject, "sources">,
  fix: Pick<Fix, "safe" | "description">,
  edit: (editor: YamlEditor) => YamlEditor,
): Promise<Fix | null> {
  const text = sources.get(path);
  if (text === undefined || !/\.ya?ml$/.test(path)) return null;
  const { editYaml } = await import("../formats/yaml_edit.ts");
  const edits = edit(editYaml(text, path)).edits();
  return edits && { ...fix, edits };
}
