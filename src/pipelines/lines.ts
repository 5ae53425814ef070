import { SourceText } from "../formats/positions.ts";
import type { Location } from "../problem.ts";
import type { Surroundings } from "./credentials.ts";
import type { Setting } from "./model.ts";
import { plainStep } from "./plain_step.ts";
import type { Script } from "./script.ts";
import { after } from "./step_effects.ts";
import { lineOf, placeIn } from "./yaml_text.ts";

/** An entry of a script that is written as a list; one shell runs them all. */
export interface Line {
  readonly setting: Setting;
  /** The file that it stands in. */
  readonly source: SourceText;
}

/** Entries of a list as the one script that they are. */
export function scriptOfLines(lines: readonly Line[]): Script {
  const starts: number[] = [];
  let text = "";
  for (const { setting } of lines) {
    starts.push(text.length);
    text += `${setting.value}\n`;
  }
  return {
    text,
    placeOf(start, end) {
      const index = Math.max(0, starts.findLastIndex((each) => each <= start));
      const { setting, source } = lines[index]!;
      const length = setting.value.length;
      const within = (offset: number) => Math.min(offset - starts[index]!, length);
      return length === 0 ? lineOf(source, setting.at) : placeIn(source, setting, within(start), within(end));
    },
  };
}

/** What commands see from a script on: also what it writes into files, and the registry that it sets. */
export function afterScript(script: Script, around: Surroundings): Surroundings {
  const at = script.placeOf(0, 0);
  const run = { name: "run", value: script.text, at, keyAt: at };
  const { npmRegistry } = after(plainStep(at, run), new SourceText("", at.path), around);
  return { ...around, npmRegistry, scripts: [...around.scripts, script] };
}

/** Whether a place lies in another one. */
export function liesIn(inner: Location, outer: Location): boolean {
  return inner.path === outer.path && inner.start.offset >= outer.start.offset &&
    inner.end.offset <= outer.end.offset;
}
