import { expressionsIn } from "../formats/expression_text.ts";

/** Functions whose results are true or false, with arguments that hold no call. */
const ASKS = /(?<![\w.-])(?:contains|startsWith|endsWith)\([^()]*\)/gi;
const COMPARES = /^!|[=!]=|[<>]/;

/**
 * The text that means yes, of a variable that is to hold an answer: `true` of `${{ secrets.X != '' }}`, `yes` of `${{ … && 'yes' || 'no' }}`.
 * `null` for a value that may be empty, and for one that is not sure to be an answer.
 */
export function yesOf(value: string): string | null {
  const [only, ...others] = expressionsIn(value);
  if (!only) return /^false$/i.test(value.trim()) ? "true" : null;
  if (others.length > 0 || value.trim().length !== only.end - only.start) return null;
  const texts: string[] = [];
  const plain = only.expression.replace(/'((?:[^']|'')*)'/g, (_, text: string) => `'${texts.push(text) - 1}'`)
    .replace(ASKS, "true");
  if (/[()]/.test(plain)) return null;
  const branches = plain.split("||").map((branch) => branch.split("&&").map((part) => part.trim()));
  const textOf = (part: string | undefined) => texts[Number(/^'(\d+)'$/.exec(part ?? "")?.[1] ?? -1)];
  const asks = (part: string) => COMPARES.test(part) || part === "true" || part === "false";
  if (branches.every((parts) => parts.every(asks))) return "true";
  const [first, otherwise, ...more] = branches;
  const yes = textOf(first!.at(-1));
  const isSure = otherwise
    ? !!textOf(otherwise[0]) && otherwise.length === 1
    : first!.slice(0, -1).every(asks);
  return yes && isSure && more.length === 0 && first!.length > 1 ? yes : null;
}
