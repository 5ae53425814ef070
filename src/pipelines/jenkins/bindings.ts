import type { SourceText } from "../../formats/positions.ts";
import type { Location } from "../../problem.ts";
import { UNKNOWN } from "../commands.ts";
import type { Setting } from "../model.ts";
import { callAt, isSign, type Range, textArguments } from "./calls.ts";
import type { Groovy, Token } from "./groovy.ts";

/** A variable that a block of Jenkins sets for what stands in it. */
export interface Binding extends Setting {
  /** The id of the credential that it is bound to; `null` for an ordinary variable. */
  readonly credential: string | null;
}

/** Variables by name. */
export type Bindings = ReadonlyMap<string, Binding>;

/** `environment { NAME = 'value'; TOKEN = credentials('id') }` */
export function environmentOf(file: Groovy, source: SourceText, { from, to }: Range): Bindings {
  const { tokens } = file;
  const bindings = new Map<string, Binding>();
  const bind = (name: string, binding: Binding) => bindings.set(name, { ...binding, name });
  for (let index = from; index < to; index++) {
    const name = tokens[index]!;
    if (name.kind !== "name" || !isSign(tokens[index + 1], "=") || index + 2 >= to) continue;
    const value = tokens[index + 2]!;
    const keyAt = source.span(name.start, name.end);
    if (value.kind === "text") {
      bind(name.text, { name: "", value: value.text, at: placeOf(source, value), keyAt, credential: null });
    } else if (value.text === "credentials") {
      const { args, next } = callAt(file, index + 2, to);
      const id = tokens[textArguments(file, args)[0]?.index ?? -1]?.text ?? "?";
      const at = source.span(value.start, tokens[next - 1]!.end);
      const binding = { name: "", value: `credentials('${id}')`, at, keyAt, credential: id };
      // A user name with its password comes in three variables.
      for (const suffix of ["", "_USR", "_PSW"]) bind(name.text + suffix, binding);
    }
  }
  return bindings;
}

/** `withCredentials([string(credentialsId: 'id', variable: 'NAME')])` */
export function credentialsIn(file: Groovy, source: SourceText, args: Range): Bindings {
  const all = textArguments(file, args);
  const bindings = new Map<string, Binding>();
  for (const { label, index, group } of all) {
    if (label === null || !/variable$/i.test(label)) continue;
    const token = file.tokens[index]!;
    const id = all.find((each) => each.group === group && each.label === "credentialsId");
    const credential = id ? file.tokens[id.index]!.text : "?";
    const at = placeOf(source, token);
    bindings.set(token.text, {
      name: token.text,
      value: `credentials('${credential}')`,
      at,
      keyAt: at,
      // A user name is no secret.
      credential: /^username/i.test(label) ? null : credential,
    });
  }
  return bindings;
}

/** `withEnv(['NAME=value'])` */
export function variablesIn(file: Groovy, source: SourceText, args: Range): Bindings {
  const bindings = new Map<string, Binding>();
  for (const { index } of textArguments(file, args)) {
    const token = file.tokens[index]!;
    const [, name, value] = /^(\w+)(?:\+\w*)?=(.*)$/s.exec(token.text) ?? [];
    if (name === undefined) continue;
    const at = placeOf(source, token);
    const isWhole = !isSign(file.tokens[index + 1], "+");
    bindings.set(name, { name, value: isWhole ? value! : value + UNKNOWN, at, keyAt: at, credential: null });
  }
  return bindings;
}

function placeOf(source: SourceText, token: Token): Location {
  return source.span(token.start, token.end);
}
