import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { decideCredential, findToken, variablesOf } from "../../src/publish/credential.ts";
import { checkFound } from "../../src/publish/credential.ts";
import { systemClock } from "../../src/host/clock.ts";
import { type Env, envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { type Session, silent } from "../../src/host/session.ts";
import { KeylessError } from "../../src/problem.ts";
import { isLoopback } from "../../src/host/http.ts";
import { knownRegistry } from "../../src/registries/known.ts";
import { packageOf } from "../publish/samples.ts";

const SECRETS = {
  PYPI_API_TOKEN: "pypi-CANARYpypiApiTokenVariable",
  CARGO_REGISTRY_TOKEN: "cioCANARYcargoRegistryTokenVariable00",
  NODE_AUTH_TOKEN: "npm_CANARYnodeAuthTokenVariable0000000000",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "CANARYrequestToken",
};

function session(env: Env): Session {
  return { env, http: new Http(), clock: systemClock, progress: silent };
}

/** A project of one npm package with this `keyless.toml`; whatever `use` does with it. */
async function project<T>(settings: string, use: (root: string, env: Env) => Promise<T>): Promise<T> {
  const root = await Deno.makeTempDir({ prefix: "keyless-security-" });
  try {
    await Deno.writeTextFile(`${root}/package.json`, '{"name":"widget","version":"1.0.0"}');
    await Deno.writeTextFile(
      `${root}/keyless.toml`,
      `[[package]]\nname = "widget"\nkind = "npm"\npath = "."\nregistry = "mine"\n${settings}`,
    );
    return await use(root, envOf(SECRETS));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

for (const name of Object.keys(SECRETS)) {
  Deno.test(`an address in keyless.toml cannot hold ${name}, which would go to whoever it names`, async () => {
    await project(
      `[registry.mine]\nkind = "npm"\nindex = "https://evil.example/\${${name}}/"\n`,
      async (root, env) => {
        const loaded = await loadProject(root, env).catch((error) => {
          assert(error instanceof KeylessError);
          return null;
        });
        const address = loaded?.packages[0]?.registry.endpoints.index ?? "";
        assert(!address.includes("CANARY"), `the address is ${address}`);
      },
    );
  });
}

for (const name of ["PYPI_API_TOKEN", "CARGO_REGISTRY_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"]) {
  Deno.test(`[registry.mine.auth] cannot send ${name}, which belongs to somebody else, to a host of its own`, async () => {
    const settings = `[registry.mine]\nkind = "npm"\nindex = "https://evil.example/"\n` +
      `[registry.mine.auth]\ntype = "bearer"\ntoken = "\${${name}}"\n`;
    await project(settings, async (root, env) => {
      const loaded = await loadProject(root, env).catch(() => null);
      const found = loaded ? await findToken(session(env), loaded.packages[0]!.registry) : null;
      assertEquals(found?.secret.origin ?? null, null);
    });
  });
}

for (
  const [exchange, audience] of [
    ["https://registry.npmjs.org", "npm:registry.npmjs.org"],
    ["https://pypi.org", "pypi"],
    ["https://crates.io", "crates.io"],
    ["https://crates.io:443/", "crates.io"],
  ]
) {
  Deno.test(`a registry of the configuration cannot exchange at ${exchange} and upload to a host of its own`, async () => {
    const settings =
      `[registry.mine]\nkind = "npm"\nindex = "https://evil.example/"\nexchange = "${exchange}"\naudience = "${audience}"\n`;
    await project(settings, async (root, env) => {
      const loaded = await loadProject(root, env).catch(() => null);
      const endpoints = loaded?.packages[0]?.registry.endpoints;
      assert(
        !endpoints?.exchange,
        `tokens of ${endpoints?.exchange} would be uploaded with to ${endpoints?.upload}`,
      );
    });
  });
}

for (
  const name of ["pypi", "npm", "crates.io", "crates-io", "PyPI", "npmjs.org", " pypi ", "https://pypi.org/x"]
) {
  Deno.test(`[registry.${name}] cannot take the place of a public registry`, async () => {
    await project(
      `[registry."${name}"]\nkind = "npm"\nindex = "https://evil.example/"\n`,
      async (root, env) => {
        await assertRejects(() => loadProject(root, env), KeylessError);
      },
    );
  });
}

for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
  Deno.test(`a registry may be called ${name}`, () => {
    const registry = { ...knownRegistry("npm")!, name };
    assertEquals(variablesOf(registry), []);
  });
}

for (
  const name of [
    "../../outside",
    "/outside",
    "a/../../..",
    "a\\n::warning::b",
    "a\\u001b[2Jb",
    "a\\u0000b",
    "..",
    "-x",
    "",
  ]
) {
  Deno.test(`a registry may not be called ${JSON.stringify(name)}, because files and lines of a log are named after it`, async () => {
    const settings = `[registry."${name}"]\nkind = "npm"\nindex = "https://evil.example/"\n`;
    await project(settings.replace("", ""), async (root, env) => {
      const text = (await Deno.readTextFile(`${root}/keyless.toml`)).replace('"mine"', `"${name}"`);
      await Deno.writeTextFile(`${root}/keyless.toml`, text);
      await assertRejects(() => loadProject(root, env), KeylessError);
    });
  });
}

for (
  const [what, value] of Object.entries({
    "GitHub, as setup-node leaves it for GitHub Packages": "ghs_0123456789abcdefghijklmnopqrstuvwxyz",
    "GitHub, fine-grained": `github_pat_${"x".repeat(70)}`,
    "GitLab": "glpat-0123456789abcdefghij",
    "PyPI": "pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMC0wMDAw",
    "crates.io": "cio0123456789abcdefghijklmnopqrstuv",
    "an OIDC provider": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3gifQ.c2lnbmF0dXJl",
  })
) {
  Deno.test(`a token of ${what} in NODE_AUTH_TOKEN is not sent to npm`, async () => {
    const own = session(envOf({ NODE_AUTH_TOKEN: value }));
    const pkg = packageOf("widget", { kind: "npm", registry: knownRegistry("npm")! });
    const found = await findToken(own, pkg.registry);
    assert(found === null || await checkFound(found, pkg) !== null, "nothing keeps it from being sent");
  });
}

for (
  const [variable, value] of [
    ["TWINE_PASSWORD", "a company's password"],
    ["TWINE_PASSWORD", "glpat-0123456789abcdefghij"],
    ["UV_PUBLISH_TOKEN", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3gifQ.c2lnbmF0dXJl"],
  ]
) {
  Deno.test(`${variable} of another index (${value!.slice(0, 8)}…) is not sent to PyPI`, async () => {
    const own = session(envOf({ [variable!]: value }));
    const pkg = packageOf("widget", { kind: "pypi", registry: knownRegistry("pypi")! });
    const plan = await decideCredential(own, pkg, "token");
    assert(plan.path === "token");
    assert(await checkFound(plan, pkg) !== null);
  });
}

Deno.test("what the variables of a public registry hold is for its upload host alone", async () => {
  for (
    const [name, variable, origin] of [["pypi", "PYPI_API_TOKEN", "https://upload.pypi.org"], [
      "npm",
      "NPM_TOKEN",
      "https://registry.npmjs.org",
    ]]
  ) {
    const found = await findToken(session(envOf({ [variable!]: "x".repeat(40) })), knownRegistry(name!)!);
    assertEquals(found!.secret.origin, origin);
  }
});

for (
  const host of [
    "localhost.",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "[::]",
    "ⓛocalhost.example",
    "127.0.0.256.example",
  ]
) {
  Deno.test(`${host} does not count as this machine`, () => {
    assert(!isLoopback(URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`).hostname : host));
  });
}
