import { assert, assertEquals } from "@std/assert";
import { type Form, forms } from "./forms.ts";
import { inWorld, type World, type WorldOptions } from "./world.ts";

/** One of each kind; nothing of them depends on an address, so that they can be packed once for all worlds. */
const ONE_OF_EACH = { only: ["e2e-core", "e2e", "@acme/e2e"], pypiClient: "uv" } as const;
const PUBLISH = ["publish", "--artifacts", "artifacts"];

const FILES = [
  "local-crates e2e-core 1.0.0 e2e-core-1.0.0.crate",
  "local-npm @acme/e2e 1.0.0 acme-e2e-1.0.0.tgz",
  "local-pypi e2e 1.0.0 e2e-1.0.0-py3-none-any.whl",
  "local-pypi e2e 1.0.0 e2e-1.0.0.tar.gz",
];

/** Where in the life of a request the program is stopped. */
type Moment = "onRequest" | "onAnswer";

/** The quickest form that is there: what is tested is the release, and the forms share its code. */
const form = forms.findLast((one) => one.missing === null)!;

Deno.test("stopped by a signal at any request, a release leaves no token, and the next run finishes it", async () => {
  await atEveryRequest("onRequest", "SIGTERM", 143);
});

Deno.test("killed at any answer, a release is finished by the next run, each version published once", async () => {
  await atEveryRequest("onAnswer", "SIGKILL", 137);
});

Deno.test("Ctrl-C during an upload ends with 130 and leaves nothing behind", async () => {
  await withArtifacts(form, async (options) => {
    await inWorld(form, options, async (world) => {
      const { recorder } = world.registries;
      const child = world.start(PUBLISH);
      const stop = recorder.onRequest(({ method, registry }) => {
        if (method !== "PUT" || registry !== "local-crates") return;
        stop();
        child.kill("SIGINT");
      });
      assertEquals((await child.output()).code, 130);
      assertEquals(recorder.liveTokens(), []);
      const left = [...Deno.readDirSync(world.canary.temporary)].map((entry) => entry.name);
      assertEquals(left.filter((name) => name.startsWith("keyless-")), []);
    });
  });
});

async function atEveryRequest(moment: Moment, signal: Deno.Signal, code: number): Promise<void> {
  await withArtifacts(form, async (options) => {
    const count = await countRequests(options);
    assert(count > 20, `only ${count} requests`);
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    const worker = async () => {
      for (let number; (number = numbers.shift()) !== undefined;) {
        await stopAt(number, moment, signal, code, options);
      }
    };
    await Promise.all([worker(), worker()]);
  });
}

/** Packs once, and gives the options of a world that has the artifacts. */
async function withArtifacts(form: Form, test: (options: WorldOptions) => Promise<void>): Promise<void> {
  await inWorld(form, ONE_OF_EACH, async (world) => {
    const packed = await world.run(["pack", "--artifacts", "artifacts"]);
    assertEquals(packed.code, 0, packed.stderr);
    await test({ ...ONE_OF_EACH, artifacts: `${world.root}/artifacts` });
  });
}

async function countRequests(options: WorldOptions): Promise<number> {
  let count = 0;
  await inWorld(form, options, async (world) => {
    const { code, stdout, stderr } = await world.run(PUBLISH);
    assertEquals(code, 0, stdout + stderr);
    count = world.registries.recorder.of("request").length;
  });
  return count;
}

async function stopAt(
  number: number,
  moment: Moment,
  signal: Deno.Signal,
  code: number,
  options: WorldOptions,
): Promise<void> {
  await inWorld(form, options, async (world) => {
    const ended = await interrupt(world, number, moment, signal);
    // The last requests are made in no fixed order, and the program may be done before the signal arrives.
    assert(ended === code || ended === 0, `request ${number}: ended with ${ended}`);
    const { recorder } = world.registries;
    if (signal === "SIGTERM") assertEquals(recorder.liveTokens(), [], `request ${number}`);
    const second = await world.run(PUBLISH);
    assertEquals(second.code, 0, `request ${number}: ${second.stdout}${second.stderr}`);
    assertEquals(world.stored(), FILES, `request ${number}`);
    // What a killed process could not burn has an end, and is as good as unused.
    for (const life of recorder.liveTokens()) assert(life.expiresAt !== null);
  });
}

async function interrupt(world: World, number: number, moment: Moment, signal: Deno.Signal): Promise<number> {
  const { recorder } = world.registries;
  const child = world.start(PUBLISH);
  const stop = recorder[moment](async (boundary) => {
    if (boundary.number !== number) return;
    stop();
    child.kill(signal);
    // A killed process is waited for, so that the request is handled for nobody; a stopped one may still need the answer.
    if (signal === "SIGKILL") await child.status;
  });
  const { code } = await child.output();
  stop();
  return code;
}
