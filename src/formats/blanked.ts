/** How comments of a language begin and end. */
export interface Comments {
  readonly open: string;
  readonly close: string;
  /** The rest of a line that is one, as a global pattern; absent where there are none. */
  readonly line?: RegExp;
}

/** XML's. */
export const XML: Comments = { open: "<!--", close: "-->" };
/** Those of Groovy and Kotlin, in which Gradle's builds are written; behind `:` or a quote `//` is a part of an address. */
export const GRADLE: Comments = { open: "/*", close: "*/", line: /(?<![:\w"'])\/\/[^\n]*/g };

/** A text with blanks in place of its comments, so that places stay; what is never closed is none. */
export function blanked(text: string, { open, close, line }: Comments): string {
  const lines = line ? [...text.matchAll(line)] : [];
  let result = "";
  let done = 0;
  let next = text.indexOf(open);
  let nextLine = 0;
  while (true) {
    while (nextLine < lines.length && lines[nextLine]!.index < done) nextLine++;
    if (next >= 0 && next < done) next = text.indexOf(open, done);
    const rest = lines[nextLine];
    if (rest && (next < 0 || rest.index < next)) {
      result += text.slice(done, rest.index) + " ".repeat(rest[0].length);
      done = rest.index + rest[0].length;
      continue;
    }
    const end = next < 0 ? -1 : text.indexOf(close, next + open.length);
    if (end < 0 && (next < 0 || !rest)) return result + text.slice(done);
    if (end < 0) {
      next = -1;
      continue;
    }
    result += text.slice(done, next) + text.slice(next, end + close.length).replace(/[^\n]/g, " ");
    done = end + close.length;
  }
}
