import type { Location } from "../problem.ts";
import type { Surroundings } from "./credentials.ts";
import type { TokenSources } from "./publishers.ts";
import type { Script } from "./script.ts";

/** A token that a script of the job has put where a publisher finds it. */
export interface WrittenToken {
  readonly source: "variable" | "file";
  /** The variable, or the file. */
  readonly name: string;
  /** As written; `null` when the text does not say. */
  readonly value: string | null;
  /** The registry that the file has it for; `null` when the text does not say. */
  readonly host: string | null;
  /** Whether the script mints tokens. */
  readonly mints: boolean;
  readonly at: Location;
  /** What the script sees; absent where that is what the publisher sees. */
  readonly sees?: Surroundings;
}

/** What a script does that mints a token itself, by the paths and programs of the exchanges. */
export const MINTING =
  /\/_\/oidc\/(?:github\/)?mint-token|\/oidc\/token\/exchange|trusted_publishing\/tokens|oidc\/trusted_publisher\/exchange_token|nuget\.org\/api\/v2\/token|\bkeyless(?:@\S{1,60})? exchange\b/;

/** Where variables are written that the job's later steps see. */
const HANDS_ON = /\bGITHUB_ENV\b|\bBASH_ENV\b/;
const VALUE = String.raw`(\$\{\{.*?\}\}|\$\([^)]*\)|[^\s"'\`;|&)>]*)`;

/** Every publishing command asks about all scripts of its job, so each script is searched once. */
const minting = new WeakMap<Script, boolean>();
const written = new WeakMap<Script, Map<TokenSources, readonly WrittenToken[]>>();

/** Whether a script mints tokens. */
export function mintsTokens(script: Script): boolean {
  const known = minting.get(script) ?? MINTING.test(script.text);
  minting.set(script, known);
  return known;
}

/** The tokens that scripts have written, as far as their text tells. */
export function writtenTokens(
  tokens: TokenSources,
  { scripts }: { readonly scripts: readonly Script[] },
): readonly WrittenToken[] {
  return scripts.flatMap((script) => {
    const known = written.get(script) ?? new Map<TokenSources, readonly WrittenToken[]>();
    written.set(script, known);
    const found = known.get(tokens) ?? writtenBy(script, tokens);
    known.set(tokens, found);
    return found;
  });
}

function writtenBy(script: Script, tokens: TokenSources): readonly WrittenToken[] {
  const mints = mintsTokens(script);
  const found: WrittenToken[] = [];
  for (const name of HANDS_ON.test(script.text) ? tokens.env : []) {
    const match = new RegExp(`(?<![\\w-])${name}\\s*=\\s*["']?${VALUE}`).exec(script.text);
    if (match) {
      found.push({ source: "variable", name, host: null, mints, ...placeOf(script, match, match[1]) });
    }
  }
  for (const { file, text } of tokens.traces ?? []) {
    const match = firstDone(text, script.text);
    if (!match) continue;
    const { variable, value = variable && `$${variable}`, host } = match.groups ?? {};
    found.push({ source: "file", name: file, host: host ?? null, mints, ...placeOf(script, match, value) });
  }
  return found;
}

function placeOf(script: Script, match: RegExpExecArray, value: string | undefined) {
  const lead = /^\s*/.exec(match[0])![0].length;
  return {
    ...script.sees ? { sees: script.sees } : {},
    // A placeholder of printf is filled in from somewhere.
    value: value === undefined || value.startsWith("%") ? null : value.replace(/^\\/, ""),
    at: script.placeOf(match.index + lead, match.index + match[0].trimEnd().length),
  };
}

/** More places in which it is only said than anybody writes. */
const MOST_SAID = 50;

/** The first place that fits, and is neither in a comment nor in what is only said. */
function firstDone(trace: RegExp, text: string): RegExpExecArray | null {
  const first = trace.exec(text);
  if (!first || !isComment(text, first.index) && !isSaid(text, first)) return first;
  const others = text.matchAll(new RegExp(trace, `g${trace.flags}`)).take(MOST_SAID);
  return others.find((each) => !isComment(text, each.index) && !isSaid(text, each)) ?? null;
}

/** Whether a command is among the words of `echo`, which go to nobody but people. */
function isSaid(text: string, { 0: found, index }: RegExpExecArray): boolean {
  if (!/^[a-z]+ [a-z]/.test(found)) return false;
  const before = text.slice(Math.max(0, text.lastIndexOf("\n", index - 1) + 1, index - 1000), index);
  const end = text.indexOf("\n", index);
  const behind = text.slice(index, end < 0 ? undefined : end).replace(/>&[12]/g, "");
  return /(?:^|[\s;&|({])(?:echo|printf)\s[^;&|]*$/.test(before) && !/[|>]/.test(behind);
}

function isComment(text: string, offset: number): boolean {
  return /(?:^|\s)#/.test(text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset));
}
