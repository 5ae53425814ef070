import type { Problem } from "../problem.ts";

/** Problems that differ in nothing but the names of their packages, told once: the first, and whom else it is about. */
export function toldOnce(problems: readonly Problem[]): Problem[] {
  const alike = Map.groupBy(
    problems,
    (problem) => problem.package === undefined ? problem : withoutName(problem),
  );
  return [...alike.values()].map(([first, ...others]) => {
    if (others.length === 0) return first!;
    const names = others.map((other) => other.package).join(", ");
    return { ...first!, why: [...first!.why ?? [], `The same holds for ${names}.`] };
  });
}

function withoutName({ package: name, ...rest }: Problem): string {
  return JSON.stringify(rest).replaceAll(JSON.stringify(name).slice(1, -1), "\0");
}
