/**
 * Makes V8's code cache of the modules in a directory, for scripts/compile:
 *
 *     code_cache.ts make   DIRECTORY FILES   lets `doctor` look at FILES, and keeps what is compiled for that
 *     code_cache.ts settle DIRECTORY         takes each cache in, and writes it anew
 *
 * It must be compiled itself, because a cache fits one runtime with one set of V8's flags.
 *
 * V8 numbers all functions of a process in the order in which it meets them, also those that are not ours, so two caches of the same
 * functions differ. In a process that does nothing else the numbers are always the same.
 */
import { answer } from "../src/cli/shell.ts";
import { Embedded, type Script } from "../src/host/embedded.ts";

type Doctor = typeof import("../src/cli/doctor_program.ts");

const [what, directory, files] = Deno.args as [string, string, string];
const modules = new Embedded(directory);

if (what === "make") {
  // Text of one byte a character is there in a third of the time. The bundler writes escapes, but not in regular expressions.
  const odd = /[^\0-\x7f]/.exec(await Deno.readTextFile(`${directory}/doctor.cjs`));
  if (odd) {
    const advice = `doctor.cjs is slower to read than it need be: write "${odd[0]}" as an escape\n`;
    await Deno.stderr.write(new TextEncoder().encode(advice));
  }
  const { program } = modules.exports<Doctor>("doctor");
  const request = answer(["doctor", "--fail-on", "never"]);
  if (typeof request === "number") throw new Error("doctor refuses its command line");
  Deno.chdir(await ordinary(await Deno.readTextFile(files)));
  const code = await program(request);
  if (code !== 0) throw new Error(`doctor ends with ${code}`);
  await write(modules.scripts);
} else {
  const names = Array.from(Deno.readDirSync(directory), ({ name }) => name)
    .filter((name) => name.endsWith(".cache")).map((name) => name.slice(0, -".cache".length)).sort();
  const taken = new Map(names.map((name) => [name, modules.compiled(name)]));
  for (const [name, { cachedDataRejected }] of taken) {
    if (cachedDataRejected) throw new Error(`V8 refuses ${name}.cache, which it has made itself`);
  }
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

/** Writes what V8 has compiled, once no thread of V8's works on it: what is being worked on is marked so. */
async function write(scripts: ReadonlyMap<string, Script>): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    // What a thread has done is taken over while code runs.
    const busy: Record<string, number> = {};
    for (let turn = 0; turn < 1e5; turn++) busy[`n${turn % 7}`] = turn;
  }
  for (const [name, script] of scripts) {
    await Deno.writeFile(`${directory}/${name}.cache`, script.createCachedData());
  }
}
