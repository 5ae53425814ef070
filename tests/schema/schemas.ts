import { assert } from "@std/assert";
import { Ajv, type ValidateFunction } from "ajv";

const DIRECTORY = new URL("../../docs/schema/", import.meta.url);

/** Every schema of docs/schema by its file's name, all in one validator, so that they may refer to each other. */
const validators: ReadonlyMap<string, ValidateFunction> = await compileAll();

/** Names of all schemas, e.g. `publish` or `keyless.toml`. */
export const schemaNames: readonly string[] = [...validators.keys()].sort();

/** @throws when the value is not as `docs/schema/NAME.json` says. */
export function assertValid(name: string, value: unknown): void {
  const validate = validators.get(name);
  assert(validate, `docs/schema has no ${name}.json`);
  if (validate(value)) return;
  const why = validate.errors!.map(({ instancePath, message, params }) =>
    `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
  );
  assert(
    false,
    `not as docs/schema/${name}.json says:\n${why.join("\n")}\n${JSON.stringify(value, null, 2)}`,
  );
}

async function compileAll(): Promise<Map<string, ValidateFunction>> {
  const ajv = new Ajv({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
    formats: { uri: (text) => URL.canParse(text) },
  });
  const schemas = new Map<string, { readonly $id?: string }>();
  for await (const { name } of Deno.readDir(DIRECTORY)) {
    schemas.set(name.replace(/\.json$/, ""), JSON.parse(await Deno.readTextFile(new URL(name, DIRECTORY))));
  }
  for (const [name, schema] of schemas) ajv.addSchema(schema, schema.$id ?? name);
  return new Map(
    [...schemas].map(([name, { $id }]) => [name, ajv.getSchema($id ?? name)!]),
  );
}
