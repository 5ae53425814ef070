/** Lines that stand for others: from the first index up to, not including, the second. */
export interface Block {
  readonly old: readonly [from: number, to: number];
  readonly now: readonly [from: number, to: number];
}

/** The fewest lines to change, in order. */
export function changedBlocks(old: readonly string[], now: readonly string[]): Block[] {
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  const rest = Math.min(old.length, now.length) - head;
  while (tail < rest && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const [a, b] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];

  const blocks: Block[] = [];
  let [x, y] = [0, 0];
  for (const [nextX, nextY] of [...matches(a, b), [a.length, b.length] as const]) {
    if (nextX > x || nextY > y) blocks.push({ old: [head + x, head + nextX], now: [head + y, head + nextY] });
    [x, y] = [nextX + 1, nextY + 1];
  }
  return blocks;
}

/** Beyond so many changed lines nobody needs the fewest. */
const MOST = 2_000;

/** The pairs of equal lines of a longest common subsequence (Myers, "An O(ND) Difference Algorithm"). */
function matches(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  // Of each round: how far along `a` one gets on diagonal k (x - y), at index k + round.
  const rounds: number[][] = [];
  for (let round = 0; round <= MOST; round++) {
    const reached: number[] = [];
    rounds.push(reached);
    for (let k = -round; k <= round; k += 2) {
      let x = start(rounds, round, k).x;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reached[k + round] = x;
      if (x >= a.length && x - k >= b.length) return back(rounds, a.length, b.length);
    }
  }
  return [];
}

/** Where a round begins on a diagonal: one line on from the better neighbour of the round before. */
function start(rounds: readonly number[][], round: number, k: number): { x: number; from: number } {
  if (round === 0) return { x: 0, from: 0 };
  const before = (diagonal: number) => rounds[round - 1]![diagonal + round - 1] ?? -1;
  return k === -round || (k !== round && before(k - 1) < before(k + 1))
    ? { x: before(k + 1), from: k + 1 }
    : { x: before(k - 1) + 1, from: k - 1 };
}

function back(rounds: readonly number[][], x: number, y: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let round = rounds.length - 1; round >= 0; round--) {
    const k = x - y;
    const begun = start(rounds, round, k);
    while (x > begun.x) pairs.push([--x, --y]);
    x = round === 0 ? 0 : rounds[round - 1]![begun.from + round - 1]!;
    y = x - begun.from;
  }
  return pairs.reverse();
}
