import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { forms } from "./forms.ts";
import { inWorld } from "./world.ts";

/** The quickest form that is there: the forms share the code. */
const form = forms.findLast((one) => one.missing === null)!;
const ONE_OF_EACH = { only: ["e2e-core", "e2e", "@acme/e2e"], pypiClient: "uv" } as const;
const LIVE = ["doctor", "--live", "--create-project"];

Deno.test("doctor --live exchanges once at every registry, burns every token and shows none", () =>
  inWorld(form, ONE_OF_EACH, async (world) => {
    const ran = await world.run(LIVE);
    assertStringIncludes(ran.stdout, "trust policy (live)");
    assertStringIncludes(
      ran.stdout,
      "@acme/e2e (local-npm): token given to repository acme/e2e, workflow release.yml",
    );
    const { recorder } = world.registries;
    assertEquals(recorder.of("exchange").map(({ registry }) => registry).sort(), [
      "local-crates",
      "local-npm",
      "local-pypi",
    ]);
    assertEquals(recorder.liveTokens(), []);
    assertEquals(world.stored(), []);
  }));

Deno.test("doctor --live fails where the job is not the registered one, with the registry's words", () =>
  inWorld(form, { ...ONE_OF_EACH, job: { workflow: "ship.yml" } }, async (world) => {
    const ran = await world.run([...LIVE, "--json"]);
    assertEquals(ran.code, 1);
    const { findings } = JSON.parse(ran.stdout);
    const refused = findings.filter(({ code }: { code: string }) => code === "exchange-refused");
    assertEquals(refused.length, 3);
    assert(ran.stdout.includes("does not match the workflow filename `ship.yml` in the JWT"));
  }));

Deno.test("doctor without --live exchanges nothing and says nothing of it", () =>
  inWorld(form, ONE_OF_EACH, async (world) => {
    const ran = await world.run(["doctor"]);
    assert(!ran.stdout.includes("(live)"));
    assertEquals(world.registries.recorder.of("identity"), []);
    const idle = await world.run(["doctor", "--create-project"]);
    assertEquals(idle.code, 2);
    assertStringIncludes(idle.stdout + idle.stderr, "--create-project does nothing without --live");
  }));

Deno.test("doctor --live, stopped while a registry answers, leaves no token", () =>
  inWorld(form, ONE_OF_EACH, async (world) => {
    const { recorder } = world.registries;
    for (const registry of ["local-crates", "local-pypi", "local-npm"]) {
      const child = world.start(LIVE);
      const stop = recorder.onAnswer(({ method, ...answer }) => {
        if (method !== "POST" || answer.registry !== registry) return;
        stop();
        child.kill("SIGINT");
      });
      assertEquals((await child.output()).code, 130, registry);
      assert(recorder.tokens.some((life) => life.registry === registry));
      assertEquals(recorder.liveTokens(), [], registry);
    }
  }));
