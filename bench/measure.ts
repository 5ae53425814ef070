/** Measuring programs against each other in one run, so that the machine's mood counts for both. */

/** One comparison. */
export interface Row {
  readonly name: string;
  /** What it is compared with. */
  readonly base: string;
  readonly measured: number;
  readonly baseMeasured: number;
  readonly unit: "ms" | "KiB" | "round trips";
  readonly ratio: number;
  /** The ratio that it should stay under; `null`: only shown. */
  readonly target: number | null;
}

/** One program to start. */
export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  /** The exit codes that a run may have, or the measurement is worth nothing. */
  readonly code: number | readonly number[];
  readonly cwd?: string;
}

/** A {@link Row} from two numbers. */
export function row(
  name: string,
  base: string,
  measured: number,
  baseMeasured: number,
  unit: Row["unit"],
  target: number | null,
): Row {
  return { name, base, measured, baseMeasured, unit, ratio: measured / baseMeasured, target };
}

/** Wall times in milliseconds, `of` each list of them; every start once a round, so that all see the same load. */
export async function wallTimes<Name extends string>(
  starts: Readonly<Record<Name, Start>>,
  rounds: number,
  of: (times: readonly number[]) => number = median,
): Promise<Record<Name, number>> {
  const names = Object.keys(starts) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const begin = performance.now();
      await started(starts[name]);
      // The first round only warms the caches.
      if (round >= 0) times[name].push(performance.now() - begin);
    }
  }
  return Object.fromEntries(names.map((name) => [name, of(times[name])])) as Record<Name, number>;
}

/** Median of the largest resident set in KiB, by GNU time; `null` where that is not installed. */
export async function residentSet(start: Start, rounds: number): Promise<number | null> {
  const sizes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stderr } = await new Deno.Command("/usr/bin/time", {
      args: ["-q", "-f", "%M", start.command, ...start.args],
      ...start.cwd === undefined ? {} : { cwd: start.cwd },
      stdout: "null",
      stderr: "piped",
    }).output().catch(() => ({ stderr: new Uint8Array() }));
    const size = Number(new TextDecoder().decode(stderr).trim().split("\n").pop() || NaN);
    if (Number.isNaN(size)) return null;
    sizes.push(size);
  }
  return median(sizes);
}

/** The middle of a list that is not empty. */
export function median(list: readonly number[]): number {
  const sorted = list.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** The first quartile: how long it takes when little else runs, without trust in one lucky run. */
export function quartile(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 2]!;
}

async function started({ command, args, code, cwd }: Start): Promise<void> {
  const outcome = await new Deno.Command(command, {
    args: [...args],
    ...cwd === undefined ? {} : { cwd },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  if (![code].flat().includes(outcome.code)) {
    throw new Error(`${command} ${args.join(" ")} ended with ${outcome.code}, not ${code}`);
  }
}
