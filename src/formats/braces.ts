/** Where the first object or block ends that is opened at `at` or behind it; the end of the text where it is never closed. */
export function closingBrace(text: string, at: number): number {
  let depth = 0;
  for (let index = text.indexOf("{", at); index >= 0 && index < text.length; index++) {
    if (text[index] === "{") depth++;
    else if (text[index] === "}" && --depth === 0) return index;
  }
  return text.length;
}
