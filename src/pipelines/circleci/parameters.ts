import { isList, isTable, isText, type Located } from "../../formats/located.ts";
import { UNKNOWN } from "../commands.ts";
import { textAsSeen } from "../settings.ts";

/** Values of the parameters of a command, a job or an executor. */
export type Parameters = ReadonlyMap<string, Located>;

/** `<< parameters.NAME >>`, the sections that begin and end with one, and an escaped `<<`. */
const EXPRESSION = /\\<<|<<[#/^]?\s*(parameters|pipeline|matrix)\.([\w.-]+)\s*>>/g;
const ONLY = /^\s*<<\s*parameters\.([\w-]+)\s*>>\s*$/;

/** No value comes into a longer text: commands that hand on what they get twice would make gigabytes of it. */
const MOST = 1_000_000;

/** A text with the values of parameters in it. */
export interface Filled {
  readonly text: string;
  /** The offset in the text as written of what stands at `offset` now. */
  back(offset: number): number;
}

/** Puts the values of parameters into a text; what only a run knows becomes characters that nobody knows. */
export function filled(written: string, parameters: Parameters): Filled {
  if (!written.includes("<<")) return { text: written, back: (offset) => offset };
  const pieces: {
    readonly at: number;
    readonly from: number;
    readonly length: number;
    readonly same: boolean;
  }[] = [];
  let text = "";
  let done = 0;
  const add = (part: string, from: number, same: boolean) => {
    pieces.push({ at: text.length, from, length: part.length, same });
    text += part;
  };
  for (const match of written.matchAll(EXPRESSION)) {
    const [whole, space, name] = match;
    add(written.slice(done, match.index), done, true);
    done = match.index + whole.length;
    const value = space === "parameters" ? parameters.get(name!) : undefined;
    const known = value !== undefined && !isTable(value) && !isList(value) && text.length < MOST;
    add(
      space === undefined ? "<<" : known ? textAsSeen(value) : UNKNOWN.repeat(whole.length),
      match.index,
      false,
    );
  }
  add(written.slice(done), done, true);
  return {
    text,
    back(offset) {
      const piece = pieces.findLast(({ at }) => at <= offset)!;
      return piece.same ? piece.from + offset - piece.at : piece.from;
    },
  };
}

/** A value with the values of parameters in it, however deep. */
export function withParameters(located: Located, parameters: Parameters): Located {
  if (isTable(located)) {
    return {
      ...located,
      value: new Map([...located.value].map(([key, value]) => [key, withParameters(value, parameters)])),
    };
  }
  if (isList(located)) {
    return { ...located, value: located.value.map((item) => withParameters(item, parameters)) };
  }
  if (!isText(located)) return located;
  const only = ONLY.exec(located.value)?.[1];
  const value = only === undefined ? undefined : parameters.get(only);
  return value
    ? { ...value, keyAt: located.keyAt }
    : { ...located, value: filled(located.value, parameters).text };
}
