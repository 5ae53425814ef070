import { holdsSecret, takesSecret } from "./secret_names.ts";

const GAP = String.raw`[ \t]{1,20}`;
/** An option behind a program, or as one of several texts: `"twine", "upload", "-p", "…"`. */
const option = (programs: string, names: string) =>
  String
    .raw`(?<=\b(?:${programs})\b[^\n;|&]{0,300}[ \t"',])(?:${names})(?:=|["'][ \t]{0,20},?[ \t]{0,20}|${GAP})`;
const LOGINS = String.raw`(?:docker|podman|oras|npm|registry)${GAP}login`;

/** What stands before a secret and is no name of one. */
const BEFORE = [
  option(`twine|poetry|vsce|ovsx|uv|maturin|sshpass|npm-cli-login|${LOGINS}`, "-p"),
  String.raw`(?<=\b(?:twine|poetry|vsce|ovsx|${LOGINS})\b[^\n;|&]{0,300}[ \t])-p(?=[^\s"'=]{6})`,
  // In an array the program stands behind it: `args=(upload -p …); twine "${args[@]}"`.
  String
    .raw`(?=-p)(?<==\([^)\n]{0,60}\b(?:upload|login|publish\b[^)\n]{0,60}[ \t]-u)\b[^)\n]{0,60}[ \t])-p(?:=|${GAP})`,
  option(`uv|npm${GAP}publish`, "-t"),
  option("pdm", "-P"),
  option("nuget", "-k"),
  option("hatch", "-a"),
  String.raw`(?<=\bcurl\b[^\n;|&]{0,300}[ \t])(?:-[a-zA-Z]{0,8}u|--user)(?:=|${GAP})?["']?[^\s"':]{0,100}:`,
  String.raw`\bnuget${GAP}push${GAP}[^\s-]\S{0,200}${GAP}(?!-|/|\d+\.\d)`,
  String
    .raw`\b(?:pypi-token\.[\w-]{1,40}|http-basic\.[\w-]{1,40}${GAP}\S{1,60}|setapikey|cargo${GAP}login)${GAP}`,
  String.raw`(?:^[ \t]{0,100}|\blogin${GAP}\S{1,100}${GAP})password${GAP}(?![=:])`,
  String.raw`\bkeyring${GAP}set${GAP}\S{1,200}${GAP}\S{1,100}${GAP}`,
  String.raw`\bauthorization["']?:[ \t]{0,20}(?:\w{1,20}${GAP})?`,
  String
    .raw`\b(?:echo|printf)${GAP}(?:-\w{1,3}${GAP})?(?=[^\n|]{1,300}\|[^\n]{0,100}(?:-stdin\b|with-token|\blogin\b|\bkeyring\b|\bbase64${GAP}(?:-d|-D|--decode)\b|\bsecret${GAP}set\b))`,
  String.raw`(?:-stdin\b|with-token|\blogin\b)[^\n|]{0,100}<<<${GAP}?`,
  String.raw`\bsecret${GAP}set\b[^\n;|&]{0,200}[ \t](?:-b|--body)(?:=|${GAP})?`,
  String.raw`\bprintf\b[^\n]{0,300}(?:token|password|auth)[ \t]{0,9}[:=][ \t]{0,9}%s[^\n"']{0,100}["']${GAP}`,
  String.raw`-----BEGIN[A-Z ]{0,40} PRIVATE KEY(?: BLOCK)?-----`,
].map((before) => new RegExp(before, "gi"));

