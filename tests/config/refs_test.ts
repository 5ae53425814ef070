import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { literalSecret, resolveReference } from "../../src/config/refs.ts";
import { envOf } from "../../src/host/env.ts";
import { UsageError } from "../../src/problem.ts";
import { complaints, load, npm } from "./support.ts";

const ENV = envOf({ NAME: "value", EMPTY: "", DOLLAR: "$& ${NAME}" });

Deno.test("references are replaced by what they name", () => {
  const table: [string, string][] = [
    ["${NAME}", "value"],
    ["a ${NAME} and ${NAME}", "a value and value"],
    ["${NAME:-default}", "value"],
    ["${UNSET:-default}", "default"],
    ["${EMPTY:-default}", "default"],
    ["${UNSET:-}", ""],
    ["${NAME:?tell}", "value"],
    ["$${NAME}", "${NAME}"],
    ["$${NAME} ${NAME}", "${NAME} value"],
    ["${DOLLAR}", "$& ${NAME}"],
    ["plain $NAME {x}", "plain $NAME {x}"],
  ];
  for (const [text, expected] of table) assertEquals(resolveReference(text, ENV), expected, text);
});

Deno.test("what cannot be replaced is an error that says why", () => {
  const table: [string, string, string][] = [
    ["${UNSET}", "variable-unset", "UNSET is not set"],
    ["${EMPTY}", "variable-unset", "EMPTY is not set"],
    ["${UNSET:?ask the platform team}", "variable-unset", "UNSET is not set"],
    ["${NAME", "reference-invalid", 'A reference is not complete: "${…"'],
    ["${}", "reference-invalid", 'A reference is not complete: "${…"'],
    ["${9}", "reference-invalid", 'A reference is not complete: "${…"'],
    ["keychain:npm", "reference-unsupported", "A value that is kept in keychain cannot be read here"],
    ["op://vault/item", "reference-unsupported", "A value that is kept in op cannot be read here"],
  ];
  for (const [text, code, message] of table) {
    const { problem } = assertThrows(() => resolveReference(text, ENV), UsageError);
    assertEquals([problem.code, problem.message], [code, message], text);
  }
  const { problem } = assertThrows(
    () => resolveReference("${UNSET:?ask the platform team}", ENV),
    UsageError,
  );
  assertEquals(problem.why, ["ask the platform team"]);
});

Deno.test("any text is replaced or refused", () => {
  const piece = fc.constantFrom("$", "{", "}", ":", "-", "?", "NAME", "UNSET", " ", "$$", "keychain:");
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 12 }), (text) => {
      try {
        resolveReference(text, ENV);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
      }
    }),
    bounds(100),
  );
});

Deno.test("references and store names are no secrets, everything else is", () => {
  for (
    const text of [
      "${TOKEN}",
      "${TOKEN:-}",
      "${TOKEN:?set it}",
      "$${literal}",
      "keychain:npm",
      "secret-service:x",
      "vault:a/b",
      "op://a/b",
      "",
    ]
  ) {
    assertEquals(literalSecret(text), null, text);
  }
  for (const text of ["hunter2", "user:CANARY", `\${TOKEN:-npm_${"C".repeat(36)}}`]) {
    assertEquals(literalSecret(text)?.code, "literal-secret", text);
  }
});

const REGISTRY =
  '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/"\n[registry.company.auth]\ntype = "bearer"\n';

Deno.test("a secret in the file is an error that does not show it", async () => {
  const table: [string, string][] = [
    [
      `${REGISTRY}token = "CANARY-hunter2"\n`,
      'literal-secret keyless.toml:6:9: a secret is written into the file\n  token = "**************"',
    ],
    [
      '[registry.company]\nkind = "npm"\nindex = "https://ci:CANARY@npm.example.com/"\n',
      'literal-secret keyless.toml:3:9: a secret is written into the file\n  index = "**********************************"',
    ],
    [
      '[registry.company]\nkind = "npm"\nindex = "https://npm.example.com/"\ntoken = "CANARY"\n',
      'unknown-key keyless.toml:4:1: unknown key "token" in [registry.company]\n  token = "******"',
    ],
  ];
  for (const [config, expected] of table) {
    const shown = await complaints({ "keyless.toml": config });
    assertEquals(shown[0]!.split("\n").slice(0, 2).join("\n"), expected);
    assertEquals(shown.join().includes("CANARY"), false);
  }
});

Deno.test("references to secrets stay text, references in addresses are replaced", async () => {
  const project = await load({
    "js/package.json": npm("widget"),
    "keyless.toml": `[[package]]\nname = "widget"\nkind = "npm"\npath = "js"\nregistry = "company"\n` +
      `${
        REGISTRY.replace("https://npm.example.com/", "https://${HOST:-npm.example.com}/")
      }token = "\${COMPANY_TOKEN:?set it}"\n`,
  }, { HOST: "packages.example.com" });
  const registry = project.registries.get("company")!;
  assertEquals(registry.endpoints.index, "https://packages.example.com/");
  assertEquals(registry.auth, { type: "bearer", token: "${COMPANY_TOKEN:?set it}" });
  assertEquals(project.packages[0]!.registry, registry);
});
