import { entriesOf, get, type Located, textOf } from "../../formats/located.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Report, Rule } from "../rule.ts";

/** Whoever gets a crate from a registry has neither its neighbours' directories nor its git repositories: cargo packs none without versions. */
export const crateDependencyWithoutVersion: Rule = {
  code: "crate-dependency-without-version",
  severity: "error",
  phase: "packages",
  *check({ project, manifests, publishing }) {
    for (const pkg of project.packages) {
      const root = manifests.get(pkg.manifest)?.root;
      const job = publishing.find(({ invocation }) => publishesPackage(invocation, pkg, project) === "yes");
      if (pkg.kind !== "crates" || !root || !job) continue;
      for (const [name, dependency] of dependenciesOf(root)) {
        const source = ["path", "git"].find((key) => get(dependency, key) !== undefined);
        if (source === undefined || textOf(dependency, "version")) continue;
        yield {
          message: `${pkg.name} depends on ${name} by its ${
            source === "git" ? "git repository" : source
          } alone, and cargo wants a version too`,
          at: dependency.at,
          label: "no `version`",
          related: [{ at: job.invocation.at, message: "publishes it" }],
          package: pkg.name,
          why: [
            'cargo stops with "all dependencies must have a version requirement specified"; crates that it has published before stay published.',
          ],
          next: [
            `add \`version = "…"\` beside \`${source}\`: here cargo takes the ${source}, from the registry the version`,
          ],
        } satisfies Report;
      }
    }
  },
};

/** Those of the crate and of its build script; those of its tests may do without, because cargo leaves them out. */
function dependenciesOf(root: Located): readonly (readonly [string, Located])[] {
  const scopes = [root, ...entriesOf(root, "target").map(([, target]) => target)];
  return scopes.flatMap((scope) =>
    ["dependencies", "build-dependencies", "build_dependencies"].flatMap((key) => entriesOf(scope, key))
  );
}
