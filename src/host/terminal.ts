import { KeylessError } from "../problem.ts";
import { redact } from "./redact.ts";

export type Stream = "stdout" | "stderr";

/** How something can be shown on a stream. */
export interface Display {
  readonly isTerminal: boolean;
  readonly colour: boolean;
  readonly unicode: boolean;
  /** Columns; 80 where nobody knows. */
  readonly width: number;
  /** What leads from where people stand to the root that paths begin at, e.g. `../`; without it they stand there. */
  readonly above?: string;
}

export interface DisplayWishes {
  /** `--color`; default `auto`. */
  readonly colour?: "auto" | "always" | "never";
}

/** Looks at the stream, NO_COLOR, FORCE_COLOR, TERM, CI and the locale. */
export function display(stream: Stream, wishes: DisplayWishes = {}): Display {
  // A dumb terminal can neither go back on its line nor show colours.
  const isTerminal = Deno[stream].isTerminal() && variable("TERM") !== "dumb";
  return {
    isTerminal,
    colour: colourful(isTerminal, wishes.colour ?? "auto"),
    unicode: unicode(),
    width: width(isTerminal),
  };
}

function colourful(isTerminal: boolean, wish: "auto" | "always" | "never"): boolean {
  if (wish !== "auto") return wish === "always";
  if (variable("NO_COLOR")) return false;
  const force = variable("FORCE_COLOR");
  if (force) return force !== "0" && force !== "false";
  return isTerminal || variable("GITHUB_ACTIONS") === "true";
}

function unicode(): boolean {
  // CI logs and Windows' own terminal are UTF-8; only a set, different locale says otherwise.
  const locale = variable("LC_ALL") || variable("LC_CTYPE") || variable("LANG");
  return !locale || /utf-?8/i.test(locale) || variable("CI") !== undefined;
}

function width(isTerminal: boolean): number {
  if (!isTerminal) return 120;
  try {
    return Math.max(40, Deno.consoleSize().columns);
  } catch {
    return 80;
  }
}

function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}

/** Writes text, searched for secrets once more: the last gate before anything is seen. */
export function write(stream: Stream, text: string): void {
  writeRaw(stream, redact(text));
}

/**
 * Writes text as it is. Only for what must reach its reader unredacted: a mask command, and `exchange --print`.
 */
export function writeRaw(stream: Stream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += Deno[stream].writeSync(bytes.subarray(done));
  } catch (error) {
    // The reader has gone (`keyless plan | head`): nothing is left to say.
    if (error instanceof Deno.errors.BrokenPipe) return;
    throw new KeylessError({
      code: "file-unwritable",
      message: `Cannot write to ${stream}`,
      why: [error instanceof Error ? error.message : String(error)],
      next: ["free space, or send the output elsewhere"],
    }, { cause: error });
  }
}
