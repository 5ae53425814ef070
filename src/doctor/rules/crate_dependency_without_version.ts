import { get, textOf } from "../../formats/located.ts";
import { crateDependencies, editsManifests } from "../crate_dependencies.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Report, Rule } from "../rule.ts";

/** Whoever gets a crate from a registry has neither its neighbours' directories nor its git repositories: cargo packs none without versions. */
export const crateDependencyWithoutVersion: Rule = {
  code: "crate-dependency-without-version",
  severity: "error",
  phase: "packages",
  *check({ project, manifests, publishing }) {
    for (const pkg of project.packages) {
      const job = publishing.find((each) =>
        publishesPackage(each.invocation, pkg, project) === "yes" && !editsManifests(each)
      );
      if (pkg.kind !== "crates" || !job) continue;
      for (const { key, written, meant, isInherited } of crateDependencies(pkg, manifests)) {
        const source = ["path", "git"].find((key) => get(meant, key) !== undefined);
        if (source === undefined || textOf(meant, "version")) continue;
        yield {
          // What is changed and not committed may be this.
          ...job.invocation.args.includes("--allow-dirty") ? { severity: "unverified" } : {},
          message: `${pkg.name} depends on ${key} by its ${
            source === "git" ? "git repository" : source
          } alone, and cargo wants a version too`,
          at: written.at,
          label: isInherited ? "the workspace gives it no `version`" : "no `version`",
          related: [
            ...isInherited ? [{ at: meant.at, message: "no `version`" }] : [],
            { at: job.invocation.at, message: "publishes it" },
          ],
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
