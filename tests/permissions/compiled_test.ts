import { assert, assertEquals } from "@std/assert";
import { names } from "../../src/permissions.ts";

const compiled = Deno.env.get("KEYLESS_FORMS")?.split(",").includes("compiled") ?? false;

interface Baked {
  readonly argv: readonly string[];
  readonly code_cache_key: unknown;
  readonly env_vars_from_env_file: Readonly<Record<string, string>>;
  readonly unsafely_ignore_certificate_errors: unknown;
  readonly permissions: Readonly<Record<string, readonly string[] | boolean | null>>;
}

/** The settings that `deno compile` appends to a program: one JSON object after its last `{"argv":`. */
async function baked(path: string): Promise<Baked> {
  const bytes = await Deno.readFile(new URL(`../../${path}`, import.meta.url));
  const begin = lastIndexOf(bytes, new TextEncoder().encode('{"argv":'));
  assert(begin >= 0, `${path} holds no settings`);
  const text = new TextDecoder().decode(bytes.subarray(begin, begin + (1 << 20)));
  return JSON.parse(text.slice(0, objectLength(text)));
}

function lastIndexOf(bytes: Uint8Array, word: Uint8Array): number {
  for (let at = bytes.length - word.length; at >= 0; at--) {
    if (word.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/** How far the first JSON object of `text` reaches. */
function objectLength(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") depth++;
    if (token === "}" && --depth === 0) return index + 1;
  }
  return 0;
}

Deno.test({
  name: `a compiled program runs nothing that lies in the temporary directory${
    compiled ? "" : " (skipped: nothing was compiled)"
  }`,
  ignore: !compiled,
  async fn() {
    const packed = new URL("../../dist/ahead/", import.meta.url);
    const temporary = await Deno.makeTempDir({ prefix: "keyless-planted-" });
    try {
      // Where the files that are packed with it seem to be.
      const place = `${temporary}/deno-compile-keyless`;
      const planted = Array.from(Deno.readDirSync(packed), ({ name }) => name);
      assert(planted.includes("doctor.cache"), planted.join());
      await Deno.mkdir(place);
      for (const name of planted) {
        await Deno.writeTextFile(`${place}/${name}`, 'console.log("PLANTED"); Deno.exit(99);');
      }
      const { code, stdout, stderr } = await new Deno.Command(
        new URL("../../dist/keyless", import.meta.url).pathname,
        { args: ["doctor"], cwd: temporary, env: { TMPDIR: temporary }, stdout: "piped", stderr: "piped" },
      ).output();
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assertEquals(code, 3, said);
      assert(!said.includes("PLANTED"), said);
      // And it has left nothing there that a later run would take.
      assertEquals(Array.from(Deno.readDirSync(temporary), ({ name }) => name), ["deno-compile-keyless"]);
    } finally {
      await Deno.remove(temporary, { recursive: true });
    }
  },
});

const sorted = (value: unknown) => (value as string[]).toSorted();

for (const [name, open] of [["keyless", false], ["keyless-open", true]] as const) {
  Deno.test({
    name: `dist/${name} may do exactly what the table says${
      compiled ? "" : " (skipped: nothing was compiled)"
    }`,
    ignore: !compiled,
    async fn() {
      const { permissions, ...settings } = await baked(`dist/${name}`);
      assertEquals(sorted(permissions.allow_net), open ? [] : names("hosts"));
      assertEquals(sorted(permissions.allow_run), open ? [] : names("programs"));
      assertEquals(sorted(permissions.allow_env), open ? [] : names("variables"));
      assertEquals(permissions.allow_read, []);
      assertEquals(permissions.allow_write, []);
      assertEquals(permissions.allow_sys, null);
      assertEquals(permissions.allow_ffi, null);
      assertEquals(permissions.deny_import, []);
      assertEquals(permissions.prompt, false);
      assertEquals(settings.argv, []);
      assertEquals(settings.code_cache_key, null);
      assertEquals(settings.env_vars_from_env_file, {});
      assertEquals(settings.unsafely_ignore_certificate_errors, null);
    },
  });
}
