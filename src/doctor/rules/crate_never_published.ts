import type { Report, Rule } from "../rule.ts";

/** cargo refuses to publish a crate whose manifest says `publish = false`. */
export const crateNeverPublished: Rule = {
  code: "crate-never-published",
  severity: "error",
  phase: "packages",
  *check({ project, publishing }) {
    for (const { invocation } of publishing) {
      if (invocation.client !== "cargo") continue;
      const name = invocation.packages.find((each) =>
        project.unpublished.some((other) => other.name === each)
      );
      const crate = project.unpublished.find((other) => other.name === name);
      if (!crate || !/publish/.test(crate.reason)) continue;
      yield {
        message: `cargo publishes ${crate.name}, whose manifest says \`${crate.reason}\``,
        at: invocation.at,
        label: "cargo refuses it",
        package: crate.name,
        why: [`cargo stops before it sends anything: \`${crate.name}\` cannot be published.`],
        next: [`remove \`publish = false\` from ${crate.path}/Cargo.toml, or the crate from the command`],
      } satisfies Report;
    }
  },
};
