import { publishesWithOwnToken } from "../github_packages.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** GitHub Packages takes a package from the job's own token only where the job has `packages: write`. */
export const missingPackagesWrite: Rule = {
  code: "missing-packages-write",
  severity: "error",
  confidence: "likely",
  phase: "publishing jobs",
  *check(subject) {
    const jobs = Map.groupBy(
      subject.publishing.filter(({ pipeline }) => pipeline.vendor === "github"),
      ({ job }) => job,
    );
    for (const [job, publishing] of jobs) {
      const { permissions } = job;
      const answer = permissions.allows("packages", "write");
      if (answer === "unknown") {
        const found = publishing.find((each) =>
          each.chain.every((one) => one.permissions.from === "default") &&
          publishesWithOwnToken(each, subject)
        );
        if (found) yield byDefault(found);
      }
      if (answer !== "no") continue;
      const written = permissions.written("packages")?.value ?? permissions.all;
      const found = publishing.find((each) => publishesWithOwnToken(each, subject));
      // A called workflow that asks for more than its caller has is refused as a whole.
      if (!found || written === "write") continue;
      yield {
        message: `Job "${job.id}" publishes to GitHub Packages and has no \`packages: write\``,
        at: permissions.at ?? job.at,
        label: written === "read"
          ? "the token may read packages, and no more"
          : permissions.replaced
          ? "a job's block replaces the workflow's; scopes that it does not name become none"
          : "scopes that are not named here are none",
        related: [{ at: found.invocation.at, message: "publishes with GITHUB_TOKEN" }],
        why: ["GitHub Packages refuses the upload with 403 (permission_denied)."],
        next: [`add \`packages: write\` to the permissions of job "${job.id}"`],
        fix: permissions.granting("packages", "write"),
      } satisfies Report;
    }
  },
};

/** Nothing says what the token may do, so the settings do. */
function byDefault({ job, invocation, called }: Publishing): Report {
  return {
    severity: "unverified",
    confidence: "certain",
    message:
      `Job "${job.id}" publishes to GitHub Packages, and the repository's default decides whether it may`,
    at: job.at,
    label: `no \`permissions:\`, here or for all of ${called.file}`,
    related: [{ at: invocation.at, message: "publishes with GITHUB_TOKEN" }],
    why: [
      "In a new repository a job's token may only read unless Settings → Actions say otherwise; GitHub Packages then refuses the upload with 403 (permission_denied).",
    ],
    next: [
      "write what the job needs: `permissions: { contents: read, packages: write }`",
      "where the default is to read and write, leave it as it is",
    ],
  };
}
