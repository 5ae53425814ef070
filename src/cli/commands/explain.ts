import pages from "../../explain/pages.json" with { type: "json" };
import { renderPage, summaryOf } from "../../explain/page.ts";
import { type ExitCode, UsageError } from "../../problem.ts";
import { fold } from "../../report/fold.ts";
import { paint } from "../../report/style.ts";
import { suggest } from "../../suggest.ts";
import { json } from "../io.ts";
import type { Call } from "../verb.ts";

const PAGES: Readonly<Record<string, string>> = pages;

/** Prints the page of a code, or the list of all codes. */
export function run({ arguments: [code], options, io }: Call): Promise<ExitCode> {
  if (code !== undefined && options.list) {
    throw new UsageError({
      code: "options-conflict",
      message: `--list shows all codes, "${code}" asks for one`,
      next: ["leave one of the two out"],
    });
  }
  const codes = code === undefined ? Object.keys(PAGES) : [known(code)];
  if (io.json) {
    const found = codes.map((each) => ({ code: each, summary: summaryOf(PAGES[each]!), text: PAGES[each]! }));
    io.out(json({ schema: "keyless/explain/1", pages: found }));
  } else if (code === undefined) {
    io.out(codes.flatMap((each) => row(each, io)).map((line) => `${line}\n`).join(""));
  } else {
    const page = PAGES[codes[0]!]!;
    io.out(io.stdout.isTerminal ? renderPage(page, io.stdout) : page);
  }
  return Promise.resolve(0);
}

function row(code: string, { stdout }: Call["io"]): string[] {
  if (!stdout.isTerminal) return [code];
  return [
    paint(code, "strong", stdout),
    ...fold(summaryOf(PAGES[code]!), { width: stdout.width, first: "    " }),
  ];
}

function known(code: string): string {
  if (Object.hasOwn(PAGES, code)) return code;
  const near = suggest(code, Object.keys(PAGES));
  throw new UsageError({
    code: "unknown-code",
    message: `There is no code "${code}"`,
    next: [...(near ? [`did you mean keyless explain ${near}?`] : []), "all codes: keyless explain --list"],
  });
}
