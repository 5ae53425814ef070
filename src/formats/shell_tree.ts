/** A part of a script, from its first character to behind its last one. */
interface Part {
  readonly pos: number;
  readonly end: number;
}

export interface Word extends Part {
  readonly type: "Word";
  /** As the command gets it. */
  readonly value: string;
  /** What it is made of, where that is more than text. */
  readonly parts?: readonly ShellNode[] | undefined;
}

export interface Assignment extends Part {
  readonly type: "Assignment";
  readonly name: string;
  /** Whether it is `+=`. */
  readonly append?: boolean | undefined;
  readonly value: Word | ArrayValue;
}

/** What stands between brackets: words. */
export interface ArrayValue {
  readonly type: "ArrayValue";
  readonly elements: readonly { readonly value?: unknown }[];
}

export interface Command extends Part {
  readonly type: "Command";
  readonly name: Word | undefined;
  readonly prefix: readonly ShellNode[];
  readonly suffix: readonly ShellNode[];
}

export interface HereDoc extends Part {
  readonly type: "HereDoc";
  readonly body: Part & { readonly text: string };
}

export interface Statement extends Part {
  readonly type: "Statement";
  readonly command: ShellNode;
  readonly background?: boolean | undefined;
}

/** Of which at least one stands in the script. */
export interface CompoundList extends Part {
  readonly type: "CompoundList";
  readonly commands: readonly Statement[];
}

export interface Script extends Part {
  readonly type: "Script";
  readonly commands: readonly Statement[];
  /** The text in which its places count, where that is one of its own. */
  readonly source?: string;
}

export interface AndOr extends Part {
  readonly type: "AndOr";
  readonly commands: readonly ShellNode[];
  /** Between them. */
  readonly operators: readonly ("&&" | "||")[];
}

export interface Pipeline extends Part {
  readonly type: "Pipeline";
  readonly commands: readonly ShellNode[];
}

/** Another command with redirections behind it. */
export interface Redirected extends Part {
  readonly type: "Redirected";
  readonly command: ShellNode;
}

export interface Elif extends Part {
  readonly type: "Elif";
  readonly clause: CompoundList;
  readonly then: CompoundList;
}

export interface If extends Part {
  readonly type: "If";
  readonly clause: CompoundList;
  readonly then: CompoundList;
  readonly elif: readonly Elif[];
  readonly else: CompoundList | undefined;
}

export interface While extends Part {
  readonly type: "While";
  readonly clause: CompoundList;
  readonly body: CompoundList;
}

export interface For extends Part {
  readonly type: "For" | "Select";
  readonly name: Word;
  readonly wordlist: readonly Word[] | undefined;
  readonly body: CompoundList;
}

export interface Case extends Part {
  readonly type: "Case";
  readonly word: Word;
  readonly items: readonly {
    readonly pattern: readonly Word[];
    readonly body: Pick<CompoundList, "commands">;
    /** `;;` where nothing stands. */
    readonly terminator?: ";;" | ";&" | ";;&" | undefined;
  }[];
}

/** `( … )` and `{ …; }`. */
export interface Group extends Part {
  readonly type: "Subshell" | "BraceGroup";
  readonly body: CompoundList;
}

export interface Function extends Part {
  readonly type: "Function";
  readonly name: Word;
  readonly body: ShellNode;
}

/** `[[ … ]]` of plain words. */
export interface TestCommand extends Part {
  readonly type: "TestCommand";
  readonly words: readonly Word[];
}

/** Whatever else a parser makes; only the commands in it count. */
interface Other extends Part {
  readonly type: "ArithmeticFor" | "Redirect" | "CommandExpansion";
}

/** What a script is made of, as far as the walk through it asks. The parser of all scripts makes these, and more. */
export type ShellNode =
  | AndOr
  | Assignment
  | Case
  | Command
  | CompoundList
  | Elif
  | For
  | Function
  | Group
  | HereDoc
  | If
  | Other
  | Pipeline
  | Redirected
  | Script
  | Statement
  | TestCommand
  | While
  | Word;

/** Goes to everything that a node is made of. */
export type Children = (node: ShellNode, visit: (child: ShellNode) => void) => void;
