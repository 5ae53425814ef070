import { assertEquals } from "@std/assert";
import { SURFACE } from "../compat/surface.ts";
import { places, program, sources } from "./sources.ts";

/** Who may see a secret, and where it goes from there. */
const REVEALERS: Readonly<Record<string, string>> = {
  "src/host/handover.ts": "what `exchange` hands over: stdout, a private file, a step output",
  "src/host/http.ts": "a request's header and body",
  "src/host/listen_tcp.ts": "the answer to a client that asks its parent for a credential",
  "src/host/mask.ts": "the mask command of GitHub Actions",
  "src/host/process.ts": "a child's environment and stdin",
  "src/registries/token_check.ts": "what the form of a credential tells without any network",
};

/** Who may write text that is not searched for secrets. */
const RAW_WRITERS: Readonly<Record<string, string>> = {
  "src/credentials/cargo_provider.ts": "the answer to cargo, which reads it from a pipe",
  "src/host/handover.ts": "what `exchange --print` hands over",
  "src/host/mask.ts": "the mask command of GitHub Actions",
  "src/host/terminal.ts": "the gate itself",
};

const inSrc = async () => (await program()).filter(({ path }) => path.startsWith("src/"));

Deno.test("only src/host uses Deno and fetch", async () => {
  const outside = (await inSrc()).filter(({ path }) => !path.startsWith("src/host/"));
  assertEquals(places(outside, /\bDeno\b\.?\w*/), []);
  assertEquals(places(outside, /(?<![.\w])fetch\(/), []);
});

Deno.test("main.ts takes the arguments and ends the program, and nobody else ends it", async () => {
  const [main] = await sources("main.ts");
  assertEquals([...new Set(main!.code.match(/Deno\.\w+/g))].sort(), ["Deno.args", "Deno.exit"]);
  assertEquals(places(await inSrc(), /Deno\.exit\b/), []);
});

Deno.test("secrets are revealed in known places alone", async () => {
  const found = (await inSrc()).filter(({ code }) => /\.reveal\b/.test(code)).map(({ path }) => path);
  assertEquals(found, Object.keys(REVEALERS));
});

Deno.test("output that is not searched for secrets comes from known places alone", async () => {
  const found = (await inSrc()).filter(({ code }) => /\bwriteRaw\(/.test(code)).map(({ path }) => path);
  assertEquals(found, Object.keys(RAW_WRITERS));
});

Deno.test("node's built-ins are used in compat alone", async () => {
  const users = (await sources("main.ts", "src", "scripts", "tests"))
    .filter(({ imports }) => imports.some(({ from }) => from.startsWith("node:")));
  assertEquals(users.map(({ path }) => path), []);
});

Deno.test("packages are imported by the names that both profiles know, and no more of them than both offer", async () => {
  const { imports: known } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  const wrong: string[] = [];
  for (const { path, imports } of await sources("main.ts", "src", "scripts", "tests")) {
    for (const { from, names, ...each } of imports) {
      if (each.path !== null) continue;
      if (!Object.hasOwn(known, from)) wrong.push(`${path}: ${from}`);
      for (const name of Object.hasOwn(SURFACE, from) ? names : []) {
        if (!SURFACE[from]!.includes(name)) wrong.push(`${path}: ${name} of ${from}`);
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("nobody prints past the terminal's gate", async () => {
  assertEquals(places(await program(), /\bconsole\.\w+/), []);
});
