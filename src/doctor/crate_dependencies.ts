import type { Package } from "../config/project.ts";
import { entriesOf, get, type Located, textOf } from "../formats/located.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { stepsUntil } from "./before_publishing.ts";
import { manifestsAbove } from "./manifests.ts";
import type { Subject } from "./rule.ts";

/** A dependency of a crate. */
export interface CrateDependency {
  /** As its table calls it. */
  readonly key: string;
  /** The crate's own name. */
  readonly name: string;
  readonly written: Located;
  /** What counts: the same, or what the workspace says about it. */
  readonly meant: Located;
  readonly isInherited: boolean;
}

/** What a crate and its build script depend on; those of its tests may do without versions, because cargo leaves them out. */
export function crateDependencies(pkg: Package, manifests: Subject["manifests"]): CrateDependency[] {
  const root = manifests.get(pkg.manifest)?.root;
  const scopes = [root, ...entriesOf(root, "target").map(([, target]) => target)];
  return scopes.flatMap((scope) =>
    ["dependencies", "build-dependencies", "build_dependencies"].flatMap((table) => entriesOf(scope, table))
  ).map(([key, written]) => {
    const inherited = get(written, "workspace")?.value === true
      ? get(workspaceOf(pkg, manifests), "dependencies", key)
      : undefined;
    const meant = inherited ?? written;
    return {
      key,
      name: textOf(meant, "package")?.value ?? key,
      written,
      meant,
      isInherited: inherited !== undefined,
    };
  });
}

/** What the workspace of a crate says for all its members. */
function workspaceOf(pkg: Package, manifests: Subject["manifests"]): Located | undefined {
  return [pkg.manifest, ...manifestsAbove(pkg)].map((path) => get(manifests.get(path)?.root, "workspace"))
    .find((each) => each !== undefined);
}

/** Lines that may change a manifest, and do not only look into it. */
const EDITS = /\btoml set\b|\bcargo add\b|^(?!.*(?:\bgrep\b|\bsed -n\b|--manifest-path)).*\bCargo\.toml\b/;

/** Whether a step until the one that publishes may change a manifest of cargo's. */
export function editsManifests(job: PublishingJob): boolean {
  return stepsUntil(job).some(({ step: { run } }) => run?.value.split("\n").some((line) => EDITS.test(line)));
}
