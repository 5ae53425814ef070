import { rewrite } from "../host/rewrite.ts";
import type { Finding, Fix } from "../report/finding.ts";
import type { Fixes } from "../report/fixes.ts";
import { FileFixes } from "./file_fixes.ts";

/** Which fixes are wanted; `unsafe` means the safe ones too. */
export interface FixOptions {
  readonly allow: "safe" | "unsafe";
}

/** What became of the fixes, and the new texts of the files that they change, by path. */
export interface Fixed<F extends Finding = Finding> extends Fixes<F> {
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Applies the fixes of findings that nobody accepted to the texts of `sources`, the first ones first; writes nothing. A fix lands as
 * a whole or not at all: not when it touches what another one changes, unless both want the very same, and not when a file would no
 * longer be read, or have other values than by each of its fixes alone.
 */
export function applyFixes<F extends Finding>(
  findings: readonly F[],
  sources: ReadonlyMap<string, string>,
  { allow }: FixOptions,
): Fixed<F> {
  const files = new Map<string, FileFixes>();
  const sorted: Record<keyof Fixes, F[]> = { applied: [], heldBack: [], overlapping: [], broken: [] };
  for (const finding of findings) {
    const { fix, ignored } = finding;
    if (!fix || ignored !== null) continue;
    sorted[fix.safe || allow === "unsafe" ? land(fix, files, sources) : "heldBack"].push(finding);
  }
  return { ...sorted, texts: new Map([...files].map(([path, file]) => [path, file.text])) };
}

/** Adds a fix to the files that it changes, to all of them or to none. */
function land(
  { edits }: Fix,
  files: Map<string, FileFixes>,
  sources: ReadonlyMap<string, string>,
): keyof Fixes {
  if (edits.length === 0) return "broken";
  const changed = new Map<string, FileFixes>();
  for (const [path, some] of Map.groupBy(edits, (edit) => edit.path)) {
    const source = sources.get(path);
    if (source === undefined) return "broken";
    const after = (files.get(path) ?? new FileFixes(path, source)).with(some);
    if (typeof after === "string") return after;
    changed.set(path, after);
  }
  for (const [path, file] of changed) files.set(path, file);
  return "applied";
}

/** Writes the texts into the tree at `root`; `sources` are the texts that were read. @throws {KeylessError} as {@link rewrite} */
export async function writeFixes(
  root: string,
  texts: ReadonlyMap<string, string>,
  sources: ReadonlyMap<string, string>,
): Promise<void> {
  await rewrite(root, [...texts].map(([path, after]) => ({ path, before: sources.get(path)!, after })));
}

/** What a look at the project gave. */
export interface Looked<F extends Finding = Finding> {
  readonly findings: readonly F[];
  /** The texts that findings point at, by path. */
  readonly sources: ReadonlyMap<string, string>;
}

/** What became of all rounds of fixing. */
export interface FixedAll<L extends Looked<F>, F extends Finding = Finding> extends Fixes<F> {
  /** The last look: what is left. */
  readonly left: L;
  /** The texts of before and after all rounds, by path. */
  readonly changes: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
}

/** Each round solves what overlapped in the one before; a real project needs one or two. */
const ROUNDS = 8;

/**
 * Looks, fixes and writes until a look finds nothing more to fix, or the fixes go round in circles; those are `broken`.
 *
 * @throws {KeylessError} as {@link writeFixes}
 */
export async function fixAll<F extends Finding, L extends Looked<F>>(
  root: string,
  look: () => Promise<L>,
  options: FixOptions,
): Promise<FixedAll<L, F>> {
  return await inRounds(look, (texts, sources) => writeFixes(root, texts, sources), options);
}

/** The same without writing: each look is given the texts that the rounds before it have changed, by path. */
export async function planFixes<F extends Finding, L extends Looked<F>>(
  look: (changed: ReadonlyMap<string, string>) => Promise<L>,
  options: FixOptions,
): Promise<FixedAll<L, F>> {
  const changed = new Map<string, string>();
  const keep = (texts: ReadonlyMap<string, string>) => {
    for (const [path, text] of texts) changed.set(path, text);
  };
  return await inRounds(() => look(changed), keep, options);
}

async function inRounds<F extends Finding, L extends Looked<F>>(
  look: () => Promise<L>,
  keep: (texts: ReadonlyMap<string, string>, sources: ReadonlyMap<string, string>) => void | Promise<void>,
  options: FixOptions,
): Promise<FixedAll<L, F>> {
  const applied: F[] = [];
  const changes = new Map<string, { before: string; after: string }>();
  for (let round = 0;; round++) {
    const left = await look();
    const fixed = applyFixes(left.findings, left.sources, options);
    if (fixed.applied.length === 0 || round === ROUNDS) {
      return { ...fixed, applied, broken: [...fixed.applied, ...fixed.broken], left, changes };
    }
    await keep(fixed.texts, left.sources);
    applied.push(...fixed.applied);
    for (const [path, after] of fixed.texts) {
      changes.set(path, { before: changes.get(path)?.before ?? left.sources.get(path)!, after });
    }
  }
}
