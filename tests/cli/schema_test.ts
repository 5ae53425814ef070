import { assert, assertEquals } from "@std/assert";
import { Ajv } from "ajv";
import { answer } from "./support.ts";

/** Command lines with --json, and the schema in docs/schema that describes the answer. */
const ANSWERS: readonly (readonly [string, ...string[]])[] = [
  ["version", "--version"],
  ["help"],
  ["help", "help"],
  ["help", "exchange", "--help"],
  ["help", "help", "cargo-credential"],
  ["explain", "explain", "unknown-option"],
  ["explain", "explain", "--list"],
  ["completions", "completions", "bash"],
];

for (const [name, ...argv] of ANSWERS) {
  Deno.test(`keyless ${[...argv, "--json"].join(" ")} is described by docs/schema/${name}.json`, async () => {
    const schema = JSON.parse(
      await Deno.readTextFile(new URL(`../../docs/schema/${name}.json`, import.meta.url)),
    );
    const { stdout, stderr } = await answer([...argv, "--json"]);
    const ajv = new Ajv({ strict: true });
    assert(ajv.validate(schema, JSON.parse(stdout)), ajv.errorsText());
    assertEquals(stderr, "");
  });
}
