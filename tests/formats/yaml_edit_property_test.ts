import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { locatedYaml, parseYaml } from "../../src/formats/yaml.ts";
import { editYaml, type YamlEditor } from "../../src/formats/yaml_edit.ts";
import { applied, plainValue } from "./support.ts";
import { type Place, type Sample, samples } from "./yaml_samples.ts";

// deno-lint-ignore no-explicit-any
type Values = any;

/** A kind of step: what it does to the text, and to the values. `null`: it does not apply to this place. */
interface Step {
  readonly kind: string;
  edit(file: YamlEditor, place: Place): YamlEditor;
  expect(holder: Values, key: string | number): void;
  applies(place: Place): boolean;
}

const STEPS: readonly Step[] = [
  {
    kind: "set",
    applies: ({ kind }) => kind === "scalar",
    edit: (file, { path }) => file.set(path, "new: # it's"),
    expect: (holder, key) => holder[key] = "new: # it's",
  },
  {
    kind: "rename",
    applies: ({ path }) => typeof path.at(-1) === "string",
    edit: (file, { path }) => file.rename(path, "on"),
    expect: (holder, key) => {
      holder.on = holder[key];
      delete holder[key];
    },
  },
  ...["start", "end", { before: "k0" }, { after: "k0" }].map((position): Step => ({
    kind: `add ${JSON.stringify(position)}`,
    applies: ({ kind }) => kind === "map",
    edit: (file, { path }) =>
      file.add(path, "new", { a: ["b, c", { d: "1" }], e: false }, position as "start"),
    expect: (holder, key) => holder[key].new = { a: ["b, c", { d: "1" }], e: false },
  })),
];

Deno.test("whatever is written or added, the rest of the file stays byte for byte, and the values are the wanted ones", () => {
  const done = new Counter();
  fc.assert(
    fc.property(samples, fc.nat(), fc.constantFrom(...STEPS), (sample, choice, step) => {
      const places = sample.places.filter((place) => step.applies(place));
      if (places.length === 0) return;
      const place = places[choice % places.length]!;
      const edits = step.edit(editYaml(sample.text, "a.yml"), place).edits();
      done.count(step.kind, edits !== null);
      if (!edits) return;
      const after = applied(sample.text, edits);
      const wanted = valuesOf(sample.text);
      step.expect(holderOf(wanted, place.path), place.path.at(-1)!);
      assertEquals(simple(valuesOf(after)), simple(wanted));
      assertEquals(commentsOf(after), commentsOf(sample.text));
      assertSameOutside(sample, regionOf(sample, place), after);
    }),
    bounds(600),
  );
  done.assertMostly(0.8);
});

Deno.test("whatever is removed, the rest of the file stays byte for byte, and no other comment is lost", () => {
  const done = new Counter();
  fc.assert(
    fc.property(
      samples,
      fc.nat(),
      fc.constantFrom("remove" as const, "keep" as const),
      (sample, choice, emptied) => {
        const place = sample.places[choice % sample.places.length]!;
        const gone = emptied === "remove" ? outermostEmptied(sample, place) : place;
        const edits = editYaml(sample.text, "a.yml").remove(place.path, emptied).edits();
        if (!gone) return assertEquals(edits, null);
        done.count(emptied, edits !== null);
        if (!edits) return;
        const after = applied(sample.text, edits);
        const wanted = valuesOf(sample.text);
        const [holder, key] = [holderOf(wanted, gone.path), gone.path.at(-1)!];
        if (Array.isArray(holder)) holder.splice(key as number, 1);
        else delete holder[key];
        assertEquals(simple(valuesOf(after)), simple(wanted));
        const own = gone.inFlow
          ? []
          : commentsOf(linesOf(sample.text).slice(...ownLines(sample, gone)).join("\n"));
        assertEquals(commentsOf(after), commentsOf(sample.text).filter((comment) => !own.includes(comment)));
        assertSameOutside(sample, regionOf(sample, gone), after);
      },
    ),
    bounds(600),
  );
  done.assertMostly(0.7);
});

