import type { Package } from "../config/project.ts";
import type { Location } from "../problem.ts";
import type { Finding } from "../report/finding.ts";
import { publishesPackage } from "./published_packages.ts";
import type { Subject } from "./rule.ts";

/** Whether a finding can concern one of these packages: none does that is about another one, or about jobs that publish only others. */
export function concerning(
  { publishing, project }: Subject,
  packages: readonly Package[],
): (finding: Finding) => boolean {
  const jobs = [...Map.groupBy(publishing, ({ job }) => job)].map(([{ extent }, alike]) => ({
    extent,
    isForeign: alike.every(({ invocation }) =>
      packages.every((pkg) => publishesPackage(invocation, pkg, project) === "no")
    ),
  }));
  return ({ package: name, at, related }) => {
    if (name !== null) return packages.some((pkg) => pkg.name === name);
    const places = [at, ...related.map((label) => label.at)];
    const touched = jobs.filter(({ extent }) => places.some((place) => lies(place, extent)));
    return touched.length === 0 || touched.some(({ isForeign }) => !isForeign);
  };
}

function lies(place: Location, { path, start, end }: Location): boolean {
  return place.path === path && place.start.offset >= start.offset && place.start.offset < end.offset;
}
