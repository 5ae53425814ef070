import type { Package } from "../../config/project.ts";
import { entriesOf, get, type Located, textOf } from "../../formats/located.ts";
import { stepsUntil } from "../before_publishing.ts";
import { manifestsAbove } from "../manifests.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** Whoever gets a crate from a registry has neither its neighbours' directories nor its git repositories: cargo packs none without versions. */
export const crateDependencyWithoutVersion: Rule = {
  code: "crate-dependency-without-version",
  severity: "error",
  phase: "packages",
  *check({ project, manifests, publishing }) {
    for (const pkg of project.packages) {
      const root = manifests.get(pkg.manifest)?.root;
      const job = publishing.find((each) =>
        publishesPackage(each.invocation, pkg, project) === "yes" && !isEdited(each)
      );
      if (pkg.kind !== "crates" || !root || !job) continue;
      for (const [name, dependency] of dependenciesOf(root)) {
        const inherited = get(dependency, "workspace")?.value === true
          ? get(workspaceOf(pkg, manifests), "dependencies", name)
          : undefined;
        const meant = inherited ?? dependency;
        const source = ["path", "git"].find((key) => get(meant, key) !== undefined);
        if (source === undefined || textOf(meant, "version")) continue;
        yield {
          // What is changed and not committed may be this.
          ...job.invocation.args.includes("--allow-dirty") ? { severity: "unverified" } : {},
          message: `${pkg.name} depends on ${name} by its ${
            source === "git" ? "git repository" : source
          } alone, and cargo wants a version too`,
          at: dependency.at,
          label: inherited ? "the workspace gives it no `version`" : "no `version`",
          related: [
            ...inherited ? [{ at: inherited.at, message: "no `version`" }] : [],
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

/** What the workspace of a crate says for all its members. */
function workspaceOf(pkg: Package, manifests: Subject["manifests"]): Located | undefined {
  return [pkg.manifest, ...manifestsAbove(pkg)].map((path) => get(manifests.get(path)?.root, "workspace"))
    .find((each) => each !== undefined);
}

/** Lines that may change a manifest, and do not only look into it. */
const EDITS = /\btoml set\b|\bcargo add\b|^(?!.*(?:\bgrep\b|\bsed -n\b|--manifest-path)).*\bCargo\.toml\b/;

function isEdited(job: Publishing): boolean {
  return stepsUntil(job).some(({ step: { run } }) => run?.value.split("\n").some((line) => EDITS.test(line)));
}

/** Those of the crate and of its build script; those of its tests may do without, because cargo leaves them out. */
function dependenciesOf(root: Located): readonly (readonly [string, Located])[] {
  const scopes = [root, ...entriesOf(root, "target").map(([, target]) => target)];
  return scopes.flatMap((scope) =>
    ["dependencies", "build-dependencies", "build_dependencies"].flatMap((key) => entriesOf(scope, key))
  );
}
