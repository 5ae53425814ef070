import { ownTable } from "../formats/own_table.ts";
import type { Setting, Step } from "./model.ts";
import { actionName } from "./publishing.ts";

/** Actions that run a program, and the inputs that hold its words. */
const WORDS = ownTable<{ readonly program: string; readonly inputs: readonly string[] }>({
  "actions-rs/cargo": { program: "cargo", inputs: ["command", "args"] },
  "houseabsolute/actions-rust-cross": { program: "cargo", inputs: ["command", "args"] },
});

/** What an action runs by the words of its inputs. */
export interface ActionCommand {
  /** The command line, in place of the action's name. */
  readonly line: Setting;
  /** The input that the character in front of an offset of the line comes from; `null` for the program's own name. */
  inputAt(offset: number): Setting | null;
}

/** The command line that an action makes of its inputs; `null` for one that makes none. */
export function actionCommand({ uses, with: given }: Pick<Step, "uses" | "with">): ActionCommand | null {
  const row = uses && WORDS[actionName(uses.value)];
  const inputs = row?.inputs.flatMap((name) => given.get(name) ?? []) ?? [];
  if (!uses || !row || inputs.length === 0) return null;
  const starts: number[] = [];
  let value = row.program;
  for (const input of inputs) {
    value += " ";
    starts.push(value.length);
    value += input.value.trim();
  }
  return {
    line: { ...uses, value },
    inputAt: (offset) => inputs[starts.findLastIndex((start) => start < offset)] ?? null,
  };
}
