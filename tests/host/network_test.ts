import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";

const TLS = fromFileUrl(new URL("../fixtures/tls/", import.meta.url));
const HTTP = new URL("../../src/host/http.ts", import.meta.url).href;

/** What `Http` says of a URL in a process of its own, whose environment counts. */
async function asked(url: string, env: Record<string, string>): Promise<string> {
  const script = `import { Http } from "${HTTP}";
const said = await new Http().send({ url: "${url}", method: "POST" }).then((reply) => reply.text, (error) => error.problem.why.join() + error.problem.next.join());
await Deno.stdout.write(new TextEncoder().encode(said));
Deno.exit();`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, script);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-q",
        "--no-config",
        "--no-check",
        "--allow-net=127.0.0.1,registry.invalid",
        "--allow-env",
        "--allow-read",
        "--no-prompt",
        file,
      ],
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin", DENO_DIR: Deno.env.get("DENO_DIR") ?? "", HOME: "/nowhere", ...env },
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("an authority in SSL_CERT_FILE is trusted, and without it the certificate is named as the trouble", async () => {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    cert: await Deno.readTextFile(`${TLS}server.pem`),
    key: await Deno.readTextFile(`${TLS}server.key`),
  }, () => new Response("over tls"));
  try {
    const url = `https://127.0.0.1:${server.addr.port}/`;
    const names = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "DENO_CERT"];
    for (const name of names) {
      assertEquals(await asked(url, { [name]: `${TLS}authority.pem` }), "over tls", name);
      // Another one beside it, here one that signed nothing, takes nothing away.
      const others = Object.fromEntries(names.map((other) => [other, `${TLS}server.pem`]));
      assertEquals(
        await asked(url, { ...others, [name]: `${TLS}authority.pem` }),
        "over tls",
        `${name} first`,
      );
    }
    assertStringIncludes(await asked(url, {}), "set DENO_CERT or SSL_CERT_FILE");
    // A setting that cannot be read falls back to the built-in authorities, and does not switch the check off.
    assertStringIncludes(await asked(url, { SSL_CERT_FILE: "/nowhere/authority.pem" }), "SSL_CERT_FILE");
  } finally {
    await server.shutdown();
  }
});

Deno.test("a proxy is asked for hosts elsewhere, and never for this machine", async () => {
  const lines: string[] = [];
  const proxy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = (async () => {
    for await (const connection of proxy) {
      const buffer = new Uint8Array(1024);
      const size = await connection.read(buffer) ?? 0;
      lines.push(new TextDecoder().decode(buffer.subarray(0, size)).split("\r\n")[0]!);
      connection.close();
    }
  })();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("directly"),
  );
  try {
    const address = `http://127.0.0.1:${(proxy.addr as Deno.NetAddr).port}`;
    const here = `http://127.0.0.1:${server.addr.port}/x`;
    for (const name of ["HTTP_PROXY", "ALL_PROXY", "http_proxy"]) {
      assertEquals(await asked(here, { [name]: address, no_proxy: "example.com" }), "directly", name);
    }
    assertEquals(lines, []);
    await asked("https://registry.invalid/", { HTTPS_PROXY: address });
    assertEquals(lines, ["CONNECT registry.invalid:443 HTTP/1.1"]);
  } finally {
    proxy.close();
    await accepting;
    await server.shutdown();
  }
});
