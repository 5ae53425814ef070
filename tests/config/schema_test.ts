import { assert, assertEquals } from "@std/assert";
import { Ajv } from "ajv";
import { parseToml } from "../../src/formats/toml.ts";
import { configSchema } from "../../src/config/json_schema.ts";
import { KEYLESS_TOML } from "../../src/config/schema.ts";
import type { Keys } from "../../src/config/spec.ts";
import { plainValue } from "../formats/support.ts";
import { crate, load } from "./support.ts";

/** Every key of the format. */
const WHOLE = `[[package]]
name = "my-crate"
kind = "crates"
path = "crates/my-crate"
paths = ["crates/my-crate/**"]
depends_on = []
client = "cargo"
registry = "company"

[package.trust_policy]
workflow = "release.yml"
environment = "release"
repository = "my-org/my-crate"

[registry.company]
kind = "crates"
index = "sparse+https://packages.example.com/index/"
exchange = "https://packages.example.com"
audience = "packages.example.com"
[registry.company.auth]
type = "bearer"
token = "\${COMPANY_REGISTRY_TOKEN}"

[registry.python]
kind = "pypi"
index = "https://pypi.example.com/simple/"
upload = "https://pypi.example.com/legacy/"
exchange = "https://oidc.example.com"
token_for = "https://pypi.example.com"
[registry.python.auth]
type = "basic"
username = "ci"
password = "keychain:pypi"

[doctor]
fail_on = "warning"
[[doctor.ignore]]
code = "publish-action-not-pinned"
path = ".github/workflows/nightly.yml"
reason = "it never publishes"
`;

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(configSchema());
const valid = (text: string) =>
  validate(JSON.parse(JSON.stringify(plainValue(parseToml(text, "x.toml").root))));

Deno.test("every key of the format is read and stands in the schema", async () => {
  assert(valid(WHOLE), JSON.stringify(validate.errors));
  const project = await load({ "keyless.toml": WHOLE, "crates/my-crate/Cargo.toml": crate("my-crate") });
  const [pkg] = project.packages;
  assertEquals([...project.registries.keys()], ["company", "python"]);
  assertEquals(pkg!.registry.endpoints.audience, "packages.example.com");
  assertEquals(project.registries.get("python")!.endpoints.tokenFor, "https://pypi.example.com");
  assertEquals(pkg!.trustPolicy!.environment, "release");
  const { workflowAt, at } = pkg!.trustPolicy!;
  assertEquals(WHOLE.slice(workflowAt.start.offset, workflowAt.end.offset), '"release.yml"');
  assertEquals(WHOLE.slice(at.start.offset, at.end.offset), "[package.trust_policy]");
  assertEquals(project.doctor.failOn, "warning");
  assertEquals(project.doctor.ignore.map(({ code, path, reason }) => [code, path, reason]), [
    ["publish-action-not-pinned", ".github/workflows/nightly.yml", "it never publishes"],
  ]);
  assertEquals(project.warnings, []);
});

Deno.test("the schema refuses what the program refuses", () => {
  for (
    const [good, bad] of [
      ['kind = "crates"\npath', 'kind = "crate"\npath'],
      ["paths = [", "path_s = ["],
      ['workflow = "release.yml"', 'workflow = "dir/release.yml"'],
      ['reason = "it never publishes"', ""],
      ["depends_on = []", "depends_on = [1]"],
      ['client = "cargo"', 'client = "pnpm"'],
      ["[registry.python]", '[registry."../python"]'],
    ] as const
  ) assert(!valid(WHOLE.replace(good, bad)), bad);
});

Deno.test("the schema in the documentation is the one of the program", async () => {
  const file = new URL("../../docs/schema/keyless.toml.json", import.meta.url);
  assertEquals(JSON.parse(await Deno.readTextFile(file)), JSON.parse(JSON.stringify(configSchema())));
});

Deno.test("every key says in one line what it is for", () => {
  const check = (keys: Keys) => {
    for (const [key, spec] of Object.entries(keys)) {
      assert(/^[a-zA-Z].*[^.]$/.test(spec.help) && !spec.help.includes("\n"), key);
      if ("keys" in spec) check(spec.keys);
    }
  };
  check(KEYLESS_TOML);
});
