import { aboutRef, isRef, plainTruth, type RefQuestion } from "./expression_plain.ts";

/** What is known about an expression before anything runs. */
export type Truth = "yes" | "no" | "unknown";

/** Only an expression with one of these can have a value that no run changes, or none of those about which something is known: a constant, two of them compared, the default branch. */
const MAY_BE_CONSTANT = /\b(?:true|false|null|always|default_branch|\d+)\b|'/i;

/** What GitHub lets a path begin with. */
export const CONTEXTS = "github env vars job jobs steps runner secrets strategy matrix needs inputs".split(
  " ",
);
const FUNCTIONS = ["always", "success", "failure", "cancelled", "hashFiles"]
  .map((name) => ({ name, minArgs: 0, maxArgs: 255 }));

/** What is known about the run, e.g. `event_name` or `event.action` of the context `github`. */
export interface KnownRun {
  readonly github: Readonly<Record<string, string>>;
  /** What `github.ref` begins with, where no more is known: `refs/tags/`. */
  readonly refPrefix: string | null;
  /** What the context `inputs` holds, by names in lower case: texts and, of a called workflow, switches. */
  readonly inputs?: ReadonlyMap<string, string | boolean>;
  /** Paths that have no value, in lower case: `needs.build.outputs.version` where that job declares no such output. */
  readonly nothing?: ReadonlySet<string>;
  /** Paths of `github` that have one, whatever it is, in lower case: `github.event.pull_request` in runs of a pull request. */
  readonly present?: ReadonlySet<string>;
  /** Texts of the context `needs`, by paths in lower case: `plan.outputs.publishing`. */
  readonly needs?: ReadonlyMap<string, string>;
}

/**
 * Whether an expression of GitHub Actions, written without `${{ }}`, is true in every run, in none, or in some; with `run`, of the
 * runs about which that much is known.
 */
export async function truth(expression: string, run: KnownRun | null = null): Promise<Truth> {
  const known = run?.nothing || run?.present || run?.needs || run?.inputs;
  if (!MAY_BE_CONSTANT.test(expression) && !known) return "unknown";
  const key = JSON.stringify([
    expression,
    run,
    ...[run?.inputs, run?.nothing, run?.present, run?.needs].map((known) => [...known ?? []]),
  ]);
  const answer = DECIDED.get(key) ?? plainTruth(expression, run, CONTEXTS) ??
    await wholeTruth(expression, run);
  DECIDED.set(key, answer);
  return answer;
}

/** Many jobs of a repository ask for the same. */
const DECIDED = new Map<string, Truth>();