/** What goes when a place does: itself, or the outermost mapping or list that would be empty; `null` where that is not offered. */
function outermostEmptied(sample: Sample, place: Place): Place | null {
  if (sample.places.filter((other) => isSibling(other, place)).length > 1) return place;
  const parent = parentOf(sample, place);
  return parent && typeof parent.path.at(-1) === "string" ? outermostEmptied(sample, parent) : null;
}

/** From the line of an entry up to the first one that is not its own, told by indentation alone. */
function ownLines({ text }: Sample, { line, column, kind }: Place): [from: number, to: number] {
  const lines = linesOf(text);
  let to = line + 1;
  for (let next = to; next < lines.length; next++) {
    const rest = lines[next]!.trimStart();
    const indent = lines[next]!.length - rest.length;
    // The items of a list may stand right below their key, with comments between them.
    const beside = kind === "list" && indent === column && !lines[line]!.slice(column).startsWith("-");
    if (rest !== "" && indent <= column && !(beside && /^[-#]/.test(rest))) break;
    if (rest !== "" && (indent > column || rest.startsWith("-"))) to = next + 1;
  }
  return [line, to];
}

/** The lines that a step at a place may touch; `null` for all. */
function regionOf(sample: Sample, place: Place): [from: number, to: number] | null {
  const alone = sample.places.filter((other) => isSibling(other, place)).length === 1;
  if (!alone && !place.inFlow && !place.behindDash) return ownLines(sample, place);
  const parent = parentOf(sample, place);
  return parent && regionOf(sample, parent);
}

function assertSameOutside({ text }: Sample, region: readonly [number, number] | null, after: string): void {
  assertEquals(after.startsWith("\ufeff"), text.startsWith("\ufeff"));
  if (/\r\n/.test(text)) assertEquals(after.match(/(?<!\r)\n/), null);
  else assertEquals(after.includes("\r"), false);
  if (!region) return;
  const [old, now] = [text, after].map((each) => each.split("\n")) as [string[], string[]];
  assertEquals(now.slice(0, region[0]), old.slice(0, region[0]));
  // Of the blank lines around what is gone, one may be gone too.
  const below = old.slice(region[1]).join("\n").replace(/^\r?\n/, "");
  assert(after.endsWith(below), `${JSON.stringify(text)} became ${JSON.stringify(after)}`);
}

function parentOf(sample: Sample, place: Place): Place | null {
  return sample.places.find(({ path }) => String(path) === String(place.path.slice(0, -1))) ?? null;
}

function isSibling(one: Place, other: Place): boolean {
  return String(one.path.slice(0, -1)) === String(other.path.slice(0, -1));
}

function linesOf(text: string): string[] {
  return text.replace("\ufeff", "").split(/\r?\n/);
}

function commentsOf(text: string): string[] {
  return text.match(/# c\d+\./g) ?? [];
}

function valuesOf(text: string): Values {
  return plainValue(locatedYaml(parseYaml(text, "a.yml")).root);
}

/** Without the order of keys, which is no part of the meaning. */
function simple(value: Values): Values {
  if (Array.isArray(value)) return value.map(simple);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, simple(value[key])]));
}

function holderOf(root: Values, path: Place["path"]): Values {
  return path.slice(0, -1).reduce((value, step) => value[step], root);
}

/** How often a kind of step was possible. */
class Counter {
  readonly #counts = new Map<string, [done: number, tried: number]>();

  count(kind: string, done: boolean): void {
    const [before, tried] = this.#counts.get(kind) ?? [0, 0];
    this.#counts.set(kind, [before + Number(done), tried + 1]);
  }

  assertMostly(part: number): void {
    for (const [kind, [done, tried]] of this.#counts) {
      assert(tried > 50 && done / tried >= part, `${kind} was possible ${done} times of ${tried}`);
    }
  }
}
