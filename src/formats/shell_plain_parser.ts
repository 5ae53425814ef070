import { PlainWords } from "./shell_plain_words.ts";
import type { Assignment, CompoundList, Elif, ShellNode, Statement, Word } from "./shell_tree.ts";

/** Words that begin a command of another kind, and built-in commands that read their words in another way. */
const NOT_PLAIN =
  /^(?:if|then|else|elif|fi|for|while|until|do|done|case|esac|in|select|function|time|coproc|alias|let|eval|exec|[!{}]|\[\[)$/;
/** In `$(…)` the parser for all scripts looks for an `esac` behind it even where it is an argument. */
const CASE_WORD = "case";
/** Commands that take assignments for arguments. */
const DECLARES = /^(?:export|declare|typeset|local|readonly)$/;
/** What begins more than a command, or stands before one. */
const COMPOUND = /(?:if|while|until|for|case|\[\[|[{!])(?=[ \t\n])|\((?!\()/y;
const AND_OR = /&&|\|\|(?!\|)/y;
const PIPE = /\|(?![|&])/y;
const SEPARATOR = /;(?![;&])|\n/y;
const BACKGROUND = /&(?![&>])/y;
/** `>`, `>>`, `2>`, `<`, `&>`, to a file or to another stream. */
const REDIRECTION = /(?:\d*(?:>>?|<)|&>>?)(?![<>(&|])[ \t]*(?!#)|\d*>&(?=\d)/y;
const FOR = /for[ \t]+([A-Za-z_]\w*)[ \t]+in(?=[ \t;\n])/y;
const CASE = /case[ \t]+/y;
const IN = /in(?=[ \t\n])/y;
const UNARY = /-[a-zA-Z](?=[ \t])/y;
const BINARY = /(?:==|!=|=~|=|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))(?=[ \t])/y;
const NOT = /!(?=[ \t])/y;

/** What closes something, as a word of its own. */
const word = (words: string) => new RegExp(`(?:${words})(?=[ \\t\\n;|&)<>]|$)`, "y");
const THEN = word("then");
const BRANCHES = word("elif|else|fi");
const FI = word("fi");
const DO = word("do");
const DONE = word("done");
const BRACE = word("\\}");
const ESAC = word("esac");
const TEST_END = word("\\]\\]");
const ITEM_SIGN = /;;(?!&)/y;
const ITEM_END = new RegExp(`${ITEM_SIGN.source}|${ESAC.source}`, "y");
const BRACKET = /\)/y;
/** The end of the script. */
const END = /$/y;

/** Nobody nests deeper. */
const MAX_DEPTH = 20;

/** The statements of a plain script; `null` where it has to be parsed as a whole. */
export function plainStatements(script: string): readonly Statement[] | null {
  return PlainWords.unlessOther(() => new Parser(script).script());
}

class Parser extends PlainWords {
  #depth = 0;

  script(): readonly Statement[] {
    return this.#statements(END, END);
  }

  protected override substituted(): ShellNode {
    const start = this.at;
    const commands = this.#statements(BRACKET, BRACKET);
    return { type: "Script", pos: start, end: this.at++, commands };
  }

  /** Up to what ends them, which stays; `sign`: what does so right behind the last one. */
  #statements(end: RegExp, sign?: RegExp): readonly Statement[] {
    if (++this.#depth > MAX_DEPTH) this.otherwise();
    const statements: Statement[] = [];
    for (;;) {
      this.gap();
      if (this.looksAt(end)) break;
      const command = this.#andOr();
      this.blanks();
      const background = this.match(BACKGROUND) !== null;
      const behind = background ? this.at : command.end;
      statements.push({ type: "Statement", pos: command.pos, end: behind, command, background });
      if (background || this.match(SEPARATOR)) continue;
      if (!sign || !this.looksAt(sign)) this.otherwise();
    }
    this.#depth--;
    return statements;
  }

  /** Between a word that opens and one that closes; there is at least one. */
  #list(end: RegExp, sign?: RegExp): CompoundList {
    const commands = this.#statements(end, sign);
    const [first, last] = [commands[0], commands.at(-1)];
    if (!first || !last) this.otherwise();
    return { type: "CompoundList", pos: first.pos, end: last.end, commands };
  }

  #andOr(): ShellNode {
    const commands = [this.#pipeline()];
    const operators: ("&&" | "||")[] = [];
    for (let sign = this.#sign(AND_OR); sign; sign = this.#sign(AND_OR)) {
      operators.push(sign as "&&" | "||");
      this.gap();
      commands.push(this.#pipeline());
    }
    return operators.length === 0
      ? commands[0]!
      : { type: "AndOr", ...extent(commands), commands, operators };
  }

  #pipeline(): ShellNode {
    const start = this.at;
    const negated = this.match(NOT) !== null;
    if (negated) this.blanks();
    const commands = [this.#command()];
    while (this.#sign(PIPE)) {
      this.gap();
      commands.push(this.#command());
    }
    if (commands.length === 1 && !negated) return commands[0]!;
    return { type: "Pipeline", pos: start, end: commands.at(-1)!.end, commands };
  }

  #sign(pattern: RegExp): string | null {
    this.blanks();
    return this.match(pattern)?.[0] ?? null;
  }

  #command(): ShellNode {
    const start = this.at;
    if (!this.looksAt(COMPOUND)) return this.#simple();
    const command = this.#compound();
    let redirects = false;
    for (this.blanks(); this.match(REDIRECTION); this.blanks()) {
      redirects = true;
      if (this.word().parts) this.otherwise();
    }
    if (!redirects) return command;
    return { type: "Redirected", pos: start, end: this.end, command };
  }

  #compound(): ShellNode {
    switch (this.text[this.at]) {
      case "i":
        return this.#if();
      case "w":
      case "u":
        return this.#while();
      case "f":
        return this.#for();
      case "c":
        return this.#case();
      case "[":
        return this.#test();
      case "{":
        return this.#group("BraceGroup", BRACE);
      case "(":
        return this.#group("Subshell", BRACKET, BRACKET);
      default:
        return this.otherwise();
    }
  }

  /** A word, or a bracket, that has to stand here. */
  #closing(pattern: RegExp): number {
    if (!this.match(pattern)) this.otherwise();
    return this.end = this.at;
  }

  #if(): ShellNode {
    const { pos, clause, then } = this.#branch("if");
    const elif: Elif[] = [];
    while (this.text.startsWith("elif", this.at)) elif.push({ type: "Elif", ...this.#branch("elif") });
    const hasElse = this.text.startsWith("else", this.at);
    if (hasElse) this.at += 4;
    const otherwise = hasElse ? this.#list(FI) : undefined;
    return { type: "If", pos, end: this.#closing(FI), clause, then, elif, else: otherwise };
  }

  #branch(begins: string): Omit<Elif, "type"> {
    const pos = this.at;
    this.at += begins.length;
    const clause = this.#list(THEN);
    this.#closing(THEN);
    const then = this.#list(BRANCHES);
    return { pos, end: then.end, clause, then };
  }

  #while(): ShellNode {
    const pos = this.at;
    this.at += 5;
    const clause = this.#list(DO);
    this.#closing(DO);
    const body = this.#list(DONE);
    return { type: "While", pos, end: this.#closing(DONE), clause, body };
  }

  #for(): ShellNode {
    const pos = this.at;
    const [whole, value] = this.match(FOR) ?? this.otherwise();
    const at = pos + whole.indexOf(value!, 3);
    const name: Word = { type: "Word", pos: at, end: at + value!.length, value: value! };
    const wordlist: Word[] = [];
    for (this.blanks(); !this.match(SEPARATOR); this.blanks()) wordlist.push(this.word());
    this.gap();
    this.#closing(DO);
    const body = this.#list(DONE);
    return { type: "For", pos, end: this.#closing(DONE), name, wordlist, body };
  }

  #case(): ShellNode {
    const pos = this.at;
    this.match(CASE);
    const word = this.word();
    this.gap();
    if (!this.match(IN)) this.otherwise();
    const items: { pattern: Word[]; body: { commands: readonly Statement[] }; terminator: ";;" }[] = [];
    for (this.gap(); !this.looksAt(ESAC); this.gap()) {
      const pattern = this.#patterns();
      const commands = this.#statements(ITEM_END, ITEM_SIGN);
      items.push({ pattern, body: { commands }, terminator: ";;" });
      if (this.text.startsWith(";;", this.at)) this.at += 2;
    }
    return { type: "Case", pos, end: this.#closing(ESAC), word, items };
  }

  #patterns(): Word[] {
    if (this.text[this.at] === "(") this.at++;
    const patterns: Word[] = [];
    do {
      this.blanks();
      patterns.push(this.word(/[ \t|)]/));
      this.blanks();
    } while (this.match(PIPE));
    if (!this.match(BRACKET)) this.otherwise();
    return patterns;
  }

  #test(): ShellNode {
    const pos = this.at;
    this.at += 2;
    const words: Word[] = [];
    do {
      this.gap();
      while (this.match(NOT)) this.blanks();
      if (this.match(UNARY)) {
        this.blanks();
        words.push(this.word());
      } else {
        words.push(this.word());
        this.blanks();
        if (this.match(BINARY)) {
          this.blanks();
          words.push(this.word());
        }
      }
      this.gap();
    } while (this.match(AND_OR));
    return { type: "TestCommand", pos, end: this.#closing(TEST_END), words };
  }

  #group(type: "BraceGroup" | "Subshell", end: RegExp, sign?: RegExp): ShellNode {
    const pos = this.at++;
    const body = this.#list(end, sign);
    return { type, pos, end: this.#closing(end), body };
  }

  /** A program with its words. */
  #simple(): ShellNode {
    const pos = this.at;
    const prefix: Assignment[] = [];
    let name: Word | undefined;
    const suffix: ShellNode[] = [];
    let declares = false;
    for (;;) {
      if (this.match(REDIRECTION)) {
        if (this.word().parts) this.otherwise();
      } else if (this.isWord()) {
        const word = this.word();
        const written = this.text.slice(word.pos, word.end);
        const assigns = !name || declares ? this.#assignment(word, written) : null;
        if (assigns) (name ? suffix : prefix).push(assigns);
        else if (name) suffix.push(written === CASE_WORD ? this.otherwise() : word);
        else if (NOT_PLAIN.test(written)) this.otherwise();
        else {
          name = word;
          declares = DECLARES.test(written);
        }
      } else break;
      this.blanks();
    }
    if (this.at === pos) this.otherwise();
    return { type: "Command", pos, end: this.end, name, prefix, suffix };
  }

  #assignment(word: Word, written: string): Assignment | null {
    const [sign, name] = /^([A-Za-z_]\w*)=/.exec(written) ?? [];
    if (sign === undefined) return /^\w+(?:\+=|\[)/.test(written) ? this.otherwise() : null;
    const value = { ...word, pos: word.pos + sign.length, value: word.value.slice(sign.length) };
    return { type: "Assignment", pos: word.pos, end: word.end, name: name!, value };
  }
}

function extent(nodes: readonly ShellNode[]): { pos: number; end: number } {
  return { pos: nodes[0]!.pos, end: nodes.at(-1)!.end };
}
