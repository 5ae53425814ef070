import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openLink } from "../../src/credentials/provider_link.ts";
import { providerProgram } from "../../src/credentials/shim.ts";
import { Secret } from "../../src/host/secret.ts";
import { KNOWN } from "../../src/registries/table.ts";

const ROOT = new URL("../../", import.meta.url);
const REQUEST = {
  v: 1,
  registry: { "index-url": "sparse+https://index.crates.io/", "name": "crates-io" },
  kind: "get",
  operation: "publish",
  name: "widget",
  vers: "1.0.0",
  cksum: "00",
};

const ERRAND = {
  name: "widget",
  version: "1.0.0",
  sha256: "00",
  registry: KNOWN[0]!,
  token: () => Promise.resolve(new Secret("cioCANARYtoken", "token", null)),
  expiresAt: () => null,
};

/** What cargo would read from a provider that it starts. */
async function speak(program: string, env: Record<string, string>, line: string): Promise<string[]> {
  const child = new Deno.Command(program, {
    args: ["--cargo-plugin"],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${line}\n`));
  await writer.close();
  const { stdout, code } = await child.output();
  assertEquals(code, 0);
  return new TextDecoder().decode(stdout).trim().split("\n");
}

/** The script that starts keyless from source. */
async function withShim(test: (path: string, directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await test(await providerProgram(directory, Deno.env.get("HOME")!), directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("from source, a provider that cargo starts asks the keyless that started cargo", async () => {
  await withShim(async (path) => {
    const link = openLink(ERRAND);
    const [hello, reply] = await speak(
      path,
      { KEYLESS_CREDENTIAL: link.address.reveal() },
      JSON.stringify(REQUEST),
    );
    await link.close();
    assertEquals(hello, '{"v":[1]}');
    assertEquals(JSON.parse(reply!).Ok.token, "cioCANARYtoken");
  });
});

Deno.test("a provider whose keyless has gone says so", async () => {
  await withShim(async (path) => {
    const link = openLink(ERRAND);
    await link.close();
    const [, reply] = await speak(
      path,
      { KEYLESS_CREDENTIAL: link.address.reveal() },
      JSON.stringify(REQUEST),
    );
    assertStringIncludes(JSON.parse(reply!).Err.message, "does not answer");
  });
});

Deno.test("a provider that is asked nothing of cargo's says for whom it is", async () => {
  await withShim(async (path) => {
    const [, reply] = await speak(path, {}, "hello?");
    assertStringIncludes(JSON.parse(reply!).Err.message, "for cargo to run");
    const [, unconfigured] = await speak(path, {}, JSON.stringify(REQUEST));
    assertStringIncludes(JSON.parse(unconfigured!).Err["caused-by"][0], "cargo-credential");
  });
});

Deno.test("the script holds no secret, is for its owner alone, and may do nothing but ask", async () => {
  await withShim(async (path, directory) => {
    const script = await Deno.readTextFile(path);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o700);
    const allowed = [...script.matchAll(/--allow-[^']+/g)].map(([flag]) => flag);
    assertEquals(allowed, ["--allow-net=127.0.0.1", "--allow-env=KEYLESS_CREDENTIAL"]);
    assertMatch(script, /--no-prompt.*--no-config/);
    assertStringIncludes(script, new URL("main.ts", ROOT).href);
    assertEquals([...Deno.readDirSync(directory)].map((entry) => entry.name), ["keyless-provider"]);
  });
});

Deno.test("a path with blanks and quotes stays one word of the script", async () => {
  const parent = await Deno.makeTempDir();
  const directory = `${parent}/it's a place`;
  await Deno.mkdir(directory);
  await Deno.writeTextFile(`${directory}/program`, '#!/bin/sh\nprintf "%s|" "$HOME" "$@"\n', { mode: 0o700 });
  const program = { standalone: false, executable: `${directory}/program`, main: "file:///it's/main.ts" };
  const path = await providerProgram(directory, "/home/o'neill", program);
  const { stdout } = await new Deno.Command(path, { args: ["--cargo-plugin"] }).output();
  const words = new TextDecoder().decode(stdout).split("|");
  assertEquals([words[0], words.at(-3), words.at(-2)], [
    "/home/o'neill",
    "file:///it's/main.ts",
    "--cargo-plugin",
  ]);
  await Deno.remove(parent, { recursive: true });
});

Deno.test("a compiled keyless is its own provider", async () => {
  const program = { standalone: true, executable: "/opt/keyless", main: "file:///x/main.js" };
  assertEquals(await providerProgram("/nowhere", "/home/x", program), "/opt/keyless");
});
