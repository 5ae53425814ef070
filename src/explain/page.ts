import type { Display } from "../host/terminal.ts";
import { fold } from "../report/fold.ts";
import { paint } from "../report/style.ts";
import { worded } from "../report/symbols.ts";

/** The first sentence of a page, below its title. */
export function summaryOf(page: string): string {
  return blocks(page).find((block) => block.kind === "text")?.text ?? "";
}

/** A page of docs/codes or docs/rules, laid out for a terminal. */
export function renderPage(page: string, display: Display): string {
  const lines = blocks(page).flatMap((block) => ["", ...layOut(block, display)]).slice(1);
  return worded(`${lines.join("\n")}\n`, display);
}

/** What the pages are made of: CommonMark without nesting. */
type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly { readonly sign: string; readonly text: string }[] }
  /** Code and tables: as they are. */
  | { readonly kind: "verbatim"; readonly lines: readonly string[] };

const ITEM = /^(?<sign>[-*]|\d+\.) +(?<text>.*)$/;

function blocks(page: string): Block[] {
  const found: Block[] = [];
  const lines = page.split("\n");
  while (lines.length > 0) {
    const line = lines.shift()!;
    const fence = /^(`{3,}|~{3,})/.exec(line)?.[1];
    const heading = /^(#+) +(.*)$/.exec(line);
    if (fence) {
      const end = lines.findIndex((each) => each.startsWith(fence));
      found.push({ kind: "verbatim", lines: lines.splice(0, end < 0 ? lines.length : end) });
      lines.shift();
    } else if (heading) {
      found.push({ kind: "heading", level: heading[1]!.length, text: heading[2]! });
    } else if (line.startsWith("|")) {
      found.push({ kind: "verbatim", lines: [line, ...takeWhile(lines, (each) => each.startsWith("|"))] });
    } else if (line.trim() !== "") {
      found.push(
        paragraph([line, ...takeWhile(lines, (each) => each.trim() !== "" && !/^(#|```|~~~|\|)/.test(each))]),
      );
    }
  }
  return found;
}

function paragraph(lines: readonly string[]): Block {
  if (!ITEM.test(lines[0]!)) return { kind: "text", text: lines.map((line) => line.trim()).join(" ") };
  const items: { sign: string; text: string }[] = [];
  for (const line of lines) {
    const item = ITEM.exec(line)?.groups;
    if (item) items.push({ sign: item.sign!, text: item.text! });
    else items.at(-1)!.text += ` ${line.trim()}`;
  }
  return { kind: "list", items };
}

function takeWhile(lines: string[], wanted: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !wanted(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

function layOut(block: Block, display: Display): string[] {
  switch (block.kind) {
    case "heading":
      return [paint(block.text, "strong", display)];
    case "text":
      return fold(spans(block.text), display);
    case "list":
      return block.items.flatMap(({ sign, text }) =>
        fold(spans(text), { width: display.width, first: sign.length > 1 ? `${sign} ` : "- " })
      );
    case "verbatim":
      return block.lines.map((line) => line === "" ? "" : `    ${line}`);
  }
}

/** Links become text with the address behind it; code keeps its backquotes, which also tell it apart without colours. */
function spans(text: string): string {
  return text
    .replace(
      /\[([^\]]+)\]\((https?:[^)\s]+)\)/g,
      (_, label: string, url: string) => label === url ? url : `${label} (${url})`,
    )
    .replace(/\[([^\]]+)\]\([^)\s]+\)/g, "$1")
    .replace(/\*\*([^*]+)\*\*/g, "$1");
}
