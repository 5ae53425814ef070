/** `@std/cli` without JSR: the part of `parseArgs` that the scripts use, over `node:util`. */
import { parseArgs as parse } from "node:util";

/** The options that are texts and those that are switches; anything else is a switch, too. */
export interface ParseOptions<Booleans extends string, Strings extends string> {
  readonly boolean?: readonly Booleans[];
  readonly string?: readonly Strings[];
}

/** Splits words into options and, under `_`, the rest. A switch that is not given is `false`, a text `undefined`. */
export function parseArgs<Booleans extends string = never, Strings extends string = never>(
  args: string[],
  options: ParseOptions<Booleans, Strings> = {},
): { _: (string | number)[] } & Record<Booleans, boolean> & Partial<Record<Strings, string>> {
  const switches = Object.fromEntries(
    (options.boolean ?? []).map((name) => [name, { type: "boolean" as const }]),
  );
  const texts = Object.fromEntries((options.string ?? []).map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parse({
    args,
    options: { ...switches, ...texts },
    strict: false,
    allowPositionals: true,
  });
  const absent = Object.fromEntries((options.boolean ?? []).map((name) => [name, false]));
  return { ...absent, ...values, _: positionals } as ReturnType<typeof parseArgs<Booleans, Strings>>;
}
