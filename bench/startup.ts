/** How long the program takes to say something short, against an empty program under the same Deno and the same flags. */
import { fromFileUrl, join } from "@std/path";
import { flags } from "../src/permissions.ts";
import { quartile, residentSet, type Row, row, type Start, wallTimes } from "./measure.ts";

const DIST = fromFileUrl(new URL("../dist/", import.meta.url));
/** So many that the quartiles hold still on a machine that does other things too. */
const ROUNDS = 60;

const SAYINGS = {
  "--version": { args: ["--version"], code: 0 },
  "--help": { args: ["--help"], code: 0 },
  "unknown option": { args: ["doctor", "--nope"], code: 2 },
} as const;

/** The bundle under `deno run`, and the compiled program where dist/ has one. */
export async function startup(): Promise<Row[]> {
  const empty = join(DIST, "bench", "empty.js");
  await Deno.mkdir(join(DIST, "bench"), { recursive: true });
  await Deno.writeTextFile(empty, "");

  const run = (file: string): [string, string[]] => [
    Deno.execPath(),
    ["run", "--no-config", ...flags("scoped", "run"), file],
  ];
  const rows = await against("deno run", run(join(DIST, "split", "main.js")), run(empty), 1.15);

  const program = join(DIST, "keyless");
  if (!await exists(program)) return rows;
  const hollow = await compiled(empty);
  return [...rows, ...await against("compiled", [program, []], [hollow, []], 1.1)];
}

async function against(
  form: string,
  program: readonly [string, readonly string[]],
  empty: readonly [string, readonly string[]],
  target: number,
): Promise<Row[]> {
  const start = ([command, args]: typeof program, words: readonly string[], code: number): Start => ({
    command,
    args: [...args, ...words],
    code,
  });
  const sayings = Object.entries(SAYINGS).map(([name, { args, code }]) =>
    [name, start(program, args, code)] as const
  );
  const base = start(empty, [], 0);
  const times = await wallTimes({ empty: base, ...Object.fromEntries(sayings) }, ROUNDS, quartile);
  const rows = sayings.map(([name]) =>
    row(`${form} ${name}`, "empty program", times[name as "empty"], times.empty, "ms", target)
  );
  const size = await residentSet(sayings[0]![1], 5);
  const emptySize = await residentSet(base, 5);
  if (size !== null && emptySize !== null) {
    rows.push(row(`${form} --version, memory`, "empty program", size, emptySize, "KiB", 1.15));
  }
  return rows;
}

/** An empty program compiled as scripts/compile compiles, with the compiler that it uses. */
async function compiled(source: string): Promise<string> {
  const output = join(DIST, "bench", "empty");
  const runtime = Deno.env.get("DENORT_BIN");
  const beside = runtime && join(runtime, "..", "deno");
  const compiler = beside && await exists(beside) ? beside : Deno.execPath();
  const { success, stderr } = await new Deno.Command(compiler, {
    args: ["compile", ...flags("scoped", "compile"), "--output", output, source],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return output;
}

async function exists(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}
