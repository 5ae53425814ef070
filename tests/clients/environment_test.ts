import { assert, assertEquals } from "@std/assert";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { systemClock } from "../../src/host/clock.ts";
import { silent } from "../../src/host/session.ts";
import type { ClientName } from "../../src/config/project.ts";
import { buildEnvironment, PASSED_ON, uploadEnvironment } from "../../src/publish/clients/environment.ts";
import { CLIENTS } from "../../src/publish/clients/table.ts";
import { STRAYS } from "./support.ts";

const session = (variables: Record<string, string>) => ({
  env: envOf(variables),
  http: new Http(),
  clock: systemClock,
  progress: silent,
});

const NAMES = Object.keys(CLIENTS) as ClientName[];

Deno.test("no variable that may hold a credential is ever passed on", () => {
  const secret =
    /TOKEN|PASSWORD|SECRET|AUTH|^ACTIONS_|^GITHUB_|^TWINE_|^UV_PUBLISH|^UV_INDEX_(?!URL)|^CARGO_REGISTR|^NPM_|^npm_/i;
  assertEquals(PASSED_ON.filter((name) => secret.test(name)), []);
  for (const name of NAMES) {
    assert(!JSON.stringify(buildEnvironment(session(STRAYS), name)).includes("CANARY"), name);
    assert(!JSON.stringify(uploadEnvironment(session(STRAYS), null)).includes("CANARY"), name);
  }
});

Deno.test("every variable that reaches a child is in the list for the permission table", () => {
  const everything = Object.fromEntries(PASSED_ON.map((name) => [name, "x"]));
  const reached = new Set(NAMES.flatMap((name) => Object.keys(buildEnvironment(session(everything), name))));
  assertEquals([...reached].filter((name) => !PASSED_ON.includes(name)), []);
  assertEquals(PASSED_ON.filter((name) => !reached.has(name)), []);
});

Deno.test("an empty variable counts as none", () => {
  assert(!("CC" in buildEnvironment(session({ CC: "" }), "cargo")));
});

Deno.test("an index is passed on to a build unless its address holds a password", () => {
  const built = (value: string) => buildEnvironment(session({ PIP_INDEX_URL: value }), "twine").PIP_INDEX_URL;
  assertEquals(built("https://mirror.example/simple/"), "https://mirror.example/simple/");
  assertEquals(built("https://user:CANARY@mirror.example/simple/"), undefined);
  assertEquals(built("https://CANARY@mirror.example/simple/"), undefined);
});

Deno.test("an upload is given another home, with every name that one has", () => {
  const people = {
    HOME: "/home/me",
    USERPROFILE: "/home/me",
    APPDATA: "/home/me/a",
    LOCALAPPDATA: "/home/me/b",
  };
  assertEquals(
    Object.values(uploadEnvironment(session(people), "/private")).filter((value) => value.startsWith("/")),
    [
      "/private",
      "/private",
      "/private",
      "/private",
    ],
  );
  assertEquals(uploadEnvironment(session(people), null).HOME, "/home/me");
});

Deno.test("an upload gets nothing that only a build needs", () => {
  const upload = uploadEnvironment(session({ CC: "cc", RUSTFLAGS: "-g", PIP_INDEX_URL: "https://x/" }), null);
  assertEquals(Object.keys(upload).sort(), ["NO_PROXY", "no_proxy"]);
});

Deno.test("a proxy is set in both spellings, and never for this machine", () => {
  const environment = uploadEnvironment(
    session({ https_proxy: "http://proxy:1", NO_PROXY: "intern.example" }),
    null,
  );
  assertEquals(environment, {
    HTTPS_PROXY: "http://proxy:1",
    https_proxy: "http://proxy:1",
    NO_PROXY: "intern.example,127.0.0.1,localhost",
    no_proxy: "intern.example,127.0.0.1,localhost",
  });
});

Deno.test("one setting of certificates is enough for all clients, and a client's own counts more", () => {
  const environment = uploadEnvironment(
    session({ NODE_EXTRA_CA_CERTS: "/ca.pem", REQUESTS_CA_BUNDLE: "/own.pem" }),
    null,
  );
  for (
    const name of [
      "SSL_CERT_FILE",
      "NODE_EXTRA_CA_CERTS",
      "CURL_CA_BUNDLE",
      "PIP_CERT",
      "CARGO_HTTP_CAINFO",
      "GIT_SSL_CAINFO",
    ]
  ) {
    assertEquals(environment[name], "/ca.pem", name);
  }
  assertEquals(environment.REQUESTS_CA_BUNDLE, "/own.pem");
});
