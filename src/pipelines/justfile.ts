import { SourceText } from "../formats/positions.ts";
import { fileSource, LINE, type ProjectSource } from "./project_files.ts";
import { replaced, settingsIn } from "./replaced.ts";

/** File names that just looks for. */
export const JUSTFILES = ["justfile", "Justfile", ".justfile"];

interface Parameter {
  readonly name: string;
  /** Whether it takes all further words. */
  readonly takesAll: boolean;
  /** What it is when it is not given, as written. */
  readonly otherwise: string | undefined;
}

interface Recipe {
  readonly parameters: readonly Parameter[];
  readonly needs: readonly string[];
  /** Where its body starts and ends. */
  readonly start: number;
  readonly end: number;
}

/**
 * What `just` runs for these recipes, or for the first one when none is named, with those that they need before; `null` where one is not
 * there. `{{…}}` is a word that nobody knows, but for a parameter or a setting whose text is written out.
 */
export function justSources(
  text: string,
  path: string,
  words: readonly string[],
  directory: string | null,
): readonly ProjectSource[] | null {
  const source = new SourceText(text, path);
  const recipes = recipesIn(source.body);
  const aliases = new Map(
    [...source.body.matchAll(/^alias\s+([\w-]+)\s*:=\s*([\w-]+)/gm)].map((each) => [each[1]!, each[2]!]),
  );
  const first = [...recipes.keys()][0];
  const targets = words.filter((word) => !/^[A-Za-z_][\w-]*=/.test(word));
  const asked = targets.length > 0 ? targets : first === undefined ? [] : [first];
  const settings = new Map([...settingsOf(source.body), ...settingsIn(words)]);
  const values = new Map<string, ReadonlyMap<string, string | null>>();
  for (let at = 0; at < asked.length;) {
    const name = aliases.get(asked[at]!) ?? asked[at]!;
    const recipe = recipes.get(name);
    if (!recipe && at === 0) return null;
    // Further words may be what a recipe does not take.
    const { taken, given } = recipe
      ? argumentsOf(recipe, asked.slice(at + 1))
      : { taken: 0, given: new Map() };
    for (const need of recipe?.needs ?? []) {
      if (!values.has(need)) values.set(need, argumentsOf(recipes.get(need), null).given);
    }
    if (recipe) values.set(name, given);
    at += 1 + taken;
  }
  return [...values].flatMap(([name, given]) =>
    bodyOf(source, recipes.get(name), directory, new Map([...settings, ...given]))
  );
}

/** What the parameters of a recipe are, by the words behind its name, and how many of these it takes; `null` for words that nobody knows. */
function argumentsOf(
  recipe: Recipe | undefined,
  words: readonly string[] | null,
): { readonly taken: number; readonly given: ReadonlyMap<string, string | null> } {
  const given = new Map<string, string | null>();
  let taken = 0;
  for (const { name, takesAll, otherwise } of recipe?.parameters ?? []) {
    const own = words?.slice(taken, takesAll ? undefined : taken + 1) ?? [];
    taken += own.length;
    const isKnown = words !== null && own.every((word) => /^(?:\$\{\{.*\}\}|[^$`\ue000]*)$/s.test(word));
    given.set(name, own.length > 0 ? isKnown ? own.join(" ") : null : words && literalOf(otherwise));
  }
  return { taken, given };
}

/** A string as it is; `null` for anything else. */
function literalOf(written: string | undefined): string | null {
  return /^(?:'([^']*)'|"([^"\\{}]*)")$/.exec(written ?? "")?.slice(1).find((each) => each !== undefined) ??
    null;
}

/** The settings of a file whose texts are written out. */
function settingsOf(text: string): [string, string][] {
  return [
    ...text.matchAll(/^(?:export[ \t]+)?([A-Za-z_][\w-]*)[ \t]*:=[ \t]*('[^'\n]*'|"[^"\\{}\n]*")[ \t]*$/gm),
  ]
    .map(([, name, value]) => [name!, value!.slice(1, -1)]);
}

function recipesIn(text: string): Map<string, Recipe> {
  const recipes = new Map<string, Recipe>();
  const header = /^@?([A-Za-z_][\w-]*)([ \t][^:\n]{0,300})?:(?!=)([^\n]*)\n((?:[ \t]+[^\n]*(?:\n|$)|\n)*)/gm;
  for (const match of text.matchAll(header)) {
    const [whole, name, parameters = "", needs, body] = match;
    const end = match.index + whole.length;
    const before = needs!.replace(/#.*/, "").match(/[A-Za-z_][\w-]*/g) ?? [];
    recipes.set(name!, {
      parameters: parametersIn(parameters),
      needs: before,
      start: end - body!.length,
      end,
    });
  }
  return recipes;
}

function parametersIn(written: string): Parameter[] {
  const found = written.matchAll(/(?<=\s)([+*]?)\$?([A-Za-z_][\w-]*)(?:=('[^']*'|"[^"]*"|\S+))?/g);
  return [...found].map(([, sign, name, otherwise]) => ({ name: name!, takesAll: sign !== "", otherwise }));
}

function bodyOf(
  source: SourceText,
  recipe: Recipe | undefined,
  directory: string | null,
  values: ReadonlyMap<string, string | null>,
): ProjectSource[] {
  if (!recipe) return [];
  const { text: body, original } = replaced(
    source.body.slice(recipe.start, recipe.end),
    /\{\{\s{0,9}([A-Za-z_][\w-]{0,99})\s{0,9}\}\}|\{\{.{0,300}?\}\}/g,
    ([, name = ""]) => values.get(name) ?? null,
  );
  const shift = (start: number) => ({
    placeOf: (from: number, to: number) =>
      source.span(recipe.start + original(start + from), recipe.start + original(start + to)),
  });
  const lead = /^\s*/.exec(body)![0].length;
  if (body.startsWith("#!", lead)) {
    const read = fileSource(body.slice(lead), source.path, directory, null);
    return "script" in read ? [{ ...read, script: { text: body.slice(lead), ...shift(lead) } }] : [];
  }
  const lines: ProjectSource[] = [];
  for (const { 0: line, index } of body.matchAll(/(?:[^\n\\]|\\[^\n]|\\\n)+/g)) {
    const skip = /^[\s@-]*/.exec(line)![0];
    const command = line.slice(skip.length);
    lines.push({
      ...LINE,
      directory,
      script: {
        text: skip.includes("-") ? `${command} || true` : command,
        ...shift(index + skip.length),
      },
    });
  }
  return lines;
}
