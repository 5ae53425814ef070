import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseAllDocuments,
  parseDocument,
  visit,
} from "yaml";
import type { Alias, Document, Node, YAMLError } from "yaml";
import { masked } from "../host/masked.ts";
import { plainLine } from "../host/redact.ts";
import { type Location, type Problem, UsageError } from "../problem.ts";
import { entriesOf, isList, type Located, MAX_DEPTH, type Parsed, type Value } from "./located.ts";
import { SourceText } from "./positions.ts";
import { duplicateKey, nestedTooDeeply, syntaxProblem } from "./problems.ts";
import { withLineFeeds } from "./yaml_breaks.ts";
import { mistakeOf } from "./yaml_mistakes.ts";
import { type Joined, withWholeFlow } from "./yaml_flow.ts";
import { withWholeQuotes } from "./yaml_quotes.ts";

/** Nodes that a file may come to when every alias is followed: real files have thousands, an alias bomb has billions. */
const MAX_NODES = 200_000;

/** How many strings and lists with too little indentation are put right; real files have one or two. */
const MAX_TRIES = 20;

/** How many characters are parsed again for that. */
const MAX_REPARSED = 1_000_000;

/** A YAML 1.2 file (`on` stays `on`), safe to walk: every alias has a target, none contains itself, and following all of them ends soon. */
export interface YamlFile {
  readonly source: SourceText;
  readonly document: Document.Parsed;
  /** The node's own text, without the comments and line breaks behind it. */
  spanOf(node: Node): Location;
  /** What an alias stands for; any other node itself. */
  resolve(node: Node): Node;
}

const OPTIONS = {
  // Not "silent": a silent parser does not mention that it has left out a second document.
  logLevel: "error",
  prettyErrors: false,
  // The parser compares each key with each, which takes minutes for a table of a hundred thousand.
  uniqueKeys: false,
} as const;

/**
 * Parses one YAML document. `path` is relative to the project's root.
 *
 * @throws {UsageError} the mistakes in the file: `yaml-syntax`, `duplicate-key`, `yaml-alias`, `nested-too-deeply`
 */
export function parseYaml(text: string, path: string): YamlFile {
  const source = new SourceText(text, path);
  const parse = (body: string) => parseDocument(body, OPTIONS);
  let body: string | null = withLineFeeds(source.body);
  let document = parse(body);
  const tries = Math.min(MAX_TRIES, 1 + MAX_REPARSED / body.length);
  for (let tried = 0; tried < tries && body !== null && document.errors.length > 0; tried++) {
    const quotes = withWholeQuotes(body, document);
    const flow: Joined | null = quotes === null ? withWholeFlow(body, document) : null;
    body = quotes ?? flow?.text ?? null;
    const next = body === null ? document : parse(body);
    // What is no collection even in one line is told as it was found.
    if (flow && next.errors.some(({ pos }) => pos[0] < flow.end)) break;
    document = next;
  }
  return fileOf(source, document, repeatedKeys(document));
}

/**
 * Parses every document of a YAML file as the parsers of GitLab and CircleCI do: a key may stand in a table twice, and the last one counts.
 *
 * @throws {UsageError} as {@link parseYaml}, but for `duplicate-key`
 */
export function parseYamlDocuments(text: string, path: string): readonly YamlFile[] {
  const source = new SourceText(text, path);
  const documents = parseAllDocuments(withLineFeeds(source.body), OPTIONS);
  return "empty" in documents ? [] : documents.map((document) => fileOf(source, document));
}

/** Where the keys begin that their table has had before. */
function repeatedKeys(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const known = isScalar(key) ? key.value : key;
        if (seen.has(known)) offsets.push((key as Node).range?.[0] ?? 0);
        seen.add(known);
      }
    },
  });
  return offsets;
}

function fileOf(source: SourceText, document: Document.Parsed, repeated: readonly number[] = []): YamlFile {
  const { errors } = document;
  if (errors.length > 0 || repeated.length > 0) {
    const mistakes = [
      ...errors.map((error) => [error.pos[0], () => asProblem(source, error)] as const),
      ...repeated.map((offset) => [offset, () => duplicateKey(source, offset)] as const),
    ];
    throw new UsageError(
      mistakes.toSorted(([a], [b]) => a - b).slice(0, 20).map(([, problem]) => problem()),
    );
  }
  const targets = new Aliases(source).targetsIn(document.contents);
  return {
    source,
    document,
    spanOf: (node) => source.span(node.range?.[0] ?? 0, node.range?.[1] ?? 0),
    resolve: (node) => isAlias(node) ? targets.get(node) ?? node : node,
  };
}

/**
 * How `<<` brings the entries of other tables into one. `ordered`: as Ruby's parser has it, whatever stands later wins. `own`: as in
 * YAML 1.1, the table's own entries win.
 */
export type MergeKeys = "ordered" | "own";

/**
 * The values of a YAML file with their places; aliases stand for what they name, keys that are no scalars are left out. `<<` is a key
 * like any other unless `merging` is given.
 */
