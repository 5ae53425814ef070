/**
 * Measures what keyless costs, as ratios within one run: prints a table and writes dist/bench.json. With `--check` it ends with 1
 * when a ratio misses its target.
 */
import { doctor } from "./doctor.ts";
import { exchange } from "./exchange.ts";
import type { Row } from "./measure.ts";
import { publish } from "./publish.ts";
import { startup } from "./startup.ts";

const rows: Row[] = [...await startup(), ...await exchange(), ...await publish(), ...await doctor()];

const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
const amount = ({ unit }: Row, value: number) =>
  unit === "KiB" ? `${(value / 1024).toFixed(1)} MiB` : `${value.toFixed(1)} ${unit}`;
const cells = rows.map((row) => [
  row.name,
  amount(row, row.measured),
  amount(row, row.baseMeasured),
  row.base,
  row.ratio.toFixed(2),
  row.target === null ? "" : `${row.ratio <= row.target ? "within" : "over"} ${row.target}`,
]);
const table = [["what", "measured", "base", "", "ratio", "target"], ...cells];
const widths = table[0]!.map((_, i) => Math.max(...table.map((line) => line[i]!.length)));
for (const line of table) say(line.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd());

const report = {
  schema: "keyless/bench/1",
  deno: Deno.version.deno,
  os: Deno.build.os,
  arch: Deno.build.arch,
  rows,
};
await Deno.writeTextFile(
  new URL("../dist/bench.json", import.meta.url),
  JSON.stringify(report, null, 2) + "\n",
);

if (Deno.args.includes("--check") && rows.some(({ ratio, target }) => target !== null && ratio > target)) {
  Deno.exit(1);
}
