import { get, textOf } from "../../formats/located.ts";
import { plainLine } from "../../host/redact.ts";
import { isGithubPackages, usesOwnNpmToken } from "../github_packages.ts";
import { npmDestination, ownerOf } from "../npm_destination.ts";
import { ownManifest } from "../own_manifest.ts";
import type { Report, Rule } from "../rule.ts";

/** GitHub Packages takes an npm package under the name of an account alone, and from a job's token under that of the owner. */
export const githubPackagesName: Rule = {
  code: "github-packages-name",
  severity: "error",
  confidence: "likely",
  phase: "packages",
  *check(subject) {
    for (const job of subject.publishing) {
      const { invocation, pipeline } = job;
      const path = pipeline.vendor === "github" ? ownManifest(invocation) : null;
      const manifest = path === null ? undefined : subject.manifests.get(path)?.root;
      const named = textOf(manifest, "name");
      if (!named || get(manifest, "private")?.value === true) continue;
      const destination = npmDestination(job, subject, path!);
      if (!destination || !isGithubPackages(destination.registry)) continue;
      const name = plainLine(named.value, 100);
      const [, scope, rest = name] = /^@([^/]+)\/(.*)$/.exec(name) ?? [];
      const owner = ownerOf(manifest, subject.remote);
      const at = destination.at ?? invocation.at;
      const sends = { at, message: "sends it to GitHub Packages" };
      const related = at === invocation.at
        ? [sends]
        : [sends, { at: invocation.at, message: "publishes it" }];
      const next = [`call it @${plainLine(owner ?? "OWNER", 60)}/${rest}`];
      if (scope === undefined) {
        yield {
          message: `"${name}" has no scope, and GitHub Packages takes no other names`,
          at: named.at,
          label: "not @OWNER/NAME",
          related,
          why: [
            "GitHub Packages refuses the upload: there a package belongs to the account that its scope names.",
          ],
          next,
        } satisfies Report;
      } else if (owner !== null && scope.toLowerCase() !== owner && usesOwnNpmToken(job, subject)) {
        yield {
          message: `${name} is not of ${
            plainLine(owner, 60)
          }, with whose GITHUB_TOKEN job "${job.job.id}" publishes it`,
          at: named.at,
          label: "of another account",
          related,
          why: [
            "The job's token may write packages of the repository's owner alone: GitHub Packages answers 403.",
          ],
          next: [...next, `or publish it with a token of @${scope} in place of GITHUB_TOKEN`],
        } satisfies Report;
      }
    }
  },
};