/** Nothing above matches a line without one of these, and no name of a secret does. */
const MAY_HOLD =
  /token|pass|pwd|secret|key|auth|cred|signature|pat\b|otp\b|nuget|http-basic|[ \t"'][-][a-zA-Z]{0,8}[pPtkau]|--user|cargo[ \t]|echo|printf|<<</i;

/** A name of a variable, a setting, an option. */
const NAME = /[A-Za-z_][\w.-]*/g;
const GIVEN = /["'`]?\]?[ \t]{0,20}(?:=>|:=|[:=](?!=))[ \t]{0,20}|\}[ \t]{1,20}=(?!=)[ \t]{0,20}/y;
/** A shell gives a command an empty variable so: `NPM_TOKEN= npm publish`. INI and YAML may have the value there. */
const EMPTIED =
  /=[ \t]{1,20}(?:\w{1,60}=\S{0,60}[ \t]{1,20}){0,5}(?:(?:npm|pnpm|yarn|bun|npx|pnpx|node|lerna|changeset|nx|twine|uv|uvx|poetry|flit|hatch|pdm|maturin|python3?|cargo|gem|bundle|make|just|sudo|env|exec|bash|sh)[ \t]{1,20}[a-z.@/-]|\.\/[\w./-]{1,100}(?:[ \t]|$))/y;
const AS_ARGUMENT = /["'][ \t]{0,20},[ \t]{0,20}(?=["'])/y;
const TO_OPTION = /(?:["'][ \t]{0,20},?[ \t]{0,20}|[:=]|[ \t]{1,20})(?=\S)/y;
const APART = /["']?[ \t]{1,20}(?=\S)/y;
const IN_ELEMENT = /[ \t]{0,20}>[ \t]{0,20}/y;
const INSTEAD = /[^\n]{0,200}?(?:\|\||\?\?|\?:)[ \t]{0,20}(?=["'])/y;
const SETTER = /(?<![$\w])(?:set|setx|setenv|env|config|configure)\b[^\n;|&]{0,200}$/i;
/** What stands before the first word of a line. */
const ALONE = /^[ \t]*(?:-[ \t]+)?["']?$/;
const VALUE = /^(?:value|default|defaultValue)$/;
/** How far before a `value:` its name may stand. */
const NEAR = 200;

/** What a loop of a shell goes through; behind a colon it is one of Python. */
const LOOP = /\bfor[ \t]{1,20}([A-Za-z_]\w{0,60})[ \t]{1,20}in[ \t]{1,20}([^;\n]{1,2000}?)(?=;|$)/g;

/** A place where a secret begins. */
export interface SecretPlace {
  readonly start: number;
  /** Whether the value is the rest of the line. */
  readonly wide: boolean;
}

/** Where in a line secrets begin, in order; `beside` is a line that may name what stands in this one as `value:`. */
export function secretPlaces(line: string, beside = ""): SecretPlace[] {
  const isNamed = namesOne(beside);
  if (!MAY_HOLD.test(line) && !isNamed) return [];
  const places: SecretPlace[] = [];
  const add = (start: number, wide = false) => places.push({ start, wide });
  for (const before of BEFORE) {
    for (const { 0: found, index } of line.matchAll(before)) add(index + found.length);
  }
  for (const { 0: name, index } of line.matchAll(NAME)) {
    const end = index + name.length;
    const behind = (pattern: RegExp) => {
      pattern.lastIndex = end;
      return pattern.exec(line)?.[0];
    };
    if (VALUE.test(name)) {
      const given = behind(GIVEN);
      if (given && (isNamed || namesOne(line.slice(Math.max(0, index - NEAR), index)))) {
        add(end + given.length);
      }
      continue;
    }
    const isOption = /(?:^|[^\w-])--?$/.test(line.slice(Math.max(0, index - 3), index));
    if (isOption ? !takesSecret(name) : !holdsSecret(name)) continue;
    const before = line.slice(Math.max(0, index - NEAR), index);
    const given = behind(GIVEN);
    if (given !== undefined && behind(EMPTIED) === undefined) {
      add(end + given.length, /[ \t]$/.test(given) && ALONE.test(before));
    }
    const others = [
      isOption ? behind(TO_OPTION) : undefined,
      /<[\w:]{0,40}$/.test(before) ? behind(IN_ELEMENT) : undefined,
      /\(\s?["']$/.test(before) ? behind(AS_ARGUMENT) : undefined,
      /^(?:.*_auth(?:token)?|npmAuth\w+)$/i.test(name) || SETTER.test(before) ||
        /^[A-Z0-9_]+$/.test(name) && ALONE.test(before)
        ? behind(APART)
        : undefined,
      behind(INSTEAD),
    ];
    for (const other of others) if (other !== undefined) add(end + other.length);
  }
  for (const { 0: loop, 1: name, 2: words, index } of line.matchAll(LOOP)) {
    if (!holdsSecret(name!) || /:[ \t]*$/.test(words!)) continue;
    const start = index + loop.length - words!.length;
    for (const word of words!.matchAll(/(?<=^|[ \t])(?=\S)/g)) add(start + word.index);
  }
  return places.sort((a, b) => a.start - b.start);
}

/** Whether a text says of something that it is called like a secret. */
function namesOne(text: string): boolean {
  return (text.match(NAME) ?? []).some(holdsSecret);
}
