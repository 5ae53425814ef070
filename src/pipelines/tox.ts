import { SourceText } from "../formats/positions.ts";
import { splitAtCommas, type Token, tokenize } from "../formats/python.ts";
import { joined } from "../formats/shell.ts";
import { UNKNOWN } from "./commands.ts";
import { LINE, type ProjectSource } from "./project_files.ts";

/** File names in which tox looks for its settings, in this order (tox.wiki/en/latest/config.html#discovery-and-file-types). */
export const TOX_FILES = ["tox.ini", "setup.cfg", "pyproject.toml", "tox.toml"];

/** What tox runs in an environment, and where. */
interface Wanted {
  readonly name: string;
  /** What stands behind `--`. */
  readonly posargs: readonly string[];
  /** Where the file lies, relative to the root. */
  readonly directory: string | null;
}

/** What `tox -e NAME` runs by this file; `null` where the file says nothing of that environment. */
export function toxSources(text: string, path: string, wanted: Wanted): readonly ProjectSource[] | null {
  const source = new SourceText(text, path);
  if (!path.endsWith(".toml")) return fromIni(source, 0, source.body, wanted);
  const legacy = /^[ \t]*legacy_tox_ini[ \t]*=\s*("""|''')(.*?)\1/ms.exec(source.body);
  if (!legacy) return fromToml(source, wanted);
  const start = legacy.index + legacy[0].indexOf(legacy[1]!) + 3;
  return fromIni(source, start, legacy[2]!, wanted);
}

/** A line of a value, without the blanks around it. */
interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

type Sections = ReadonlyMap<string, ReadonlyMap<string, readonly Line[]>>;

const COMMANDS = ["commands_pre", "commands", "commands_post"];

function fromIni(source: SourceText, shift: number, text: string, wanted: Wanted): ProjectSource[] | null {
  const sections = sectionsOf(text, shift);
  const base = sections.get("testenv");
  const own = sections.get(`testenv:${wanted.name}`);
  if (!own && !base) return null;
  const factors = wanted.name.split("-");
  const lines = (key: string) =>
    (own?.get(key) ?? base?.get(key) ?? []).flatMap((line) => referred(line, sections))
      .flatMap((line) => forFactors(line, factors));
  const [moved] = [...lines("changedir"), ...lines("change_dir")];
  const to = moved && filledIn(moved.text, wanted.posargs);
  const directory = to === undefined ? wanted.directory : to.includes(UNKNOWN) ? null : joined(
    wanted.directory,
    to,
  );
  // Where the environment has no section, and nothing is for it alone, it may be a mistake.
  const isNamed = own !== undefined ||
    COMMANDS.some((key) => base?.get(key)?.some(({ text }) => speaksOf(text, factors)));
  if (!isNamed) return null;
  return COMMANDS.flatMap(lines).map((line) => commandOf(line, source, directory, wanted.posargs));
}

function sectionsOf(text: string, shift: number): Sections {
  const sections = new Map<string, Map<string, Line[]>>();
  let open: Map<string, Line[]>[] = [];
  let value: Line[] | null = null;
  for (const { 0: whole, index } of text.matchAll(/(?:[^\n\\]|\\[^\n]|\\\n)+/g)) {
    const line = whole.trim();
    if (line === "" || /^[#;]/.test(line)) continue;
    const start = shift + index + whole.indexOf(line);
    const placed = (part: string, at: number): Line => ({
      text: part.replaceAll("\\\n", " "),
      start: start + at,
      end: start + at + part.length,
    });
    if (/^\s/.test(whole)) {
      value?.push(placed(line, 0));
      continue;
    }
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      open = expanded(header.trim()).map((name) => {
        const section = sections.get(name) ?? new Map<string, Line[]>();
        sections.set(name, section);
        return section;
      });
      value = null;
      continue;
    }
    const [, key, sign, first] = /^([\w-]+)(\s*[=:]\s*)([^]*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const lines: Line[] = first === "" ? [] : [placed(first!, key.length + sign!.length)];
    value = lines;
    for (const section of open) section.set(key, lines);
  }
  return sections;
}

/** More names than anybody writes with braces. */
const MOST_NAMES = 500;

/** `{a,b}-c` is `a-c` and `b-c`. */
function expanded(name: string): string[] {
  let names = [name];
  for (let again = true; again && names.length < MOST_NAMES;) {
    again = false;
    names = names.flatMap((each) => {
      const braces = /\{([^{}]*)\}/.exec(each);
      if (!braces) return [each];
      again = true;
      const [head, tail] = [each.slice(0, braces.index), each.slice(braces.index + braces[0].length)];
      return braces[1]!.split(",").map((part) => head + part.trim() + tail);
    });
  }
  return names;
}

/** `{[testenv:a]commands}` stands for the lines of another section. */
function referred(line: Line, sections: Sections): readonly Line[] {
  const [, section, key] = /^\{\[([^\]]+)\](\w+)\}$/.exec(line.text) ?? [];
  return section === undefined ? [line] : sections.get(section)?.get(key!) ?? [];
}

/** The condition in front of a line: `publish: twine upload`, `py3,lint: …`, `!cov: …`. */
const CONDITION = /^([\w.{},!-]+):\s+(?=\S)/;

/** A line without its condition, where that lets it through. */
function forFactors(line: Line, factors: readonly string[]): Line[] {
  const condition = CONDITION.exec(line.text);
  if (!condition) return [line];
  const fits = expanded(condition[1]!.includes("{") ? condition[1]! : `{${condition[1]}}`).some((group) =>
    group.split("-").every((factor) =>
      factor.startsWith("!") ? !factors.includes(factor.slice(1)) : factors.includes(factor)
    )
  );
  return fits
    ? [{ ...line, text: line.text.slice(condition[0].length), start: line.start + condition[0].length }]
    : [];
}

function speaksOf(line: string, factors: readonly string[]): boolean {
  const words = CONDITION.exec(line)?.[1]?.split(/[^\w.!]+/) ?? [];
  return words.some((word) => factors.includes(word));
}

/** A line as a shell would have it; `-` before it ignores its failure. */
function commandOf(
  { text, start, end }: Line,
  source: SourceText,
  directory: string | null,
  posargs: readonly string[],
): ProjectSource {
  const lead = /^[\s!-]*/.exec(text)![0];
  const command = filledIn(text.slice(lead.length), posargs);
  const script = lead.includes("-") ? `${command} || true` : command;
  return { ...LINE, directory, script: { text: script, placeOf: () => source.span(start, end) } };
}

/** A text with what tox puts into it, as far as that is known. */
function filledIn(text: string, posargs: readonly string[]): string {
  return text
    .replace(/\{env:(\w+)(?::[^{}]*)?\}/g, "$${$1}")
    .replace(/\{(?:tox_?ini_?dir|tox_root|package_root)\}\{\/\}/g, "./")
    .replace(/\{(?:toxinidir|tox_root|package_root)\}/g, ".")
    .replace(/\{env_?bin_?dir\}(?:\/|\{\/\})/g, "")
    .replace(/\{env_?python\}/g, "python")
    .replace(/\{\/\}/g, "/")
    .replace(/\{posargs(?::([^{}]*))?\}/g, (_, other: string | undefined) => {
      return posargs.length > 0 ? posargs.join(" ") : other ?? "";
    })
    .replace(/(?<!\$)\{[^{}]*\}/g, UNKNOWN);
}

/** `[env.NAME]` of tox.toml, or `[tool.tox.env.NAME]` of pyproject.toml, whose commands are lists of words. */
function fromToml(source: SourceText, { name, posargs, directory }: Wanted): ProjectSource[] | null {
  const text = source.body;
  const header = [...text.matchAll(/^\[(?:tool\.tox\.)?env\.["']?([\w.-]+?)["']?\][^\n]*\n/gm)]
    .find((each) => each[1] === name);
  if (!header) return null;
  const start = header.index + header[0].length;
  const table = text.slice(start).split(/^\[(?!\[|\s*["'])/m, 1)[0]!;
  // Where else it runs only the settings in front of it could tell.
  const place = /^change_?dir\s*=/m.test(table) ? null : directory;
  return COMMANDS.flatMap((key) => {
    const at = new RegExp(`^${key}\\s*=\\s*\\[`, "m").exec(table);
    if (!at) return [];
    const from = start + at.index + at[0].length;
    const tokens = tokenize(table.slice(at.index + at[0].length));
    return splitAtCommas(tokens).map((list) => {
      const words = splitAtCommas(list.slice(1, -1)).flatMap((part) => wordOf(part, posargs));
      const [first, last] = [list[0]!, list.at(-1)!];
      return {
        ...LINE,
        directory: place,
        script: {
          text: filledIn(words.join(" "), posargs),
          placeOf: () => source.span(from + first.start, from + last.end),
        },
      };
    });
  });
}

function wordOf(part: readonly Token[], posargs: readonly string[]): readonly string[] {
  const [only] = part;
  if (part.length === 1 && only!.string !== null) return [quoted(only!.string)];
  return part.some(({ string }) => string === "posargs") ? posargs : [UNKNOWN];
}

/** A word as a shell reads it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./{}*?-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
