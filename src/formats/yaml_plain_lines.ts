import type { Location, Position } from "../problem.ts";
import type { SourceText } from "./positions.ts";
import { otherwise } from "./yaml_plain_scalars.ts";

/** Goes through the lines of a YAML file. */
export abstract class PlainLines {
  protected readonly body: string;
  /** The first character of a line's content, or the end. */
  protected at = 0;
  /** The column of `at`; -1 at the end. */
  protected indent = -1;
  /** The columns of the comments directly above `at`. */
  protected comments: number[] = [];

  /** `added`: characters that each end of a line has more in the file than in the source. */
  constructor(private readonly source: SourceText, private readonly added: number) {
    this.body = source.body;
  }

  protected span(start: number, end: number): Location {
    const at = this.source.span(start, end);
    if (this.added === 0) return at;
    const shifted = (place: Position) => ({ ...place, offset: place.offset + this.added * (place.line - 1) });
    return { ...at, start: shifted(at.start), end: shifted(at.end) };
  }

  /**
   * Goes to the next line with content, and says what is behind the comments directly below that are indented deeper than `around`,
   * which takes them in.
   */
  protected skip(from: number, around: number): number {
    let deep = from;
    this.comments = [];
    for (let line = from; line < this.body.length;) {
      const content = this.blanksEnd(line);
      const sign = this.body[content];
      if (sign !== "\n" && sign !== "#" && sign !== undefined) {
        if (sign === "\t") otherwise();
        this.at = content;
        this.indent = content - line;
        return deep;
      }
      const next = this.lineEnd(content);
      if (sign === "#" && content - line > around) {
        if (line !== deep) otherwise();
        deep = next;
      } else if (sign === "#") {
        if (deep > from) otherwise();
        this.comments.push(content - line);
      }
      line = next;
    }
    this.at = this.body.length;
    this.indent = -1;
    return deep;
  }

  protected isItem(): boolean {
    return this.body[this.at] === "-" && /[ \n]/.test(this.body[this.at + 1] ?? "\n");
  }

  protected match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.body)?.[0] ?? null;
  }

  protected blanksEnd(at: number): number {
    while (this.body[at] === " ") at++;
    return at;
  }

  /** Behind the end of the line. */
  protected lineEnd(at: number): number {
    const end = this.body.indexOf("\n", at);
    return end < 0 ? this.body.length : end + 1;
  }
}
