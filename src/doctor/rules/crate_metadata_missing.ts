import { get, isTable, isText } from "../../formats/located.ts";
import type { Located } from "../../formats/located.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Report, Rule } from "../rule.ts";

/** crates.io demands a description and a licence, and says so only after the build. */
export const crateMetadataMissing: Rule = {
  code: "crate-metadata-missing",
  severity: "error",
  phase: "packages",
  *check({ project, manifests, publishing }) {
    for (const pkg of project.packages) {
      const root = manifests.get(pkg.manifest)?.root;
      const job = publishing.find(({ invocation }) => publishesPackage(invocation, pkg, project) === "yes");
      if (pkg.kind !== "crates" || pkg.registry.name !== "crates.io" || !root || !job) continue;
      const missing = [
        ...given(root, "description") ? [] : ["description"],
        ...given(root, "license") || given(root, "license-file") ? [] : ["license"],
      ];
      const header = get(root, "package");
      if (missing.length === 0 || !header) continue;
      yield {
        message: `${pkg.name} has no ${missing.join(" and no ")}, which crates.io demands`,
        at: header.at,
        label: `no ${missing.map((name) => `\`${name}\``).join(", no ")}`,
        related: [{ at: job.invocation.at, message: "publishes it" }],
        package: pkg.name,
        why: [
          "crates.io refuses the upload with 400 (missing or empty metadata fields), after cargo has built everything.",
        ],
        next: [
          `add ${missing.map((name) => `\`${name} = "…"\``).join(" and ")} to [package] in ${pkg.manifest}`,
        ],
      } satisfies Report;
    }
  },
};

/** Inherited from the workspace counts: cargo itself complains where that has none. */
function given(root: Located, name: string): boolean {
  const value = get(root, "package", name);
  return (isText(value) && value.value.trim() !== "") ||
    (isTable(value) && get(value, "workspace")?.value === true);
}
