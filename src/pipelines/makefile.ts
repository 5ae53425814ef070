import { SourceText } from "../formats/positions.ts";
import { LINE, type ProjectSource } from "./project_files.ts";
import { type Replaced, replaced, settingsIn } from "./replaced.ts";

/** A recipe: its lines, and what it needs before it. */
interface Rule {
  readonly needs: readonly string[];
  readonly lines: readonly { readonly text: string; readonly start: number }[];
}

/** File names that make looks for, in this order. */
export const MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];

/**
 * What `make` runs for these targets, or for the first one when none is named, with their direct prerequisites before; `null` where a
 * target is not there. Variables of make are words that nobody knows, but for those that its own line sets, among the words.
 */
export function makeSources(
  text: string,
  path: string,
  words: readonly string[],
  directory: string | null,
): readonly ProjectSource[] | null {
  const source = new SourceText(text, path);
  const targets = words.filter((word) => !word.includes("="));
  const variables = settingsIn(words);
  const rules = rulesIn(source.body);
  const wanted = targets.length > 0
    ? targets
    : [...rules.keys()].filter((name) => !name.startsWith(".")).slice(0, 1);
  if (!wanted.every((name) => rules.has(name))) return null;
  const names = new Set(wanted.flatMap((name) => [...rules.get(name)!.needs, name]));
  return [...names].flatMap((name) => rules.get(name)?.lines ?? []).map(({ text: line, start }) => {
    // Each line is a shell of its own; `-` before it ignores its failure.
    const lead = /^[\s@+-]*/.exec(line)![0];
    const from = start + lead.length;
    const { text: command, original } = withVariables(line.slice(lead.length), variables);
    return {
      ...LINE,
      directory,
      script: {
        text: lead.includes("-") ? `${command} || true` : command,
        placeOf: (a: number, b: number) => source.span(from + original(a), from + original(b)),
      },
    };
  });
}

function rulesIn(text: string): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  let open: { readonly text: string; readonly start: number }[] | null = null;
  // A line goes on behind a backslash at its end.
  for (const { 0: line, index } of text.matchAll(/(?:[^\n\\]|\\[^\n]|\\\n)+/g)) {
    if (line.startsWith("\t")) {
      open?.push({ text: line, start: index });
      continue;
    }
    const [, names, needs, inline] = /^([^\s#:=][^#:=]*)::?(?!=)([^=;#]*)(?:;(.*))?(?:#.*)?$/s.exec(line) ??
      [];
    if (names === undefined) {
      if (
        /^\S/.test(line) &&
        !/^(?:#|ifn?eq|ifn?def|else|endif|include|-include|export|define|endef)/.test(line)
      ) open = null;
      continue;
    }
    const lines: { readonly text: string; readonly start: number }[] = [];
    open = lines;
    if (inline !== undefined) lines.push({ text: inline, start: index + line.indexOf(inline) });
    const before = needs!.replaceAll("\\\n", " ").split(/[\s|]+/).filter((each) => each !== "");
    for (const name of names.trim().split(/\s+/)) {
      const known = rules.get(name);
      rules.set(name, {
        needs: [...known?.needs ?? [], ...before],
        lines: known && known.lines.length > 0 ? known.lines : lines,
      });
    }
  }
  return rules;
}

/** `$$` is a dollar of the shell; everything else behind a dollar is make's. */
const OF_MAKE = /\$\$|\$\(([^)]{0,500})\)|\$\{([^}]{0,500})\}|\$./g;

function withVariables(line: string, variables: ReadonlyMap<string, string>): Replaced {
  return replaced(line, OF_MAKE, ([found, round, curly]) => {
    if (found === "$$") return "$";
    if (round === "MAKE") return "make";
    return variables.get(round ?? curly ?? "") ?? null;
  });
}
