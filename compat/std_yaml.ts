/** `@std/yaml` without JSR, over `npm:yaml`. */
import * as yaml from "yaml";

/** The value of a YAML document. @throws {Error} where the text is not YAML */
export function parse(content: string): unknown {
  return yaml.parse(content, { logLevel: "error" });
}

/** A YAML document with this value. */
export function stringify(data: unknown): string {
  return yaml.stringify(data, { singleQuote: true, compat: "yaml-1.1" });
}
