import { SourceText } from "../formats/positions.ts";
import { UNKNOWN } from "./commands.ts";
import { fileSource, LINE, type ProjectSource } from "./project_files.ts";

/** File names that just looks for. */
export const JUSTFILES = ["justfile", "Justfile", ".justfile"];

interface Recipe {
  readonly needs: readonly string[];
  /** Where its body starts and ends. */
  readonly start: number;
  readonly end: number;
}

/**
 * What `just` runs for these recipes, or for the first one when none is named, with those that they need before; `null` where one is not
 * there. `{{…}}` is a word that nobody knows.
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
  const asked = words.length > 0 ? words : first === undefined ? [] : [first];
  const named = asked.map((name) => aliases.get(name) ?? name);
  // Further words may be arguments of the first recipe.
  if (named[0] === undefined || !recipes.has(named[0])) return null;
  const wanted = named.filter((name) => recipes.has(name));
  const all = new Set(wanted.flatMap((name) => [...recipes.get(name)!.needs, name]));
  return [...all].flatMap((name) => bodyOf(source, recipes.get(name), directory));
}

function recipesIn(text: string): Map<string, Recipe> {
  const recipes = new Map<string, Recipe>();
  const header =
    /^@?([A-Za-z_][\w-]*)(?:[ \t][^:\n]{0,300})?:(?!=)([^\n]*)\n((?:[ \t]+[^\n]*(?:\n|$)|\n)*)/gm;
  for (const match of text.matchAll(header)) {
    const [whole, name, needs, body] = match;
    const end = match.index + whole.length;
    const before = needs!.replace(/#.*/, "").match(/[A-Za-z_][\w-]*/g) ?? [];
    recipes.set(name!, { needs: before, start: end - body!.length, end });
  }
  return recipes;
}

function bodyOf(source: SourceText, recipe: Recipe | undefined, directory: string | null): ProjectSource[] {
  if (!recipe) return [];
  const body = source.body.slice(recipe.start, recipe.end).replace(
    /\{\{.{0,300}?\}\}/g,
    (each) => UNKNOWN.repeat(each.length),
  );
  const shift = (start: number) => ({
    placeOf: (from: number, to: number) => source.span(start + from, start + to),
  });
  const lead = /^\s*/.exec(body)![0].length;
  if (body.startsWith("#!", lead)) {
    const read = fileSource(body.slice(lead), source.path, directory, null);
    return "script" in read
      ? [{ ...read, script: { text: body.slice(lead), ...shift(recipe.start + lead) } }]
      : [];
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
        ...shift(recipe.start + index + skip.length),
      },
    });
  }
  return lines;
}
