import { get, textOf } from "../../formats/located.ts";
import { normaliseRepository } from "../../config/repository_url.ts";
import type { Package } from "../../config/project.ts";
import { publishesPackage } from "../published_packages.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** With OIDC from a public repository npm makes provenance by itself, and the registry compares it with `repository` in package.json. */
export const npmRepositoryMismatch: Rule = {
  code: "npm-repository-mismatch",
  severity: "error",
  confidence: "likely",
  phase: "packages",
  *check(subject) {
    for (const pkg of subject.project.packages) {
      if (pkg.kind !== "npm" || pkg.registry.name !== "npm") continue;
      const job = subject.publishing.find((each) => publishes(subject, each, pkg));
      const manifest = subject.manifests.get(pkg.manifest);
      if (!job || !manifest) continue;
      const written = textOf(manifest.root, "repository", "url") ?? textOf(manifest.root, "repository");
      if (!written) {
        const other = get(manifest.root, "repository");
        yield {
          message: `${pkg.name} names no repository, and npm's provenance demands it`,
          at: other?.at ?? textOf(manifest.root, "name")?.at ?? pkg.at,
          label: "package.json has no `repository`",
          related: [{ at: job.invocation.at, message: "publishes it with OIDC, so with provenance" }],
          package: pkg.name,
          why: [WHY],
          next: [`add "repository": "github:${subject.remote ?? "OWNER/REPO"}" to ${pkg.manifest}`],
        } satisfies Report;
        continue;
      }
      const here = pkg.trustPolicy?.repository ?? subject.remote;
      const named = normaliseRepository(written.value)?.replace(/^https:\/\/github\.com\//, "");
      if (here === null || named === undefined || named === here) continue;
      const fork = !pkg.trustPolicy?.repository;
      yield {
        ...fork ? { severity: "warning" } : {},
        message: `${pkg.name} names the repository "${named}", and is published from "${here}"`,
        at: written.at,
        label: named.toLowerCase() === here.toLowerCase() ? "in other letter case" : "another repository",
        related: [{ at: job.invocation.at, message: "publishes it with OIDC, so with provenance" }],
        package: pkg.name,
        why: [WHY],
        next: [`write "${here}" there`, ...fork ? ["in a fork: nothing, it does not publish"] : []],
      } satisfies Report;
    }
  },
};

const WHY =
  "From a public repository npm refuses it with E422: the repository in the provenance must be the one in package.json, letter by letter.";

function publishes(subject: Subject, job: Publishing, pkg: Package): boolean {
  const { invocation } = job;
  const off = ["--no-provenance", "--provenance=false"].some((word) => invocation.args.includes(word));
  return (invocation.kind === "npm" || invocation.kind === null) && !off &&
    publishesPackage(invocation, pkg, subject.project) === "yes" &&
    (invocation.kind === null || publicTarget(invocation) !== null) && meantForOidc(subject, job) === "yes";
}
