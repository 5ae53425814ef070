/** What a `rules: if:` asks of one variable. */
export interface Term {
  readonly variable: string;
  readonly operator: "set" | "==" | "!=" | "=~" | "!~";
  /** A text, a regular expression as written, `$NAME` of another variable; `null` for `null`, and beside `set`. */
  readonly value: string | null;
}

/** Any of these, each of which is all of its terms. */
export type Alternatives = readonly (readonly Term[])[];

const TOKEN =
  /\s*(?:(?<and>&&)|(?<or>\|\|)|(?<open>\()|(?<close>\))|(?<operator>==|!=|=~|!~)|\$\{?(?<variable>\w+)\}?|"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<pattern>\/(?:[^/\\\n]|\\.)+\/\w*)|(?<nothing>null\b))/y;

/** More alternatives than anybody writes. */
const MOST = 64;
const DEEPEST = 50;

/** An `if:` of GitLab (docs.gitlab.com/ci/jobs/job_rules) as alternatives; `null` when it is none that can be taken apart. */
export function alternativesOf(text: string): Alternatives | null {
  const tokens = tokensOf(text);
  if (!tokens) return null;
  let at = 0;

  const either = (depth: number): Alternatives | null => {
    let left = both(depth);
    while (left && tokens[at]?.or !== undefined) {
      at++;
      const right = both(depth);
      left = right && bounded([...left, ...right]);
    }
    return left;
  };
  const both = (depth: number): Alternatives | null => {
    let left = single(depth);
    while (left && tokens[at]?.and !== undefined) {
      at++;
      const right = single(depth);
      left = right && bounded(left.flatMap((one) => right.map((other) => [...one, ...other])));
    }
    return left;
  };
  const single = (depth: number): Alternatives | null => {
    if (depth > DEEPEST) return null;
    if (tokens[at]?.open !== undefined) {
      at++;
      const inside = either(depth + 1);
      return tokens[at++]?.close === undefined ? null : inside;
    }
    const variable = tokens[at++]?.variable;
    if (variable === undefined) return null;
    const operator = tokens[at]?.operator as Term["operator"] | undefined;
    if (operator === undefined) return [[{ variable, operator: "set", value: null }]];
    const value = tokens[at + 1];
    at += 2;
    return value ? [[{ variable, operator, value: textOf(value) }]] : null;
  };

  const all = either(0);
  return at === tokens.length ? all : null;
}

type Token = Partial<Record<string, string>>;

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = [];
  const body = text.trim();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < body.length;) {
    const groups = TOKEN.exec(body)?.groups;
    if (!groups) return null;
    tokens.push({ ...groups });
  }
  return tokens.length > 0 ? tokens : null;
}

function textOf(token: Token): string | null {
  if (token.nothing !== undefined) return null;
  return token.variable === undefined
    ? token.double ?? token.single ?? token.pattern ?? null
    : `$${token.variable}`;
}

function bounded(alternatives: Alternatives): Alternatives | null {
  return alternatives.length > MOST ? null : alternatives;
}
