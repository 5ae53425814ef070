/** Where a script looks at a text before it hands it on; then what comes out may be harmless. */
const LOOKS = /=~|\[\s[^\]\n]{0,200}\s==?\s|\bcase\b|\bgrep\s+-\w*q|\bjq\b|\bpython|\bnode\b/;
/** A command that says something. */
const SAYS = /^\s*(?:echo|printf)\s/;
/** Programs that leave of a text what stands at a place of it, whatever that is. */
const CUTS = /^(?:head|tail|cut|xargs|cat|tee)\b/;
/** Programs that look for a pattern, and patterns that anything fits. */
const SEEKS = /^(?:sed|grep|egrep|perl)\b/;
const ANYTHING = /\.[*+]|\[\^/;
const VARIABLE = /\$(?:\{(\w{1,100})\}|(\w{1,100}))/g;
/** Nobody writes a longer one into a workflow; each of its outputs is looked for. */
const LONGEST = 20_000;

/** The variables of a step out of which its script writes an output of GitHub's, as they are or cut out; `name` in any case of letters. */
export function variablesBehind(script: string, name: string): readonly string[] {
  if (script.length > LONGEST || !script.includes("GITHUB_OUTPUT") || LOOKS.test(script)) return [];
  if (!/^[\w-]+$/.test(name)) return [];
  const lines = script.split("\n");
  const seen = new Set<string>();
  return namesIn(writtenAs(lines, name).filter(takesAnything).join(" ")).flatMap((each) =>
    behind(lines, each, seen)
  );
}

/** The texts that a script writes as the value of an output. */
function writtenAs(lines: readonly string[], name: string): readonly string[] {
  const start = new RegExp(`^\\s*(?:echo|printf)\\s+(?:-\\w+\\s+)?["']?${name}(=|<<)(.*)$`, "i");
  for (const [index, line] of lines.entries()) {
    const [, sign, rest = ""] = start.exec(line) ?? [];
    if (sign === "=") return [rest.split(">>")[0]!];
    const end = /^\w+/.exec(rest)?.[0];
    if (end === undefined) continue;
    const said: string[] = [];
    for (const next of lines.slice(index + 1)) {
      if (next.includes(end)) break;
      if (SAYS.test(next)) said.push(next.split(">>")[0]!);
    }
    return said;
  }
  return [];
}

/** The variables from the outside of which one is made. */
function behind(lines: readonly string[], variable: string, seen: Set<string>): readonly string[] {
  if (seen.has(variable)) return [];
  seen.add(variable);
  const made = lines.map((line) => /^\s*(?:export\s+)?(\w{1,100})=(.*)$/.exec(line))
    .findLast((line) => line?.[1] === variable)?.[2];
  if (made === undefined) return [variable];
  return takesAnything(made) ? namesIn(made).flatMap((each) => behind(lines, each, seen)) : [];
}

/** Whether a value is a text with variables in it, or is cut out of such a text in a way that lets commands through. */
function takesAnything(value: string): boolean {
  const substituted = /^["']?\$\((.*)\)["']?\s*$/.exec(value)?.[1];
  if (substituted === undefined) return !/[`]|\$\(/.test(value);
  const [first = "", ...rest] = substituted.split("|").map((part) => part.trim());
  return SAYS.test(first) &&
    rest.every((part) => CUTS.test(part) || SEEKS.test(part) && ANYTHING.test(part));
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(VARIABLE)].map(([, braced, bare]) => braced ?? bare!);
}
