import { assertEquals, assertRejects } from "@std/assert";
import { askLine, serveLines } from "../../src/host/listen_tcp.ts";
import { Secret } from "../../src/host/secret.ts";
import { openLink } from "../../src/credentials/provider_link.ts";
import { knownRegistry } from "../../src/registries/known.ts";
import { mintedToken } from "../../src/registries/minted.ts";

function link() {
  let asked = 0;
  const registry = knownRegistry("crates.io")!;
  const opened = openLink({
    name: "widget",
    version: "1.0.0",
    sha256: "a".repeat(64),
    registry,
    token: () => {
      asked++;
      return Promise.resolve(
        new Secret("cio_tp_CANARYtokenOfTheLinkTest0000000", "token", "https://crates.io"),
      );
    },
    expiresAt: () => null,
  });
  const [port, word] = opened.address.reveal().split("#");
  const request = {
    kind: "get",
    operation: "publish",
    name: "widget",
    vers: "1.0.0",
    cksum: "a".repeat(64),
    registry: { "index-url": "sparse+https://index.crates.io/" },
  };
  return { ...opened, port: Number(port), word: word!, request, asked: () => asked };
}

Deno.test("closing the link waits for no stranger who connected and says nothing", async () => {
  const { port, close } = link();
  const stranger = await Deno.connect({ hostname: "127.0.0.1", port });
  await new Promise((resolve) => setTimeout(resolve, 50));
  let waited: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<string>((resolve) => {
    waited = setTimeout(() => resolve("closing waits for the stranger"), 60_000);
  });
  assertEquals(await Promise.race([close().then(() => "closed"), tooLong]), "closed");
  clearTimeout(waited);
  stranger.close();
});

Deno.test("after it was closed, the link answers nobody", async () => {
  const { port, word, request, close, asked } = link();
  await close();
  assertEquals(await askLine(port, JSON.stringify({ word, request })), null);
  assertEquals(asked(), 0);
});

Deno.test("a word that is nearly right, of another type, or sent without a line break, gets nothing", async () => {
  const { port, word, request, close, asked } = link();
  for (
    const wrong of [
      word.slice(1),
      `${word} `,
      word.toUpperCase() === word ? word.toLowerCase() : word.toUpperCase(),
      [word],
      { toString: word },
      true,
      null,
      "",
    ]
  ) {
    assertEquals(await askLine(port, JSON.stringify({ word: wrong, request })), null);
  }
  assertEquals(await askLine(port, "x".repeat(1 << 17)), null);
  assertEquals(asked(), 0);
  await close();
});

Deno.test({
  name: "somebody who takes every connection does not end the program before it has cleaned up",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const main = `
      import { serveLines } from ${
      JSON.stringify(new URL("../../src/host/listen_tcp.ts", import.meta.url).href)
    };
      const server = serveLines(() => Promise.resolve(null));
      console.log(server.port);
      await new Promise((resolve) => setTimeout(resolve, 4000));
      console.log("cleaned up");
      Deno.exit(0);
    `;
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, main);
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", `ulimit -n 80; exec '${Deno.execPath()}' run -A --no-config --no-lock '${file}'`],
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream());
    const reader = output.getReader();
    const port = Number((await reader.read()).value);
    const open: Deno.TcpConn[] = [];
    for (let i = 0; i < 150; i++) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
      if (connection) open.push(connection);
    }
    let rest = "";
    for (let part; !(part = await reader.read()).done;) rest += part.value;
    const { code } = await child.status;
    const said = await new Response(child.stderr).text();
    for (const connection of open) connection.close();
    await Deno.remove(file);
    assertEquals({ code, rest: rest.trim() }, { code: 0, rest: "cleaned up" }, said);
  },
});

const REGISTRY = { ...knownRegistry("npm")!, name: "mine", label: "mine" };

for (
  const value of [
    "npm_abcdefgh\nPATH=/evil",
    "npm_abcdefgh\r\nx: y",
    "npm_abc\u001b[2Jdefgh",
    "npm_abcdefgh\u0000x",
    "  npm_abcdefgh  ",
  ]
) {
  Deno.test(`a registry's answer that is no token (${JSON.stringify(value)}) is not taken for one`, () => {
    const minted = mintedToken(value, { registry: REGISTRY, mintedAt: 0, expiresAt: null, lifetime: 1000 });
    assertEquals(minted?.token.length ?? null, null);
  });
}

Deno.test("a line server that is asked something it cannot answer hangs up", async () => {
  const server = serveLines(() => Promise.reject(new Error("no")));
  assertEquals(await askLine(server.port, "x"), null);
  await server.close();
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port: server.port }));
});
