import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { PLACEHOLDER } from "../../src/credentials/cargo_protocol.ts";
import { answerFor, type Errand, openLink } from "../../src/credentials/provider_link.ts";
import { askLine } from "../../src/host/listen_tcp.ts";
import { Secret } from "../../src/host/secret.ts";
import { KeylessError } from "../../src/problem.ts";
import { knownRegistry } from "../../src/registries/table.ts";

const CRATES = knownRegistry("crates.io")!;
const GIT_INDEX = "https://github.com/rust-lang/crates.io-index";
const TOKEN = "cio_tp_CANARY0000000000000000000000000w";
const SHA = "ab".repeat(32);

function errand(differs: Partial<Errand> = {}): Errand & { asked: number } {
  const made = {
    name: "widget",
    version: "1.0.0",
    sha256: SHA,
    registry: CRATES,
    asked: 0,
    token() {
      made.asked++;
      return Promise.resolve(new Secret(TOKEN, "crates.io token", "https://crates.io"));
    },
    expiresAt: () => 1_800_000_000_500,
    ...differs,
  };
  return made;
}

const ask = (differs: Record<string, unknown> = {}, index = GIT_INDEX, headers?: string[]) => ({
  v: 1,
  kind: "get" as const,
  registry: { "index-url": index, "name": "crates-io", ...headers ? { headers } : {} },
  operation: "publish" as const,
  name: "widget",
  vers: "1.0.0",
  cksum: SHA,
  ...differs,
});

Deno.test("publishing the packed bytes gets the token, until it ends", async () => {
  for (const index of [GIT_INDEX, "sparse+https://index.crates.io/"]) {
    const reply = await answerFor(ask({}, index), errand());
    assert("Ok" in reply);
    const { token, ...rest } = reply.Ok;
    assertEquals((token as Secret).reveal(), TOKEN);
    assertEquals(rest, {
      kind: "get",
      cache: "expires",
      expiration: 1_800_000_000,
      operation_independent: false,
    });
  }
});

Deno.test("a token of unknown end serves this run of cargo alone", async () => {
  const reply = await answerFor(ask(), errand({ expiresAt: () => null }));
  assert("Ok" in reply);
  assertEquals(reply.Ok.cache, "session");
});

for (
  const [what, differs] of Object.entries({
    "other bytes": { cksum: "cd".repeat(32) },
    "another version": { vers: "1.0.1" },
    "another crate": { name: "gadget" },
  })
) {
  Deno.test(`publishing ${what} gets no token, and none is asked for`, async () => {
    const mine = errand();
    const error = await assertRejects(() => answerFor(ask(differs), mine), KeylessError);
    assertEquals(error.problem.code, "packed-bytes-changed");
    assertEquals(mine.asked, 0);
  });
}

Deno.test("reading a public index gets a placeholder, which cargo never sends", async () => {
  const mine = errand();
  const reply = await answerFor(ask({ operation: "read" }), mine);
  assertEquals(reply, {
    Ok: { kind: "get", token: PLACEHOLDER, cache: "session", operation_independent: false },
  });
  assertEquals(mine.asked, 0);
});

Deno.test("reading an index that asks for a credential gets the token", async () => {
  const asked = errand();
  const reply = await answerFor(ask({ operation: "read" }, GIT_INDEX, ["WWW-Authenticate: Cargo"]), asked);
  assert("Ok" in reply && reply.Ok.token instanceof Secret);

  const configured = errand({ registry: { ...CRATES, auth: { type: "bearer", token: "${X}" } } });
  await answerFor(ask({ operation: "read" }), configured);
  assertEquals([asked.asked, configured.asked], [1, 1]);
});

for (const operation of ["yank", "unyank", "owners"] as const) {
  Deno.test(`${operation} gets no token`, async () => {
    const mine = errand();
    assertEquals(await answerFor(ask({ operation }), mine), { Err: { kind: "not-found" } });
    assertEquals(mine.asked, 0);
  });
}

for (const kind of ["login", "logout"] as const) {
  Deno.test(`${kind} is not for this provider`, async () => {
    assertEquals(await answerFor(ask({ kind }), errand()), { Err: { kind: "operation-not-supported" } });
  });
}

Deno.test("another registry's index gets nothing", async () => {
  const reply = await answerFor(ask({}, "sparse+https://evil.example/index/"), errand());
  assertEquals(reply, { Err: { kind: "url-not-supported" } });
});

/** The address that a provider gets, and a question with the word in it. */
function parts(link: { address: Secret }): { port: number; word: string } {
  const [port, word] = link.address.reveal().split("#");
  return { port: Number(port), word: word! };
}

Deno.test("a provider that knows the word gets its answer over loopback, with the token in it", async () => {
  const link = openLink(errand());
  const { port, word } = parts(link);
  const reply = JSON.parse((await askLine(port, JSON.stringify({ word, request: ask() })))!);
  assertEquals(reply.Ok.token, TOKEN);
  assertEquals(link.refusal(), null);
  await link.close();
  assertEquals(await askLine(port, JSON.stringify({ word, request: ask() })), null);
});

Deno.test("whoever does not know the word gets no answer at all", async () => {
  const mine = errand();
  const link = openLink(mine);
  const { port } = parts(link);
  for (
    const line of [
      "",
      "x",
      "{}",
      JSON.stringify({ word: "guess", request: ask() }),
      JSON.stringify({ request: ask() }),
    ]
  ) {
    assertEquals(await askLine(port, line), null);
  }
  assertEquals(mine.asked, 0);
  await link.close();
});

Deno.test("why there is no token is told to cargo and kept for the caller", async () => {
  const refused = new KeylessError({
    code: "exchange-refused",
    message: "No publisher",
    why: ["Because."],
    said: "verbatim",
    next: ["do"],
  });
  const link = openLink(errand({ token: () => Promise.reject(refused) }));
  const { port, word } = parts(link);
  const reply = JSON.parse((await askLine(port, JSON.stringify({ word, request: ask() })))!);
  assertEquals(reply, {
    Err: { "kind": "other", "message": "No publisher", "caused-by": ["Because.", "verbatim", "do"] },
  });
  assertEquals(link.refusal(), refused);
  await link.close();
});

Deno.test("the address is a secret, because whoever has it can ask", async () => {
  const link = openLink(errand());
  assertStringIncludes(String(link.address), "«");
  assert(!JSON.stringify(link).includes(parts(link).word));
  await link.close();
});
