import { assert, assertEquals, assertStringIncludes } from "@std/assert";
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
        "--allow-net=127.0.0.1",
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
    for (const name of ["SSL_CERT_FILE", "DENO_CERT"]) {
      assertEquals(await asked(url, { [name]: `${TLS}authority.pem` }), "over tls", name);
    }
    assertStringIncludes(await asked(url, {}), "set DENO_CERT or SSL_CERT_FILE");
    // A setting that cannot be read falls back to the built-in authorities, and does not switch the check off.
    assertStringIncludes(await asked(url, { SSL_CERT_FILE: "/nowhere/authority.pem" }), "SSL_CERT_FILE");
  } finally {
    await server.shutdown();
  }
});

Deno.test("a proxy is used, but not for hosts that NO_PROXY names", async () => {
  const seen: string[] = [];
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(request.url);
    return new Response("by proxy");
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("directly"),
  );
  try {
    const url = `http://127.0.0.1:${server.addr.port}/x`;
    const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.addr.port}` };
    assertEquals(await asked(url, env), "by proxy");
    assert(seen[0]!.endsWith("/x"), seen[0]);
    assertEquals(await asked(url, { ...env, NO_PROXY: "127.0.0.1" }), "directly");
  } finally {
    await proxy.shutdown();
    await server.shutdown();
  }
});
