import { assertEquals, assertNotEquals } from "@std/assert";
import type { Clock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { silent } from "../../src/host/session.ts";
import { githubActions } from "../../src/identity/github.ts";
import { sourceFor, TokenBook } from "../../src/publish/tokens.ts";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import { type Registries, startRegistries } from "../../src/rehearsal/registries.ts";
import { packageOf } from "./samples.ts";

const MINUTE = 60_000;

/** A clock that is moved by hand. */
class HandClock implements Clock {
  time = Date.now();
  now = () => this.time;
  sleep = () => Promise.resolve();
}

async function withBook(
  test: (about: { book: TokenBook; clock: HandClock; registries: Registries }) => Promise<void>,
): Promise<void> {
  const clock = new HandClock();
  const registries = await startRegistries({
    clock,
    claims: githubClaims({
      repository: "o/r",
      ownerId: "1",
      repositoryId: "2",
      workflow: "release.yml",
      ref: "refs/heads/main",
      event: "push",
      sha: "0".repeat(40),
      runId: "1",
    }),
    records: ["crates.io", "pypi", "npm"].map((registry) => ({
      registry,
      package: "widget",
      owner: "o",
      repository: "r",
      ownerId: "1",
      workflow: "release.yml",
      environment: null,
    })),
    packages: ["crates.io", "pypi", "npm"].map((registry) => ({ registry, name: "widget" })),
  });
  const { issuer } = registries;
  const env = envOf({
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
  });
  try {
    const book = new TokenBook({ env, http: new Http({ clock }), clock, progress: silent });
    await test({ book, clock, registries });
  } finally {
    await registries.close();
  }
}

Deno.test("a token is used again while it lives, and renewed a minute before its end", async () => {
  await withBook(async ({ book, clock, registries }) => {
    const pkg = packageOf("widget", { registry: registries.registries.get("crates.io")! });
    const source = sourceFor({ path: "oidc", provider: githubActions, describe: "OIDC" }, pkg, book);
    const first = await source.token();
    clock.time += 28 * MINUTE;
    assertEquals((await source.token()).reveal(), first.reveal());
    clock.time += 1.5 * MINUTE;
    const second = await source.token();
    assertNotEquals(second.reveal(), first.reveal());
    await book.close();
    assertEquals([book.minted, book.burned], [2, 2]);
    assertEquals(registries.recorder.liveTokens(), []);
    assertEquals(book.longest, 29.5 * MINUTE);
  });
});

Deno.test("packages of one crates.io publisher share a token, packages of npm do not", async () => {
  await withBook(async ({ book, registries }) => {
    const at = (registry: string, name: string) =>
      packageOf(name, { registry: registries.registries.get(registry)! });
    await book.get(githubActions, at("crates.io", "widget"));
    await book.get(githubActions, at("crates.io", "gadget"));
    assertEquals(book.minted, 1);
    await book.get(githubActions, at("npm", "widget"));
    assertEquals(book.minted, 2);
    await book.close();
    assertEquals(book.burned, 2);
  });
});

Deno.test("a token that is dropped is burned once", async () => {
  await withBook(async ({ book, registries }) => {
    const pkg = packageOf("widget", { kind: "pypi", registry: registries.registries.get("pypi")! });
    await book.get(githubActions, pkg);
    await book.drop(pkg);
    await book.drop(pkg);
    await book.close();
    assertEquals([book.minted, book.burned], [1, 1]);
    assertEquals(registries.recorder.of("burn").length, 1);
  });
});
