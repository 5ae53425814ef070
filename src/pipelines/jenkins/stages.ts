import type { SourceText } from "../../formats/positions.ts";
import { joined } from "../../formats/shell.ts";
import type { Location } from "../../problem.ts";
import type { Answer, Concurrency, Trigger, Unseen } from "../model.ts";
import { type Bindings, credentialsIn, environmentOf, variablesIn } from "./bindings.ts";
import { type Call, callAt, isSign, namingTexts, type Range, textArguments, wordsOf } from "./calls.ts";
import { agentOf, concurrencyOf, runnerOf, scheduleOf } from "./directives.ts";
import { Functions, type OwnFunction, runsBlock } from "./functions.ts";
import type { Groovy, Token } from "./groovy.ts";
import type { Stage } from "./stage.ts";
import { whenOf } from "./when.ts";

/** What a pipeline of Jenkins says. */
export interface Stages {
  readonly stages: readonly Stage[];
  /** Variables of all stages. */
  readonly bindings: Bindings;
  readonly unseen: readonly Unseen[];
  readonly schedule: Trigger | null;
  readonly concurrency: Concurrency | null;
}

/** Reads the stages of a pipeline, declarative or scripted. */
export function stagesOf(file: Groovy, source: SourceText): Stages {
  return new Reader(file, source).read();
}

interface Around {
  readonly stage: Stage;
  readonly bindings: Bindings;
  readonly live: Answer;
  readonly tolerated: boolean;
  readonly directory: string | null;
  readonly depth: number;
  /** The functions that the calls up to here are in. */
  readonly within: readonly OwnFunction[];
  /** What the innermost of them is handed to run. */
  readonly handed: Handed | null;
}

/** The block behind the call of a function. */
interface Handed {
  readonly name: string;
  readonly block: Range;
  /** The function that the block stands in. */
  readonly outer: Pick<Around, "within" | "handed">;
  runs: boolean;
}

const SHELLS = /^(?:sh|bat|powershell|pwsh|[a-z]\w*Sh)$/;
/** Blocks in which nothing runs. */
const QUIET = ["parameters", "tools", "properties"];
const DEEPEST = 100;

class Reader {
  readonly #stages: Stage[] = [];
  readonly #unseen: Unseen[] = [];
  #bindings: Bindings = new Map();
  #schedule: Trigger | null = null;
  #concurrency: Concurrency | null = null;
  readonly #functions: Functions;

  constructor(readonly file: Groovy, readonly source: SourceText) {
    this.#functions = new Functions(file);
  }

