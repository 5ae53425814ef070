import type { SourceText } from "../../formats/positions.ts";
import type { Edit } from "../../report/finding.ts";
import { UNKNOWN } from "../commands.ts";
import type { Interpolation } from "../model.ts";
import type { Script } from "../script.ts";
import type { Bindings } from "./bindings.ts";
import type { Token } from "./groovy.ts";

/** The script of a step, with the place of each of its characters. */
export function scriptOf(tokens: readonly Token[], source: SourceText): Script {
  let text = "";
  const back: number[] = [];
  for (const { kind, text: part, start, string } of tokens) {
    const known = kind === "text" && string !== null;
    text += known ? part : UNKNOWN;
    for (const offset of known ? string.back.slice(0, -1) : [start]) back.push(offset);
  }
  const end = tokens.at(-1)!.end;
  return {
    text,
    placeOf(from, to) {
      const line = text.slice(from, to).split("\n")[0]!.trimEnd();
      const start = back[from] ?? end;
      return source.span(start, Math.max(start, (back[from + line.length - 1] ?? end - 1) + 1));
    },
  };
}

/** The credentials that Groovy puts into a script, and how the shell can read them instead. */
export function interpolationsIn(
  tokens: readonly Token[],
  program: string,
  bindings: Bindings,
  source: SourceText,
): Interpolation[] {
  return tokens.flatMap((token) => {
    const { string } = token;
    return (string?.interpolations ?? []).flatMap(({ variable, start, end }): Interpolation[] => {
      const bound = variable === null ? undefined : bindings.get(variable);
      if (!bound || bound.credential === null) return [];
      const edits = program === "sh" && string ? edited(token, bindings, source) : null;
      return [{
        variable: variable!,
        at: source.span(start, end),
        boundAt: bound.keyAt,
        fix: edits &&
          {
            safe: true,
            description: "write the script in single quotes, so that the shell reads the variables",
            edits,
          },
      }];
    });
  });
}

/** Single quotes for double ones, where that changes nothing else; `null` where it would. */
function edited({ string, start, end }: Token, bindings: Bindings, source: SourceText): Edit[] | null {
  const { quote, interpolations } = string!;
  const inside = source.body.slice(start + quote.length, end - quote.length);
  const shut = source.body.slice(start, end).endsWith(quote) &&
    inside.length + 2 * quote.length === end - start;
  const readable = interpolations.every(({ variable }) => variable !== null && bindings.has(variable));
  const single = quote.replaceAll('"', "'");
  const safe = quote.startsWith('"') && shut && readable && !inside.includes("\\") &&
    !(single === "'" ? inside.includes("'") : /'''|'$/.test(inside));
  if (!safe) return null;
  const edit = (from: number, to: number, text: string): Edit => {
    const { start: first, end: last, path } = source.span(from, to);
    return { path, start: first.offset, end: last.offset, text };
  };
  return [
    edit(start, start + quote.length, single),
    // `env.` is Groovy's; the shell knows the variable by its name.
    ...interpolations.filter((each) => source.body.slice(each.start, each.end).includes("env.")).map((each) =>
      edit(each.start, each.end, `\${${each.variable}}`)
    ),
    edit(end - quote.length, end, single),
  ];
}
