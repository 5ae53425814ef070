import { assert, assertEquals } from "@std/assert";
import { plant, textOf } from "./hostile.ts";
import { run } from "./support.ts";

for (const client of ["cargo", "npm", "twine", "uv"]) {
  Deno.test(`a signal during an upload ends ${client} and what it has started, and leaves nothing behind`, async () => {
    const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "keyless-interrupted-" }));
    try {
      await plant(place, {
        "package/package.json": "{}",
        // Says who it is, starts something that would stay, and waits.
        [`bin/${client}`]: `#!/bin/sh
case "$*" in *locate-project*) exit 1;; esac
sleep 300 &
echo "$$ $!" > '${place}/pids.part'
mv '${place}/pids.part' '${place}/pids'
wait
`,
        "tmp/.keep": "",
      });
      await run(place, "tar", "czf", "widget.file", "package/package.json");
      const driver = new URL("interrupted_upload.ts", import.meta.url).pathname;
      const watcher = Deno.watchFs(place);
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-q",
          "-A",
          "--no-check",
          "--config",
          CONFIG,
          driver,
          client,
          `${place}/widget.file`,
          `${place}/bin:/usr/bin:/bin`,
          place,
        ],
        env: { TMPDIR: `${place}/tmp` },
        stdout: "null",
      }).spawn();
      // Without a client there is nothing to wait for.
      const ended = child.status.then(({ code }) => {
        watcher.close();
        return code;
      });
      for await (const _ of watcher) if (await textOf(`${place}/pids`) !== null) break;
      const pids = await textOf(`${place}/pids`);
      assert(pids !== null, "the upload ended before it started its client");
      child.kill("SIGTERM");
      assertEquals(await ended, 143);
      assertEquals(pids.trim().split(" ").filter(isAlive), []);
      assertEquals([...Deno.readDirSync(`${place}/tmp`)].map((entry) => entry.name), [".keep"]);
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  });
}

/** The configuration that this test itself runs with. */
const CONFIG = new URL(
  import.meta.resolve("@std/assert").startsWith("file:") ? "../../deno.npm.json" : "../../deno.json",
  import.meta.url,
).pathname;

function isAlive(pid: string): boolean {
  return new Deno.Command("kill", { args: ["-0", pid], stderr: "null" }).outputSync().success;
}