/** The same with the library, of any expression. */
export async function wholeTruth(expression: string, run: KnownRun | null): Promise<Truth> {
  const { Evaluator, Lexer, Parser, data, wellKnownFunctions } = await import(
    "@actions/expressions"
  );
  type Tree = ReturnType<InstanceType<typeof Parser>["parse"]>;
  type Visitor = Parameters<Tree["accept"]>[0];
  type Of<Name extends keyof Visitor> = Parameters<Visitor[Name]>[0];

  /** Texts by paths without the context's name, also with nothing at some. */
  const nested = (texts: Iterable<readonly [string, string]>, empty: readonly string[] = []) => {
    const top = new data.Dictionary();
    const within = new Map([["", top]]);
    const dictionaryAt = (path: string): InstanceType<typeof data.Dictionary> => {
      const there = within.get(path) ?? new data.Dictionary();
      if (!within.has(path)) {
        within.set(path, there);
        const dot = path.lastIndexOf(".");
        dictionaryAt(path.slice(0, Math.max(dot, 0))).add(path.slice(dot + 1), there);
      }
      return there;
    };
    for (const path of empty) dictionaryAt(path);
    for (const [path, text] of texts) {
      const dot = path.lastIndexOf(".");
      dictionaryAt(path.slice(0, Math.max(dot, 0))).add(path.slice(dot + 1), new data.StringData(text));
    }
    return top;
  };
  const known = new data.Dictionary();
  if (run) {
    const github = nested(Object.entries(run.github), ["event"]);
    known.add("github", github);
    const inputs = new data.Dictionary();
    for (const [name, value] of run.inputs ?? []) {
      inputs.add(name, typeof value === "string" ? new data.StringData(value) : new data.BooleanData(value));
    }
    known.add("inputs", inputs);
    if (run.nothing || run.needs) known.add("needs", nested(run.needs ?? []));
    for (const context of run.nothing ? ["matrix", "steps"] : []) known.add(context, nested([]));
  }
  /** The names in `CONTEXT.NAME` and `CONTEXT.NAME.NAME`, with the dots between them. */
  const namedIn = (context: string, node: Tree): string | null => {
    const named = node as Partial<Of<"visitIndexAccess"> & { name: { lexeme: string } }>;
    const literal = (named.index as { literal?: { coerceString(): string } } | undefined)?.literal;
    if (!named.expr || !literal) return null;
    const name = literal.coerceString().toLowerCase();
    const outermost = (named.expr as typeof named).name?.lexeme;
    if (outermost !== undefined) return outermost.toLowerCase() === context ? name : null;
    const outer = namedIn(context, named.expr as Tree);
    return outer === null ? null : `${outer}.${name}`;
  };
  const ofGithub = (node: Tree) => namedIn("github", node);
  /** How the ref's kind answers a comparison with a text, where it does. */
  const byRef = (left: Tree | undefined, right: Tree | undefined, how: RefQuestion): Truth => {
    const literal = (right as { literal?: { coerceString(): string } } | undefined)?.literal;
    return run?.refPrefix && left && isRef(`github.${ofGithub(left)}`, run) && literal
      ? aboutRef(run.refPrefix, literal.coerceString(), how)
      : "unknown";
  };

  /** Whether no context and no function of the run is in it. */
  const constant = {
    visitLiteral: () => true,
    visitContextAccess: () => false,
    visitGrouping: (node: Of<"visitGrouping">): boolean => node.group.accept(constant),
    visitUnary: (node: Of<"visitUnary">): boolean => node.expr.accept(constant),
    visitBinary: (node: Of<"visitBinary">): boolean =>
      node.left.accept(constant) && node.right.accept(constant),
    visitLogical: (node: Of<"visitLogical">): boolean => node.args.every((each) => each.accept(constant)),
    visitIndexAccess: (node: Of<"visitIndexAccess">) =>
      run !== null && (Object.hasOwn(run.github, ofGithub(node) ?? "") ||
        run.inputs?.has(namedIn("inputs", node) ?? "") === true ||
        run.nothing?.has(`inputs.${namedIn("inputs", node)}`) === true ||
        run.needs?.has(namedIn("needs", node) ?? "") === true ||
        run.nothing?.has(`needs.${namedIn("needs", node)}`) === true ||
        run.nothing?.has(`matrix.${namedIn("matrix", node)}`) === true ||
        run.nothing?.has(`steps.${namedIn("steps", node)}`) === true ||
        run.nothing?.has(`github.${ofGithub(node)}`) === true),
    visitFunctionCall: (node: Of<"visitFunctionCall">): boolean =>
      Object.hasOwn(wellKnownFunctions, node.functionName.lexeme.toLowerCase()) &&
      node.args.every((each) => each.accept(constant)),
  };
  const decide = (node: Tree): Truth => {
    if (!node.accept(constant)) return node.accept(parts);
    const value = new Evaluator(node, known).evaluate();
    return truthy(value) ? "yes" : "no";
  };
  const truthy = (value: ReturnType<InstanceType<typeof Evaluator>["evaluate"]>) => {
    if (value.kind === data.Kind.Null) return false;
    if (value.kind === data.Kind.Boolean) return value.coerceString() === "true";
    if (value.kind === data.Kind.Number) return Boolean(Number(value.coerceString()));
    return value.kind !== data.Kind.String || value.coerceString() !== "";
  };
  const parts = {
    visitLiteral: (): Truth => "unknown",
    visitContextAccess: (): Truth => "unknown",
    visitBinary: ({ left, right, operator }: Of<"visitBinary">): Truth => {
      const same = operator.lexeme === "==" || operator.lexeme === "!="
        ? byRef(left, right, "==")
        : "unknown";
      if (same === "unknown") return same;
      return (same === "yes") === (operator.lexeme === "==") ? "yes" : "no";
    },
    visitIndexAccess: (node: Of<"visitIndexAccess">): Truth =>
      run?.present?.has(`github.${ofGithub(node)}`) ? "yes" : "unknown",
    visitGrouping: (node: Of<"visitGrouping">): Truth => decide(node.group),
    visitUnary: (node: Of<"visitUnary">): Truth => {
      const inner = decide(node.expr);
      return inner === "unknown" ? inner : inner === "yes" ? "no" : "yes";
    },
    visitLogical: (node: Of<"visitLogical">): Truth => {
      const [decisive, neutral]: [Truth, Truth] = node.operator.lexeme === "&&"
        ? ["no", "yes"]
        : ["yes", "no"];
      const all = node.args.map(decide);
      return all.includes(decisive) ? decisive : all.every((each) => each === neutral) ? neutral : "unknown";
    },
    visitFunctionCall: ({ functionName, args }: Of<"visitFunctionCall">): Truth => {
      const name = functionName.lexeme.toLowerCase();
      if (name === "always") return "yes";
      return name === "startswith" || name === "contains" ? byRef(args[0], args[1], name) : "unknown";
    },
  };
  try {
    return decide(new Parser(new Lexer(expression).lex().tokens, CONTEXTS, FUNCTIONS).parse());
  } catch {
    // The library throws errors of several classes for what GitHub would refuse too; nothing is known about such an expression.
    return "unknown";
  }
}
