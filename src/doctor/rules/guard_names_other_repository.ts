import type { Report, Rule, Subject } from "../rule.ts";
import { yamlFix } from "../yaml_fix.ts";

const GUARD = /\bgithub\.repository\s*==\s*'([^'/\s]+\/[^'/\s]+)'/g;

/** A guard against forks that still names the repository by an old name keeps it from publishing at all. */
export const guardNamesOtherRepository: Rule = {
  code: "guard-names-other-repository",
  severity: "warning",
  phase: "publishing jobs",
  *check(subject) {
    const own = ownName(subject);
    if (!own) return;
    for (const { chain, step, job, invocation } of subject.publishing) {
      for (const condition of [...chain, step].flatMap((each) => each.condition ?? [])) {
        const named = [...condition.value.matchAll(GUARD)].map(([, name]) => name!);
        if (named.length === 0 || named.some((name) => name.toLowerCase() === own.toLowerCase())) continue;
        yield {
          message: `Job "${job.id}" publishes only in "${named[0]}", and this repository is "${own}"`,
          at: condition.at,
          label: "never true here",
          related: [{ at: invocation.at, message: "is skipped" }],
          why: [
            "The git remote and the manifests name this repository otherwise; after a rename or a transfer the job is skipped without an error.",
          ],
          next: [`write '${own}' in the condition, or \`github.repository_owner\` if that is meant`],
          fix: () =>
            yamlFix(
              condition.at,
              subject,
              { safe: false, description: `ask for ${own} in the condition` },
              (file) =>
                file.set(
                  condition.at,
                  condition.value.replaceAll(GUARD, (guard, name) => guard.replace(name, () => own)),
                ),
            ),
        } satisfies Report;
      }
    }
  },
};

/** The repository's name where the git remote and a manifest agree on it: a fork's remote differs from its manifests. */
function ownName({ remote, project }: Subject): string | null {
  const agrees = project.packages.some(({ repositoryUrl }) =>
    remote !== null && repositoryUrl?.toLowerCase() === `https://github.com/${remote.toLowerCase()}`
  );
  return agrees ? remote : null;
}
