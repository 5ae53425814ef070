import { type Display, display, type Stream, write } from "../host/terminal.ts";
import type { Options } from "./arguments.ts";
import type { Io } from "./verb.ts";

/** How a command talks, as the global options wish it. */
export function createIo(globals: Options): Io {
  const colour = globals.color === "always" || globals.color === "never" ? globals.color : "auto";
  const looked: Partial<Record<Stream, Display>> = {};
  // Most command lines write to one of the two, and looking takes time.
  const look = (stream: Stream) => looked[stream] ??= display(stream, { colour });
  return {
    json: globals.json === true,
    quiet: globals.quiet === true,
    verbose: globals.verbose === true,
    debug: globals.debug === true,
    get stdout() {
      return look("stdout");
    },
    get stderr() {
      return look("stderr");
    },
    out: (text) => write("stdout", text),
    err: (text) => write("stderr", text),
  };
}

/** A result as `--json` prints it. */
export function json(value: object): string {
  // The runner of GitHub Actions obeys `##[` anywhere in a line; in JSON the same text can be written so that it does not.
  const text = JSON.stringify(value, null, 2).replaceAll("##", "#\\u0023");
  return `${/[^\n\x20-\x7e]/.test(text) ? printable(text) : text}\n`;
}

/** Without what JSON leaves as it is and a terminal may obey. Unicode's classes are made where they are used: that takes long. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  return character === "\n"
    ? character
    : Array.from({ length: character.length }, (_, index) =>
      `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}
