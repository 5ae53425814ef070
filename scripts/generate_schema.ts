/** Writes docs/schema/keyless.toml.json from the table of keys in src/config; `--check` only tells whether it is current. */
import { configSchema } from "../src/config/json_schema.ts";
import { bringUpToDate } from "./current.ts";

/** The text of docs/schema/keyless.toml.json. */
export function schemaFile(): string {
  return JSON.stringify(configSchema(), null, 2) + "\n";
}

if (import.meta.main) {
  Deno.exit(await bringUpToDate(new Map([["docs/schema/keyless.toml.json", schemaFile()]]), Deno.args));
}
