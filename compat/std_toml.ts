/** `@std/toml` without JSR, over `npm:smol-toml`. */
import * as toml from "smol-toml";

/** The values of a TOML document. @throws {Error} where the text is not TOML */
export function parse(tomlString: string): Record<string, unknown> {
  return toml.parse(tomlString);
}

/** A TOML document with these values. */
export function stringify(obj: Record<string, unknown>): string {
  return toml.stringify(obj);
}
