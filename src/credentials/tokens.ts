import { Secret } from "../host/secret.ts";
import { TOKEN_FORMATS, type TokenFormat } from "./token_formats.ts";

/** A token that stands in a text. */
export interface FoundToken {
  readonly format: TokenFormat;
  /** Known to the redactor from now on. */
  readonly secret: Secret;
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** Whether its checksum holds; `null` where it has none, or where a wrong one proves nothing. */
  readonly whole: boolean | null;
  /** Whether nothing else looks like this. */
  readonly certain: boolean;
}

/** Every token in a text by its form, in order. What templates and documentation write in the place of one is left out. */
export function tokensIn(text: string): FoundToken[] {
  const found = [...standing(text), ...besideNames(text)].sort((a, b) => a.start - b.start);
  return found.flatMap(({ format, value, start }): FoundToken[] => {
    const whole = format.whole?.(value) ?? null;
    if (isMadeUp(value.replace(new RegExp(`^${format.begins}`), ""), whole === true)) return [];
    return [{
      format,
      secret: new Secret(value, format.name, null),
      start,
      end: start + value.length,
      whole,
      certain: format.whole === undefined || whole === true,
    }];
  });
}

interface Candidate {
  readonly format: TokenFormat;
  readonly value: string;
  readonly start: number;
}

/** What is made when it is first asked for: most texts need none of the big expressions. */
function made<T extends object>(make: () => T): () => T {
  let value: T | undefined;
  return () => value ??= make();
}

const bounded = ({ begins, then, more = "A-Za-z0-9_" }: TokenFormat) => `${begins}${then}(?![${more}])`;
const ALONE = TOKEN_FORMATS.filter(({ beside }) => beside === undefined);
const BESIDE = TOKEN_FORMATS.filter(({ beside }) => beside !== undefined);

/** Cheap: most texts have none of these. */
const MARKS = new RegExp(ALONE.map(({ mark, begins }) => mark ?? begins).join("|"));
/** One pass for all forms; which one it is, is asked of the few words that any of them takes. */
const any = made(() => new RegExp(`(?<![A-Za-z0-9_])(?:${ALONE.map(bounded).join("|")})`, "g"));
const exact = made(() =>
  ALONE.map((format) => [format, new RegExp(`^${format.begins}${format.then}$`)] as const)
);

const NAMES = new RegExp(BESIDE.map(({ beside }) => beside).join("|"), "i");
const named = made(() =>
  BESIDE.map((format) =>
    [format, new RegExp(`${format.beside}["']?\\s*[:=]\\s*["']?(${bounded(format)})`, "gi")] as const
  )
);

function standing(text: string): Candidate[] {
  if (!MARKS.test(text)) return [];
  return [...text.matchAll(any())].flatMap(({ 0: value, index: start }) => {
    const [format] = exact().find(([, form]) => form.test(value)) ?? [];
    return format ? [{ format, value, start }] : [];
  });
}

function besideNames(text: string): Candidate[] {
  if (!NAMES.test(text)) return [];
  return named().flatMap(([format, form]) =>
    [...text.matchAll(form)].map(({ 0: all, 1: value, index }) => (
      { format, value: value!, start: index + all.length - value!.length }
    ))
  );
}

const WORDS = /example|sample|dummy|placeholder|change_?me|redacted|deadbeef|token|secret/i;
/** Fewer different characters than any random token of these lengths has. */
const FEWEST = 8;
/** So many equal or ascending characters in a row are typed, not drawn. */
const RUN = 6;

/** Whether the part behind the prefix was written by a person, to show where a token goes. */
function isMadeUp(body: string, whole: boolean): boolean {
  if (new Set(body).size < FEWEST || hasRun(body, 0)) return true;
  return !whole && (hasRun(body, 1) || WORDS.test(body));
}

function hasRun(text: string, step: number): boolean {
  let length = 1;
  for (let at = 1; at < text.length; at++) {
    length = text.charCodeAt(at) - text.charCodeAt(at - 1) === step ? length + 1 : 1;
    if (length >= RUN) return true;
  }
  return false;
}
