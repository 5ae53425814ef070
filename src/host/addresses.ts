/** Where an address may begin; options of npm have no scheme: `--//USER:PASSWORD@host/:_authToken`. */
const START = /[:-]\/\//g;
/** What a shell, a CI or a template fills in. */
const FILLED_IN =
  /\$?\{\{[^${}]{0,200}\}\}|\$\{[^${}]{0,200}\}|\$\([^$()]{0,200}\)|\$(?:env:)?[A-Za-z_]\w{0,80}|%[A-Za-z_]\w{0,80}%/y;
const ENDS = /[\s"'`<>]/;
/** A host by its number. */
const NUMBER = /\[[\da-f:.]{2,45}\](?=[:/]|$)/iy;
/** No user and no password is longer. */
const MOST = 400;
/** A user without a password is a token from this length on. */
const TOKEN_LENGTH = 12;

/** `text` with stars for each password in an address, or token in the place of its user; as long as it was. */
export function withoutPasswords(text: string): string {
  let clean = "";
  let done = 0;
  for (const { index, 0: { length } } of text.matchAll(START)) {
    if (index < done) continue;
    const [start, end] = secretIn(text, index + length);
    clean += text.slice(done, start) + "*".repeat(end - start);
    done = end;
  }
  return clean + text.slice(done);
}

/** From where to where the secret of an address reaches whose user would begin at a place; from and to there without one. */
function secretIn(text: string, start: number): readonly [number, number] {
  const none = [start, start] as const;
  NUMBER.lastIndex = start;
  if (NUMBER.test(text)) return none;
  let from = start;
  let inPassword = false;
  let hasPath = false;
  // Characters that nobody fills in.
  let literal = 0;
  const most = Math.min(text.length, start + MOST);
  for (let at = start; at < most;) {
    const next = text[at]!;
    if (next === "@") {
      if (text.startsWith("@sha256:", at)) return none;
      const isSecret = inPassword ? literal > 0 : literal > 0 && at - start >= TOKEN_LENGTH;
      return isSecret ? [from, at] : none;
    }
    // Behind "://" begins another address.
    if (ENDS.test(next) || next === ":" && text.startsWith("//", at + 1)) {
      return none;
    }
    if (next === ":" && !inPassword) {
      inPassword = true;
      from = ++at;
      literal = 0;
      continue;
    }
    if (next === "/" && !hasPath) {
      // Behind a port comes the path, in which an "@" is no more than a sign.
      if (!inPassword || literal === 0 || /^\d{1,5}$/.test(text.slice(from, at))) return none;
      hasPath = true;
    }
    FILLED_IN.lastIndex = at;
    const filledIn = "${%".includes(next) ? FILLED_IN.exec(text)?.[0].length : undefined;
    at += filledIn ?? 1;
    if (filledIn === undefined) literal++;
  }
  return none;
}
