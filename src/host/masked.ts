import { redact } from "./redact.ts";

const NAME = String
  .raw`(?:token|passw(?:or)?d|passphrase|pwd|[-_.]pass|secret|(?:api|access|private|signing|publish|deploy|account)[-_]?key|[_.]key|_auth|auth_?ident)`;
const GAP = String.raw`[ \t]{1,20}`;
const SPACE = String.raw`[ \t]{0,20}`;
/** What stands before a value that is a secret whatever its form: a name, an option, a setting of a client. */
const BEFORE = [
  String.raw`${NAME}["']?${SPACE}:?[:=]${SPACE}`,
  String.raw`<[\w.:-]{0,40}${NAME}>${SPACE}`,
  String.raw`${NAME}["']${GAP}value${SPACE}=${SPACE}`,
  String
    .raw`(?<![\w-])--?[\w-]{0,40}(?:token|passw(?:or)?d|passphrase|secret|key|pat|otp|auth|creds?|credentials)(?:=|${GAP})`,
  String
    .raw`(?<=\b(?:twine|poetry|vsce|ovsx|docker${GAP}login)\b[^\n;|&]{0,300}[ \t])-p(?:=|${GAP}|(?=\S{6}))`,
  String.raw`(?<=\bnuget\b[^\n;|&]{0,300}[ \t])-k(?:=|${GAP})`,
  String.raw`(?<=\bhatch\b[^\n;|&]{0,300}[ \t])-a(?:=|${GAP})`,
  String.raw`(?<=\bcurl\b[^\n;|&]{0,300}[ \t])(?:-u|--user)(?:=|${GAP})?["']?[^\s"':]{0,100}:`,
  String.raw`_auth(?:token)?${GAP}|npmAuth(?:Token|Ident)${GAP}|\bpypi-token\.[\w-]{1,40}${GAP}`,
  String.raw`\bhttp-basic\.[\w-]{1,40}${GAP}\S{1,60}${GAP}|\blogin${GAP}\S{1,100}${GAP}password${GAP}`,
  String.raw`\bcargo${GAP}login${GAP}|\bsetapikey${GAP}|\bauthorization["']?:${SPACE}(?:\w{1,20}${GAP})?`,
].map((before) =>
  new RegExp(
    String.raw`(${before})(\\{0,4}"[^"\n]{1,1000}|\\{0,4}'[^'\n]{1,1000}|[^\s"'\x60<>]{1,1000})`,
    "gi",
  )
);
/** Nothing in `BEFORE` matches a line without one of these. */
const MAY_HOLD = /token|pass|pwd|secret|key|auth|http-basic|cred|--?pat|-otp|[ \t]-[pkau]|--user|cargo[ \t]/i;

/** What the shell, a CI or a program fills in: no secret, and good to know. */
const FILLED_IN =
  /^\\{0,4}["']?(?:[-+:./|,;&()[\]}\\]|\$\{\{[^}]{0,300}(?:\}\}|$)|\{\{[^}]{0,300}(?:\}\}|$)|\$\{[^}]{0,100}\}|\$\([^]*|\$(?:env:)?[A-Za-z_]\w{0,60}|%[A-Z_]\w{0,60}%)*$/i;
/** A word of the platforms, an option, and what looks a value up in a program. */
const WORD =
  /^\\{0,4}["']?(?:(?:write|read|none|true|false|null|nil|undefined|inherit|required|__token__)[,;)\]}]{0,5}$|--?[a-z][a-z-]{0,40}$|=|#$|[a-z_][\w.]{0,60}\((?:[\w.]{0,60}\)[,;)\]}]{0,5})?$|(?:os|process|env|system|project|providers?|secrets|vars|inputs|steps|github|needs|matrix|context)\.)/i;
/** The name of a variable, as some actions and orbs want it. */
const VARIABLE = /^\\{0,4}["']?[A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,10}[,;)\]}]{0,5}$/;
/** Where the value begins on the next line. */
const BLOCK = new RegExp(String.raw`${NAME}["']?[ \t]{0,20}:[ \t]{1,20}[|>][-+\d]{0,2}\s{0,20}$`, "i");
/** How far above a line its block may begin. */
const REACH = 100;

/**
 * A line without the values that stand where a secret does, whatever their form. It stays as long as it is, because places in it may be
 * underlined. Values of a known form are left to `redact`, which says what they are.
 */
export function masked(line: string): string {
  if (!MAY_HOLD.test(line)) return line;
  return BEFORE.reduce((text, value) => text.replace(value, starred), line);
}

/** `masked`, for a line among others: in YAML a secret may stand below its name. */
export function maskedAt(lines: readonly string[], index: number): string {
  const line = lines[index] ?? "";
  const depth = line.search(/\S/);
  if (depth < 1) return masked(line);
  for (let above = index - 1; above >= Math.max(0, index - REACH); above--) {
    const start = lines[above]!.search(/\S/);
    if (start < 0 || start >= depth) continue;
    return BLOCK.test(lines[above]!) ? line.replace(/\S/g, "*") : masked(line);
  }
  return masked(line);
}

function starred(whole: string, before: string, value: string): string {
  if (FILLED_IN.test(value) || WORD.test(value) || VARIABLE.test(value) || redact(value) !== value) {
    return whole;
  }
  return before +
    value.replace(
      /^(\\{0,4}["'])?([^]*?)([,;)\]}\\]{0,5})$/,
      (_, quote = "", secret: string, rest: string) => quote + "*".repeat(secret.length) + rest,
    );
}
