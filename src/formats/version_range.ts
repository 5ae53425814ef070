import { OnDemand } from "./on_demand.ts";

/** The whole grammar; what most people write needs less, and starts faster without it. */
const SEMVER = new OnDemand(async () => (await import("semver")).default);

/**
 * What a version or a range of npm's grammar means, in words that {@link intersects} takes; `null` for what is none, as for no text.
 *
 * @throws what `withLibraries` catches, where it is more than a plain version
 */
export function validRange(text: string | null): string | null {
  if (text === null) return null;
  const [, operator, major, minor, patch] = PARTIAL.exec(text) ?? [];
  // Below 1.0.0 a caret says something else.
  if (major !== undefined && (operator === undefined || major !== "0")) {
    if (patch !== undefined && operator === undefined) return `${major}.${minor}.${patch}`;
    const from = `${major}.${minor ?? 0}.${patch ?? 0}`;
    if (operator === ">=") return `>=${from}`;
    const to = minor === undefined || operator === "^"
      ? `${Number(major) + 1}.0.0`
      : `${major}.${Number(minor) + 1}.0`;
    return `${from === "0.0.0" ? "" : `>=${from} `}<${to}-0`;
  }
  if (text === "*" || text === "") return "*";
  return WORD.test(text) ? null : SEMVER.get().validRange(text);
}

/**
 * Whether there may be a version in both ranges.
 *
 * @throws what `withLibraries` catches, where one of them is more than versions, `>=`, `<` and `^`
 */
export function intersects(one: string, other: string): boolean {
  const [some, others] = [intervals(one), intervals(other)];
  if (!some || !others) return SEMVER.get().intersects(one, other);
  return some.some(([from, to]) => others.some(([low, high]) => from < high && low < to));
}

/** Whether every version of a range is in another one. @throws as {@link intersects} */
export function subset(inner: string, outer: string): boolean {
  const [some, others] = [intervals(inner), intervals(outer)];
  if (!some || !others) return SEMVER.get().subset(inner, outer);
  return some.every(([from, to]) => others.some(([low, high]) => low <= from && to <= high));
}

const NUMBER = "(0|[1-9]\\d{0,4})";
/** What is not given may be anything, also as `x`. */
const PARTIAL = new RegExp(
  `^(?:(>=|\\^|~)|v)?${NUMBER}(?:\\.${NUMBER}(?:\\.${NUMBER}|\\.[x*])?|(?:\\.[x*]){1,2})?$`,
);
/** No digit, and no `x`, which stands for any. */
const WORD = /^[a-wyz]{2,}(?:\/(?:\*|[a-wyz]+))?$/;
const COMPARATOR = new RegExp(`^(>=|<|\\^)?${NUMBER}(?:\\.${NUMBER}(?:\\.${NUMBER})?)?(-0)?$`);

/** From a version on, up to another one that is no longer in it, as numbers that compare as the versions do. */
type Interval = readonly [from: number, to: number];

const PART = 100_000;

function intervals(range: string): readonly Interval[] | null {
  const found = range.split(" || ").map(interval);
  return found.every((each) => each !== null) ? found : null;
}

function interval(range: string): Interval | null {
  if (range === "*") return [0, Infinity];
  // Without a lower end even prereleases of 0.0.0 are in a range.
  let [from, to] = [-1, Infinity];
  for (const comparator of range.split(" ")) {
    const [, operator, major, minor, patch, below] = COMPARATOR.exec(comparator) ?? [];
    // Below 1.0.0 a caret says something else, and of a first prerelease only the end of a range is known here.
    if (major === undefined || (operator === "^" && major === "0") || (below && operator !== "<")) {
      return null;
    }
    const version = (Number(major) * PART + Number(minor ?? 0)) * PART + Number(patch ?? 0);
    // That is everything, which npm treats in a way of its own.
    if (operator === ">=" && version === 0) return null;
    if (operator === "<") to = Math.min(to, version);
    else {
      // `0` and `0.0` begin with the prereleases of 0.0.0 too.
      if (version > 0 || operator || patch !== undefined) from = Math.max(from, version);
      if (operator === "^") to = Math.min(to, (Number(major) + 1) * PART * PART);
      else if (!operator) {
        to = Math.min(to, version + (patch !== undefined ? 1 : minor !== undefined ? PART : PART * PART));
      }
    }
  }
  return from < to && to > 0 ? [from, to] : null;
}