  read(): Stages {
    const { tokens } = this.file;
    const all = this.#place(0, this.source.text.length);
    const outside = this.#stage(this.source.path.split("/").at(-1)!, this.#place(0, 0), all, null);
    this.#walk({ from: 0, to: tokens.length }, {
      stage: outside,
      bindings: new Map(),
      live: "yes",
      tolerated: false,
      directory: ".",
      depth: 0,
      within: [],
      handed: null,
    });
    return {
      stages: this.#stages.filter(({ steps }) => steps.length > 0),
      bindings: this.#bindings,
      unseen: this.#unseen,
      schedule: this.#schedule,
      concurrency: this.#concurrency,
    };
  }

  #stage(id: string, at: Location, extent: Location, outer: Stage | null): Stage {
    const stage: Stage = {
      id,
      at,
      extent,
      bindings: outer?.bindings ?? new Map(),
      steps: [],
      condition: outer?.condition ?? null,
      live: outer?.live ?? "yes",
      triggers: outer?.triggers ?? null,
      runner: outer?.runner ?? null,
      container: outer?.container ?? null,
    };
    this.#stages.push(stage);
    return stage;
  }

  #walk({ from, to }: Range, around: Around): void {
    if (around.depth > DEEPEST) return;
    const { tokens } = this.file;
    for (let index = from; index < to;) {
      const token = tokens[index]!;
      const handle = token.kind === "name" && !isSign(tokens[index + 1], ":") &&
        !isSign(tokens[index + 1], "=") && this.#handlerOf(token.text, index, around);
      index = handle ? handle(callAt(this.file, index, to), around) : index + 1;
    }
  }

  /** What to do with a call of this name; it returns where to go on. */
  #handlerOf(
    name: string,
    index: number,
    { handed }: Around,
  ): ((call: Call, around: Around) => number) | null {
    const defined = this.#functions.definedAt(index);
    if (defined) {
      return (_, around) =>
        this.#functions.isCalled(defined) ? defined.next : this.#follow(defined, null, around);
    }
    const own = this.#functions.calledAt(index);
    if (SHELLS.test(name)) {
      return (call, around) => {
        if (own) this.#follow(own, call, around);
        return this.#shell(call, around);
      };
    }
    if (own) return (call, around) => this.#follow(own, call, around);
    if (QUIET.includes(name)) return (call) => call.block ? call.next : call.index + 1;
    if (Object.hasOwn(this.#handlers, name)) return this.#handlers[name]!;
    if (handed?.name === name && runsBlock(this.file, index)) {
      return (call, around) => this.#runHanded(call, around);
    }
    return null;
  }

  /** Goes through a function as if it stood where it is called; without a call, where it stands. */
  #follow(own: OwnFunction, call: Call | null, around: Around): number {
    const next = call ? call.index + 1 : own.next;
    const block = call?.block && own.last !== null ? call.block : null;
    const { stage, live, tolerated, directory, bindings } = around;
    const set = [...bindings.values()].map(({ name, at }) => `${name} ${at.start.offset}`);
    const key = [this.#stages.indexOf(stage), live, tolerated, directory, block?.from, ...set].join();
    if (around.within.includes(own) || !this.#functions.follows(own, key)) return next;
    const handed = block && { name: own.last!, block, outer: around, runs: false };
    this.#walk(own.body, { ...around, depth: around.depth + 1, within: [...around.within, own], handed });
    return handed?.runs ? call!.next : next;
  }

  /** The block that a function was handed, in the surroundings in which the function runs it. */
  #runHanded(call: Call, around: Around): number {
    const { block, outer: { within, handed } } = around.handed!;
    around.handed!.runs = true;
    this.#walk(block, { ...around, depth: around.depth + 1, within, handed });
    return call.index + 1;
  }

  readonly #handlers: Readonly<Record<string, (call: Call, around: Around) => number>> = {
    stage: (call, around) => {
      const [name] = this.#texts(call.args);
      if (!call.block || !name) return call.index + 1;
      const { start } = this.file.tokens[call.index]!;
      const stage = this.#stage(name.text, this.#place(start, name.end), this.#callPlace(call), around.stage);
      if (around.live !== "yes") stage.live = around.live;
      return this.#inside(call, { ...around, stage, live: stage.live });
    },
    environment: (call, { stage }) => {
      if (!call.block) return call.index + 1;
      const own = environmentOf(this.file, this.source, call.block);
      if (stage === this.#stages[0]) this.#bindings = new Map([...this.#bindings, ...own]);
      else stage.bindings = new Map([...stage.bindings, ...own]);
      return call.next;
    },
    withCredentials: (call, around) => {
      const bound = credentialsIn(this.file, this.source, call.args);
      return this.#inside(call, { ...around, bindings: new Map([...around.bindings, ...bound]) });
    },
    withEnv: (call, around) => {
      const bound = variablesIn(this.file, this.source, call.args);
      return this.#inside(call, { ...around, bindings: new Map([...around.bindings, ...bound]) });
    },
    dir: (call, around) => {
      const [to] = this.#texts(call.args);
      return this.#inside(call, { ...around, directory: to ? joined(around.directory, to.text) : null });
    },
    when: (call, { stage }) => {
      if (!call.block) return call.index + 1;
      const { triggers, live } = whenOf(this.file, this.source, call.block);
      const { start, end } = this.file.tokens[call.index]!;
      const keyAt = this.#place(start, end);
      const at = this.#callPlace(call);
      stage.condition = { name: "when", value: this.source.textAt(at), at: keyAt, keyAt };
      stage.triggers = triggers ?? stage.triggers;
      if (live === "no" || stage.live === "yes") stage.live = live;
      return call.next;
    },
    if: (call, around) => {
      const never = wordsOf(this.file, call.args) === "false";
      return this.#inside(call, { ...around, live: never ? "no" : around.live === "no" ? "no" : "unknown" });
    },
    else: (call, around) =>
      call.block && call.args.from === call.args.to
        ? this.#inside(call, { ...around, live: around.live === "no" ? "no" : "unknown" })
        : call.index + 1,
    catchError: (call, around) => this.#inside(call, { ...around, tolerated: true }),
    warnError: (call, around) => this.#inside(call, { ...around, tolerated: true }),
    node: (call, around) => {
      const [label] = this.#texts(call.args);
      if (label) around.stage.runner = runnerOf(this.source, label);
      return this.#inside(call, around);
    },
    agent: (call, { stage }) => {
      const { runner, container } = agentOf(this.file, this.source, call);
      stage.runner = runner ?? stage.runner;
      stage.container = container ?? stage.container;
      return call.next;
    },
    options: (call) => {
      this.#concurrency = concurrencyOf(this.file, this.source, call) ?? this.#concurrency;
      return call.block ? call.next : call.index + 1;
    },
    triggers: (call) => {
      this.#schedule = scheduleOf(this.file, this.source, call) ?? this.#schedule;
      return call.block ? call.next : call.index + 1;
    },
    Library: (call) => this.#elsewhere(call, "shared library"),
    library: (call) => this.#elsewhere(call, "shared library"),
    load: (call) => this.#elsewhere(call, "load"),
    build: (call) => this.#elsewhere(call, "job"),
  };

  /** Goes through what stands in a call's block, or where it has none goes on behind its name. */
  #inside(call: Call, around: Around): number {
    if (!call.block) return call.name === "if" ? call.next : call.index + 1;
    this.#walk(call.block, { ...around, depth: around.depth + 1 });
    return call.next;
  }

  #shell(call: Call, { stage, bindings, live, tolerated, directory }: Around): number {
    const script = this.#scriptIn(call.args);
    if (script.length === 0) return call.index + 1;
    stage.steps.push({
      program: call.name,
      script,
      at: this.#callPlace(call),
      bindings,
      live,
      tolerated: tolerated || /\breturnStatus : true\b/.test(wordsOf(this.file, call.args)),
      directory,
    });
    return call.next;
  }

  /** The text that is labelled `script`, or the first one, with what is added to it. */
  #scriptIn({ from, to }: Range): Token[] {
    const { tokens } = this.file;
    const texts = textArguments(this.file, { from, to }).filter(({ group }) => group === -1);
    const first = texts.find(({ label }) => label === "script") ?? texts.find(({ label }) => label === null);
    if (!first) return [];
    const script: Token[] = [];
    for (let index = first.index; index < to; index++) {
      const token = tokens[index]!;
      if (token.kind === "sign" && token.text !== "+") break;
      if (token.kind === "text" || token.kind === "name") script.push(token);
    }
    return script;
  }

  #elsewhere(call: Call, what: string): number {
    for (const { text, start, end } of namingTexts(this.file, call.args).slice(0, 20)) {
      const reference = `${what} ${text}`;
      this.#unseen.push({ reference, at: this.#place(start, end), vague: what === "shared library" });
    }
    return call.block ? call.index + 1 : call.next;
  }

  #texts(range: Range): (Token & { readonly index: number })[] {
    return textArguments(this.file, range).map(({ index }) => ({ ...this.file.tokens[index]!, index }));
  }

  #callPlace({ index, next }: Call): Location {
    return this.#place(this.file.tokens[index]!.start, this.file.tokens[next - 1]!.end);
  }

  #place(start: number, end: number): Location {
    return this.source.span(start, end);
  }
}
