import { SourceText } from "../formats/positions.ts";
import { splitAtCommas, type Token, tokenize } from "../formats/python.ts";
import { UNKNOWN } from "./commands.ts";
import { mentionsPublishing } from "./mentions.ts";
import { LINE, type ProjectSource } from "./project_files.ts";
import { quoted } from "./tox.ts";

/** A function of a noxfile with its decorators: the name of its session's argument, and its body. */
const SESSION =
  /^((?:@[^\n]*\n(?:(?!@|def\s|async\s|class\s)[^\n]*\n)*)+)def\s+(\w+)\(\s*(\w+)[^]*?(?=\n(?:[^\s)#]|$)|$(?![^]))/gm;

/** What stands behind `session.`, and runs a program. */
const RUNS = ["run", "run_always", "run_install"];

/**
 * What `nox -s NAME` runs by this file, whatever its code asks; `null` where it has no such session. What is no plain string is a word that
 * nobody knows.
 */
export function noxSources(
  text: string,
  path: string,
  { name, posargs, directory }: {
    readonly name: string;
    /** What stands behind `--`. */
    readonly posargs: readonly string[];
    /** Where the file lies, relative to the root. */
    readonly directory: string | null;
  },
): readonly ProjectSource[] | null {
  const source = new SourceText(text, path);
  const found = [...source.body.matchAll(SESSION)].find(([, decorators, own]) =>
    /\bsession\b/.test(decorators!) &&
    same(/\bname\s*=\s*["']([^"']+)["']/.exec(decorators!)?.[1] ?? own!, name)
  );
  if (!found) return null;
  const [whole, , own, object] = found;
  const tokens = tokenize(whole);
  const place = /\.(?:chdir|cd)\(/.test(whole) ? null : directory;
  const sources = tokens.flatMap((token, index): ProjectSource[] => {
    const [dot, method, bracket] = tokens.slice(index + 1, index + 4);
    if (
      token.text !== object || dot?.text !== "." || bracket?.text !== "(" || !RUNS.includes(method!.text)
    ) return [];
    const parts = splitAtCommas(tokens.slice(index + 4)).filter(([, sign]) => sign?.text !== "=");
    const end = parts.at(-1)?.at(-1)?.end ?? bracket.end;
    const words = parts.flatMap((part) => wordOf(part, object!, posargs));
    return [{
      ...LINE,
      directory: place,
      script: {
        text: words.join(" "),
        placeOf: () => source.span(found.index + token.start, found.index + end),
      },
    }];
  });
  // What it hands its argument to, or makes run behind it, may publish.
  const handsOn = tokens.some((token, index) =>
    token.text === "notify" ||
    token.text === object && /^[(,]$/.test(tokens[index - 1]?.text ?? "") && tokens[index - 2]?.text !== own
  );
  return handsOn && !sources.some(({ script }) => mentionsPublishing(script.text)) ? null : sources;
}

/** Whether it is the session that is asked for, also with the Python that follows its name. */
function same(session: string, asked: string): boolean {
  return asked === session || asked.startsWith(`${session}-`) || asked.startsWith(`${session}(`);
}

function wordOf(part: readonly Token[], object: string, posargs: readonly string[]): readonly string[] {
  if (part.every(({ string }) => string !== null)) {
    return [quoted(part.map(({ string }) => string).join(""))];
  }
  const written = part.map(({ text }) => text).join("");
  return written === `*${object}.posargs` ? posargs : [UNKNOWN];
}
