/** The version that a pom.xml gives its own project, or takes over from its parent; `null` where it has none. */
export function mavenVersion(pom: string): string | null {
  const text = pom.split("<!--").map((part, index) =>
    index === 0 ? part : part.slice(part.indexOf("-->") + 1)
  )
    .join("");
  const open: string[] = [];
  let inherited: string | null = null;
  for (const { 0: tag, 1: closing, 2: name, index } of text.matchAll(TAG)) {
    if (closing) open.pop();
    else if (!tag.endsWith("/>")) {
      open.push(name!);
      const at = open.join("/");
      const value = () =>
        VALUE.exec(text.slice(index + tag.length, index + tag.length + LONGEST))?.[1] ?? null;
      if (at === "project/version") return value();
      if (at === "project/parent/version") inherited = value();
    }
    if (open.length > DEEPEST) return null;
  }
  return inherited;
}

const TAG = /<(\/?)([\w.-]{1,60})(?:\s[^<>]{0,1000})?\/?>/g;
const VALUE = /^\s*([^<\s]+)\s*</;
const LONGEST = 200;
const DEEPEST = 50;
