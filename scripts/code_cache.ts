/**
 * Makes V8's code cache of `doctor`, for scripts/compile:
 *
 *     code_cache.ts make   SCRIPT CACHE FILES   lets the bundle SCRIPT look at FILES, and keeps what is compiled for that
 *     code_cache.ts settle SCRIPT CACHE         takes the cache in, and writes it anew
 *
 * It must be compiled itself, because a cache fits one runtime with one set of V8's flags.
 *
 * V8 numbers all functions of a process in the order in which it meets them, also those that are not ours, so two caches of the same
 * functions differ. In a process that does nothing else the numbers are always the same.
 */
import { answer } from "../src/cli/shell.ts";
import { exportsOf, type Script, scriptOf } from "../src/host/embedded.ts";

type Doctor = typeof import("../src/cli/doctor_program.ts");

const [what, script, cache, files] = Deno.args as [string, string, string, string];
const source = await Deno.readTextFile(script);
// Text of one byte a character is there in a third of the time. The bundler writes escapes, but not in regular expressions.
const odd = /[^\0-\x7f]/.exec(source);
if (odd) {
  const advice = `${script} is slower to read than it need be: write "${odd[0]}" as an escape\n`;
  await Deno.stderr.write(new TextEncoder().encode(advice));
}

if (what === "make") {
  const compiled = scriptOf(source, "doctor.cjs");
  const { program } = exportsOf<Doctor>(compiled, script.slice(0, script.lastIndexOf("/")));
  const request = answer(["doctor", "--fail-on", "never"]);
  if (typeof request === "number") throw new Error("doctor refuses its command line");
  Deno.chdir(await ordinary(await Deno.readTextFile(files)));
  const code = await program(request);
  if (code !== 0) throw new Error(`doctor ends with ${code}`);
  await write(compiled);
} else {
  const taken = scriptOf(source, "doctor.cjs", await Deno.readFile(cache));
  if (taken.cachedDataRejected) throw new Error(`V8 refuses ${cache}, which it has made itself`);
  await write(taken);
}

/** A directory with the files of a text; a line "#--- PATH" begins each. */
async function ordinary(text: string): Promise<string> {
  const directory = `${Deno.cwd()}/ordinary`;
  const [, ...files] = text.split(/^#--- /m);
  for (const file of files) {
    const end = file.indexOf("\n");
    const path = `${directory}/${file.slice(0, end)}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, file.slice(end + 1));
  }
  return directory;
}

/** Writes what V8 has compiled of `script`, once no thread of V8's works on it: what is being worked on is marked so. */
async function write(script: Script): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    // What a thread has done is taken over while code runs.
    const busy: Record<string, number> = {};
    for (let turn = 0; turn < 1e5; turn++) busy[`n${turn % 7}`] = turn;
  }
  await Deno.writeFile(cache, script.createCachedData());
}
