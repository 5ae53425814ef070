const HERE_STRING = /@(["'])[ \t]*\r?\n([\s\S]*?)\r?\n\1@/y;
const SINGLE = /'((?:[^']|'')*)'/y;
const DOUBLE = /"((?:[^"`]|`[\s\S]|"")*)"/y;
const BARE = /(?:`[^\r\n]|\$\{[^}\n]{0,200}\}|\$\([^()\n]{0,500}\)|[^\s;,|{}()"'`])+/y;
/** What stands between the elements of a list. */
const BETWEEN = /(?:[\s,]|`\r?\n|<#[\s\S]*?(?:#>|$)|#[^\n]*)+/y;
/** More elements than anybody writes. */
const MOST_ELEMENTS = 300;

/** Goes through the words of a PowerShell script. */
export abstract class PowershellText {
  protected at = 0;

  constructor(protected readonly script: string) {}

  protected match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.script);
    if (found) this.at += found[0].length;
    return found;
  }

  /** What stands here without blanks, quotes removed; `null` where nothing does. */
  protected text(): { readonly text: string; readonly quoted: boolean } | null {
    let text: string | null = null;
    let quoted = false;
    for (;;) {
      const here = this.match(HERE_STRING);
      const single = here ? null : this.match(SINGLE);
      const double = here || single ? null : this.match(DOUBLE);
      const bare = here || single || double ? null : this.match(BARE);
      quoted ||= Boolean(here || single || double);
      const part = here
        ? here[2]!
        : single
        ? single[1]!.replaceAll("''", "'")
        : double
        ? variables(double[1]!.replace(/`(.)|"(")/gs, "$1$2"))
        : bare && variables(bare[0].replace(/`(.)/gs, "$1"));
      if (part === null) return text === null ? null : { text, quoted };
      text = (text ?? "") + part;
    }
  }

  /** The elements of a list up to behind its bracket; `null` where they are not written out, and nothing is read. */
  protected elements(): string[] | null {
    const start = this.at;
    const items: string[] = [];
    for (;;) {
      this.match(BETWEEN);
      if (this.script[this.at] === ")") break;
      const begins = this.script[this.at];
      const text = /["'$\ue001-\uf8ff]/.test(begins ?? "") ? this.text() : null;
      if (text === null || items.length >= MOST_ELEMENTS) {
        this.at = start;
        return null;
      }
      items.push(text.text);
    }
    this.at++;
    return items;
  }
}

function variables(text: string): string {
  return text.replace(/\$(?:\{env:(\w+)\}|env:(\w+))/gi, (_, braced, plain) => `\${${braced ?? plain}}`);
}