export function locatedYaml(file: YamlFile, merging?: MergeKeys): Parsed {
  const convert = (written: Node, keyAt: Location | null): Located => {
    const node = file.resolve(written);
    const at = file.spanOf(written);
    if (isMap(node)) {
      const table = new Map<string, Located>();
      const own = new Set<string>();
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue;
        const place = file.spanOf(key);
        const name = String(key.value);
        const located = value ? convert(value as Node, place) : { value: null, at: place, keyAt: place };
        if (merging !== undefined && name === "<<") {
          for (const [brought, each] of broughtIn(located)) {
            if (merging === "ordered" || !own.has(brought)) table.set(brought, each);
          }
        } else {
          table.set(name, located);
          own.add(name);
        }
      }
      return { value: table, at, keyAt };
    }
    const tag = node.tag?.startsWith("!") ? { tag: node.tag } : {};
    if (isSeq(node)) {
      return { value: node.items.map((item) => convert(item as Node, null)), at, keyAt, ...tag };
    }
    return { value: isScalar(node) ? scalar(node.value) : null, at, keyAt, ...tag };
  };
  const { contents } = file.document;
  const root = contents ? convert(contents, null) : { value: null, at: file.source.span(0, 0), keyAt: null };
  return { source: file.source, root };
}

/** The entries of the table or tables behind `<<`; of several the first one wins. */
function broughtIn(located: Located): readonly (readonly [string, Located])[] {
  const tables = isList(located) ? located.value.toReversed() : [located];
  return tables.flatMap((table) => entriesOf(table));
}

function scalar(value: unknown): Value {
  return typeof value === "string" || typeof value === "number" || typeof value === "bigint" ||
      typeof value === "boolean"
    ? value
    : null;
}

/** How much a node comes to when every alias in it is followed. */
interface Reach {
  readonly nodes: number;
  readonly depth: number;
}

/** Follows every alias once, in the order of the text: an alias means the last anchor of its name before it. */
class Aliases {
  readonly #anchors = new Map<string, Node>();
  readonly #targets = new Map<Alias, Node>();
  readonly #reaches = new Map<unknown, Reach>();
  readonly #open = new Set<unknown>();

  constructor(readonly source: SourceText) {}

  /** @throws {UsageError} `yaml-alias`, `nested-too-deeply` */
  targetsIn(contents: Node | null): ReadonlyMap<Alias, Node> {
    this.#visit(contents);
    return this.#targets;
  }

  #visit(node: unknown): Reach {
    if (isAlias(node)) return this.#follow(node);
    if (isScalar(node) && node.anchor) this.#anchors.set(node.anchor, node);
    if (!isCollection(node)) return { nodes: 1, depth: 0 };
    if (node.anchor) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    let nodes = 1;
    let depth = 0;
    const parts = node.items.flatMap((item) => isPair(item) ? [item.key, item.value] : [item]);
    for (const part of parts) {
      const reach = this.#visit(part);
      nodes += reach.nodes;
      depth = Math.max(depth, reach.depth + 1);
    }
    this.#open.delete(node);
    if (depth > MAX_DEPTH) throw new UsageError(nestedTooDeeply(this.source, node.range?.[0] ?? 0));
    if (nodes > MAX_NODES && this.#targets.size > 0) throw this.#refusal(node, "the aliases in it multiply");
    const reach = { nodes, depth };
    this.#reaches.set(node, reach);
    return reach;
  }

  #follow(alias: Alias): Reach {
    const name = plainLine(alias.source, 60);
    const target = this.#anchors.get(alias.source);
    if (!target) {
      const what = this.#isSecret(alias)
        ? 'a value that begins with "*" needs quotes'
        : `*${name} stands for nothing, because no &${name} comes before it`;
      throw this.#refusal(alias, what);
    }
    if (this.#open.has(target)) throw this.#refusal(alias, `*${name} stands inside what it names`);
    this.#targets.set(alias, target);
    return this.#reaches.get(target) ?? { nodes: 1, depth: 0 };
  }

  /** Whether an alias stands where a secret does: then it is meant for one, and not to be shown. */
  #isSecret(alias: Alias): boolean {
    const { body } = this.source;
    const offset = alias.range?.[0] ?? 0;
    const start = body.lastIndexOf("\n", offset - 1) + 1;
    const line = body.slice(start).split("\n", 1)[0]!;
    return masked(line)[offset - start + 1] === "*";
  }

  #refusal(node: Node, what: string): UsageError {
    const at = this.source.span(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
    return new UsageError(this.source.problem(at, {
      code: "yaml-alias",
      message: `Cannot follow the aliases of ${plainLine(this.source.path)}: ${what}`,
      next: ["write the value out instead of using the alias"],
    }));
  }
}

function asProblem(source: SourceText, error: YAMLError): Problem {
  const offset = error.pos[0];
  if (error.code === "RESOURCE_EXHAUSTION") return nestedTooDeeply(source, offset);
  const mistake = mistakeOf(source.body, error.message, offset);
  return {
    ...syntaxProblem("yaml-syntax", source, mistake.offset, mistake.what),
    // What stands behind a colon is a part of the file, and may be a secret.
    said: plainLine(error.message.split(": ", 1)[0]!, 200),
  };
}
