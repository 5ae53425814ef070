import { goesTo } from "../claims.ts";
import type { Report, Rule } from "../rule.ts";

/** The declared workflow publishes, but to another registry than the one where the package's record is. */
export const publishesElsewhere: Rule = {
  code: "publishes-elsewhere",
  severity: "error",
  phase: "trust policy (declared)",
  *check({ project, publishing }) {
    for (const pkg of project.packages) {
      if (!pkg.trustPolicy) continue;
      const jobs = publishing.filter(({ invocation }) =>
        invocation.kind === pkg.kind &&
        (invocation.packages.length === 0 || invocation.packages.includes(pkg.name))
      );
      const { workflow } = pkg.trustPolicy;
      const own = jobs.filter(({ pipeline, called }) => [pipeline.file, called.file].includes(workflow));
      const [elsewhere] = own;
      // A registry that an expression names may be any.
      if (!elsewhere || jobs.some(({ invocation }) => goesTo(invocation, pkg.registry))) continue;
      yield {
        message:
          `${workflow} publishes ${pkg.name} to ${elsewhere.invocation.registry}, and its trust policy is for ${pkg.registry.label}`,
        at: elsewhere.invocation.at,
        label: "goes to another registry",
        related: [{ at: pkg.trustPolicy.at, message: `declared for ${pkg.registry.label}` }],
        package: pkg.name,
        why: [`A release would end without a version at ${pkg.registry.label}.`],
        next: [`publish to ${pkg.registry.label} too, or declare the registry that is meant: registry = "…"`],
      } satisfies Report;
    }
  },
};
