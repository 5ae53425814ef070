import { filling } from "../filling.ts";
import { entriesOf, get, isList, isTable, isText, type Located } from "../../formats/located.ts";
import { SourceText } from "../../formats/positions.ts";
import { locatedYaml, parseYamlDocuments } from "../../formats/yaml.ts";
import { UNKNOWN } from "../commands.ts";

/** A CI file of GitLab, with the values of its inputs put in. */
export interface GitlabFile {
  readonly source: SourceText;
  readonly root: Located;
}

/** Reads a CI file; `given` are the inputs that whoever includes it hands over. @throws {UsageError} as `parseYamlDocuments` */
export function parseGitlab(
  text: string,
  path: string,
  given: ReadonlyMap<string, Located> = new Map(),
): GitlabFile {
  const documents = parseYamlDocuments(text, path).map((file) => locatedYaml(file, "ordered"));
  // A header that declares inputs is a document of its own, before the configuration.
  const header = documents.length > 1 && get(documents[0]!.root, "spec") ? documents[0]!.root : undefined;
  const { source, root } = documents[header ? 1 : 0] ??
    { source: new SourceText(text, path), root: nothing(text, path) };
  if (!text.includes("$[[")) return { source, root };
  const inputs = new Map(
    entriesOf(header, "spec", "inputs").map((
      [name, input],
    ) => [name, given.get(name) ?? get(input, "default")]),
  );
  return { source, root: filledIn(root, inputs) };
}

function nothing(text: string, path: string): Located {
  return { value: null, at: new SourceText(text, path).span(0, 0), keyAt: null };
}

/** `$[[ inputs.NAME | function ]]` */
const INPUT = /\$\[\[\s*inputs\.([\w-]{1,100})[^\]]{0,300}\]\]/g;
const ONLY_INPUT = /^\s*\$\[\[\s*inputs\.([\w-]+)\s*\]\]\s*$/;

function filledIn(located: Located, inputs: ReadonlyMap<string, Located | undefined>): Located {
  if (isTable(located)) {
    const entries = [...located.value].map(([key, value]) =>
      [withInputs(key, inputs), filledIn(value, inputs)] as const
    );
    return { ...located, value: new Map(entries) };
  }
  if (isList(located)) return { ...located, value: located.value.map((item) => filledIn(item, inputs)) };
  if (!isText(located) || !located.value.includes("$[[")) return located;
  const whole = ONLY_INPUT.exec(located.value)?.[1];
  const value = whole === undefined ? undefined : inputs.get(whole)?.value;
  return { ...located, value: value ?? withInputs(located.value, inputs) };
}

function withInputs(text: string, inputs: ReadonlyMap<string, Located | undefined>): string {
  return filling(text, INPUT, ([, name]) => {
    const value = inputs.get(name!)?.value;
    return value === undefined || value === null || typeof value === "object" ? UNKNOWN : String(value);
  });
}
