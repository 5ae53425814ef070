/** What is known about an expression before anything runs. */
export type Truth = "yes" | "no" | "unknown";

/** Only an expression with one of these can have a value that no run changes: a constant, or two constants compared. */
const MAY_BE_CONSTANT = /\b(?:true|false|null|always|\d+)\b|'/i;

const CONTEXTS = "github env vars job jobs steps runner secrets strategy matrix needs inputs".split(" ");
const FUNCTIONS = ["always", "success", "failure", "cancelled", "hashFiles"]
  .map((name) => ({ name, minArgs: 0, maxArgs: 255 }));

/** Whether an expression of GitHub Actions, written without `${{ }}`, is true in every run, in none, or in some. */
export async function truth(expression: string): Promise<Truth> {
  if (!MAY_BE_CONSTANT.test(expression)) return "unknown";
  const { Evaluator, Lexer, Parser, data, wellKnownFunctions } = await import(
    "@actions/expressions"
  );
  type Tree = ReturnType<InstanceType<typeof Parser>["parse"]>;
  type Visitor = Parameters<Tree["accept"]>[0];
  type Of<Name extends keyof Visitor> = Parameters<Visitor[Name]>[0];

  /** Whether no context and no function of the run is in it. */
  const constant = {
    visitLiteral: () => true,
    visitContextAccess: () => false,
    visitGrouping: (node: Of<"visitGrouping">): boolean => node.group.accept(constant),
    visitUnary: (node: Of<"visitUnary">): boolean => node.expr.accept(constant),
    visitBinary: (node: Of<"visitBinary">): boolean =>
      node.left.accept(constant) && node.right.accept(constant),
    visitLogical: (node: Of<"visitLogical">): boolean => node.args.every((each) => each.accept(constant)),
    visitIndexAccess: () => false,
    visitFunctionCall: (node: Of<"visitFunctionCall">): boolean =>
      Object.hasOwn(wellKnownFunctions, node.functionName.lexeme.toLowerCase()) &&
      node.args.every((each) => each.accept(constant)),
  };
  const decide = (node: Tree): Truth => {
    if (!node.accept(constant)) return node.accept(parts);
    const value = new Evaluator(node, new data.Dictionary()).evaluate();
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
    visitBinary: (): Truth => "unknown",
    visitIndexAccess: (): Truth => "unknown",
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
    visitFunctionCall: (node: Of<"visitFunctionCall">): Truth =>
      node.functionName.lexeme.toLowerCase() === "always" ? "yes" : "unknown",
  };
  try {
    return decide(new Parser(new Lexer(expression).lex().tokens, CONTEXTS, FUNCTIONS).parse());
  } catch {
    // The library throws errors of several classes for what GitHub would refuse too; nothing is known about such an expression.
    return "unknown";
  }
}
