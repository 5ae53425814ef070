import fc from "fast-check";

/** A value as somebody may have written it. */
export type Tree =
  | { kind: "scalar"; value: string; style: keyof typeof SCALARS }
  | { kind: "map" | "list"; entries: Entry[]; flow: boolean; blank: boolean };

/** An entry, and where comments stand: above it, behind it, and below it, indented deeper. */
export interface Entry {
  tree: Tree;
  above: boolean;
  behind: boolean;
  below: boolean;
}

const SCALARS = {
  plain: ["x", "a b", "${{ secrets.X }}", "v1.2.3", "a#b", "http://x.y/z"],
  single: ["", "true", "a: b", "# no", "it's", "1.10"],
  double: ["", "yes", "tab\there", 'say "x"', "*"],
  block: ["one\n", "one\n# two\n\nthree\n"],
};

const { map } = fc.letrec<{ tree: Tree; scalar: Tree; map: Tree; list: Tree; entry: Entry }>((tie) => {
  const entries = fc.array(tie("entry"), { minLength: 1, maxLength: 4 });
  const rest = { entries, flow: fc.constantFrom(true, false, false), blank: fc.boolean() };
  return {
    scalar: fc.oneof(
      ...Object.entries(SCALARS).map(([style, values]) =>
        fc.constantFrom(...values).map((value): Tree => ({ kind: "scalar", value, style: style as "plain" }))
      ),
    ),
    entry: fc.record({ tree: tie("tree"), above: fc.boolean(), behind: fc.boolean(), below: fc.boolean() }),
    map: fc.record({ kind: fc.constant("map" as const), ...rest }),
    list: fc.record({ kind: fc.constant("list" as const), ...rest }),
    tree: fc.oneof({ maxDepth: 4 }, tie("scalar"), tie("map"), tie("list")),
  };
});

/** A value in a sample, and where it was written. */
export interface Place {
  path: (string | number)[];
  kind: Tree["kind"];
  /** Between braces or brackets. */
  inFlow: boolean;
  /** Index of the line on which it begins. */
  line: number;
  /** Indentation of its key or dash. */
  column: number;
  /** Whether it begins behind the dash of a list item. */
  behindDash: boolean;
}

/** A YAML file with many styles in it; its comments are `# c1.`, `# c2.`, … */
export interface Sample {
  text: string;
  places: Place[];
}

/** Files with comments, quotes, block and flow styles, blank lines, both line ends, with and without a mark and a last line end. */
export const samples: fc.Arbitrary<Sample> = fc.record({
  tree: map,
  step: fc.constantFrom(2, 4),
  listsIndented: fc.boolean(),
  end: fc.constantFrom("\n", "\r\n"),
  mark: fc.boolean(),
  ended: fc.boolean(),
}).map(({ tree, step, listsIndented, end, mark, ended }) => {
  const writer = new Writer(step, listsIndented);
  writer.collection({ ...tree as Collection, flow: false }, 0, [], "");
  // Of a block scalar, the last line end is part of the value.
  const text = writer.lines.join(end) + (ended || writer.inBlock ? end : "");
  return { text: (mark ? "\ufeff" : "") + text, places: writer.places };
});

type Collection = Tree & { kind: "map" | "list" };

class Writer {
  readonly lines: string[] = [];
  readonly places: Place[] = [];
  /** Whether the last line belongs to a block scalar. */
  inBlock = false;
  #comments = 0;

  constructor(readonly step: number, readonly listsIndented: boolean) {}

  /** `lead` is what stands on the line of the first entry already. */
  collection({ kind, entries, blank }: Collection, column: number, path: Place["path"], lead: string): void {
    const indent = " ".repeat(column);
    entries.forEach((entry, index) => {
      const first = index === 0 && lead !== "";
      if (blank && index > 0) this.lines.push("");
      if (entry.above && !first) this.lines.push(indent + this.#comment());
      const step = kind === "map" ? `k${index}` : index;
      this.#entry(entry, (first ? lead : indent) + (kind === "map" ? `k${index}:` : "-"), column, {
        path: [...path, step],
        kind: entry.tree.kind,
        inFlow: false,
        line: this.lines.length,
        column,
        behindDash: first,
      });
      // Below a block scalar it would be part of it.
      if (entry.below && !this.inBlock) this.lines.push(" ".repeat(column + this.step) + this.#comment());
    });
  }

  #entry({ tree, behind }: Entry, head: string, column: number, place: Place): void {
    this.places.push(place);
    const comment = () => behind ? ` ${this.#comment()}` : "";
    this.inBlock = tree.kind === "scalar" && tree.style === "block";
    if (tree.kind === "scalar" && tree.style === "block") {
      const indent = " ".repeat(column + this.step);
      const body = tree.value.trimEnd().split("\n").map((line) => line === "" ? "" : indent + line);
      this.lines.push(`${head} |${comment()}`, ...body);
    } else if (tree.kind === "scalar" || tree.flow) {
      this.lines.push(`${head} ${this.#inline(tree, place, false)}${comment()}`);
    } else if (head.endsWith("-")) {
      this.collection(tree, column + 2, place.path, `${head} `);
    } else {
      this.lines.push(head + comment());
      const deeper = tree.kind === "map" || this.listsIndented ? this.step : 0;
      this.collection(tree, column + deeper, place.path, "");
    }
  }

  #inline(tree: Tree, place: Place, inFlow: boolean): string {
    if (tree.kind === "scalar") return scalar(tree.value, tree.style, inFlow);
    const parts = tree.entries.map((entry, index) => {
      const path = [...place.path, tree.kind === "map" ? `k${index}` : index];
      const inner = { ...place, path, kind: entry.tree.kind, inFlow: true };
      this.places.push(inner);
      return (tree.kind === "map" ? `k${index}: ` : "") + this.#inline(entry.tree, inner, true);
    });
    return tree.kind === "map" ? `{ ${parts.join(", ")} }` : `[${parts.join(", ")}]`;
  }

  #comment(): string {
    return `# c${++this.#comments}.`;
  }
}

function scalar(value: string, style: keyof typeof SCALARS, inFlow: boolean): string {
  if (style === "plain" && !(inFlow && /[{}]/.test(value))) return value;
  return style === "double" || style === "block" ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}
