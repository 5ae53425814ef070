import { assertEquals, assertRejects } from "@std/assert";
import { cleanUp, Interrupted, interrupted } from "../../src/host/cleanup.ts";
import { mint } from "../../src/registries/mint.ts";
import { Loopback, type Reply, sessionWith } from "./loopback.ts";
import { fakeProvider, localRegistry, POLICY } from "./samples.ts";

const PATH = "/api/v1/trusted_publishing/tokens";

// One test only: a signal stops this process's work for good.
Deno.test({
  name:
    "a signal while the exchange is under way waits for its answer and burns the token; nothing is exchanged after it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const arrived = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Reply>();
    await using server = new Loopback({
      [`POST ${PATH}`]: () => (arrived.resolve(), answer.promise),
      [`DELETE ${PATH}`]: { status: 204 },
    });
    const { session } = sessionWith();
    const registry = localRegistry("crates.io", server.origin);
    const context = { packageName: "widget", declared: POLICY };
    const minting = assertRejects(() => mint(session, fakeProvider(), registry, context), Interrupted);
    await arrived.promise;
    Deno.kill(Deno.pid, "SIGTERM");
    assertEquals(await interrupted, 143);
    const cleaning = cleanUp();
    answer.resolve({ json: { token: "cio_tp_CANARY-minted-token" } });
    await cleaning;
    assertEquals(server.to(`DELETE ${PATH}`).map((one) => one.headers.get("authorization")), [
      "Bearer cio_tp_CANARY-minted-token",
    ]);
    await minting;

    await assertRejects(() => mint(session, fakeProvider(), registry, context), Interrupted);
    assertEquals(server.to(`POST ${PATH}`).length, 1);
  },
});
