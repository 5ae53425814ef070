import { get, textOf } from "../../formats/located.ts";
import { normaliseRepository } from "../../config/repository_url.ts";
import type { Package } from "../../config/project.ts";
import { publishesPackage } from "../published_packages.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** The forges whose jobs npm exchanges tokens with, and its shorthands for them. */
const FORGES = { github: "github.com", gitlab: "gitlab.com" };

/** With OIDC from a public repository npm makes provenance by itself, and the registry compares it with `repository` in package.json. */
export const npmRepositoryMismatch: Rule = {
  code: "npm-repository-mismatch",
  severity: "error",
  confidence: "likely",
  phase: "packages",
  *check(subject) {
    for (const pkg of subject.project.packages) {
      if (pkg.kind !== "npm" || pkg.registry.name !== "npm") continue;
      const job = publisher(subject, pkg);
      const manifest = subject.manifests.get(pkg.manifest);
      if (!job || !manifest || get(manifest.root, "publishConfig", "provenance")?.value === false) continue;
      const sure = meantForOidc(subject, job) === "yes";
      const forge = job.pipeline.vendor === "gitlab" ? "gitlab" : "github";
      if (isElsewhere(subject, FORGES[forge])) continue;
      const written = textOf(manifest.root, "repository", "url") ?? textOf(manifest.root, "repository");
      if (!written) {
        const other = get(manifest.root, "repository");
        yield {
          ...sure ? {} : { severity: "warning" },
          message: `${pkg.name} names no repository, and npm's provenance demands it`,
          at: other?.at ?? textOf(manifest.root, "name")?.at ?? pkg.at,
          label: "package.json has no `repository`",
          related: [{ at: job.invocation.at, message: "publishes it with OIDC, so with provenance" }],
          package: pkg.name,
          why: [WHY],
          next: [`add "repository": "${forge}:${subject.remote ?? "OWNER/REPO"}" to ${pkg.manifest}`],
        } satisfies Report;
        continue;
      }
      const here = pkg.trustPolicy?.repository ?? subject.remote;
      const named = normaliseRepository(written.value)?.replace(`https://${FORGES[forge]}/`, "");
      if (here === null || named === undefined || named === here) continue;
      const fork = !pkg.trustPolicy?.repository;
      const byCaseAlone = named.toLowerCase() === here.toLowerCase();
      yield {
        // git takes the remote's address in any letter case.
        ...fork && byCaseAlone ? { severity: "unverified" } : fork || !sure ? { severity: "warning" } : {},
        message: `${pkg.name} names the repository "${named}", and is published from "${here}"`,
        at: written.at,
        label: byCaseAlone ? "in other letter case" : "another repository",
        related: [{ at: job.invocation.at, message: "publishes it with OIDC, so with provenance" }],
        package: pkg.name,
        why: [WHY],
        next: fork && byCaseAlone ? [`write it as the repository's page on ${FORGES[forge]} shows it`] : [
          `write "${forge === "gitlab" ? "gitlab:" : ""}${here}" there`,
          ...fork ? ["in a fork, leave it as it is: a fork does not publish"] : [],
        ],
      } satisfies Report;
    }
  },
};

const WHY =
  "From a public repository npm refuses it with E422: the repository in the provenance must be the one in package.json, letter by letter.";

/** Whether the repository lies on a server of somebody's own: npm exchanges no token there, and makes no provenance. */
function isElsewhere({ remotes }: Subject, host: string): boolean {
  return remotes.length > 0 && !remotes.some((address) => address.toLowerCase().includes(host));
}

/** A step that publishes a package with OIDC for sure, else one that likely does: npm and pnpm make provenance then, yarn only when told. */
function publisher(subject: Subject, pkg: Package): Publishing | undefined {
  const jobs = subject.publishing.filter((job) => publishes(subject, job, pkg));
  return jobs.find((job) => meantForOidc(subject, job) === "yes") ??
    jobs.find((job) =>
      ["npm", "pnpm"].includes(job.invocation.client) && meantForOidc(subject, job) === "likely"
    );
}

function publishes(
  { project }: Subject,
  { invocation, step, job, pipeline }: Publishing,
  pkg: Package,
): boolean {
  const off = ["--no-provenance", "--provenance=false"].some((word) => invocation.args.includes(word)) ||
    [step.env, job.env, pipeline.env].flatMap((env) => [...env.values()])
      .some(({ name, value }) => /^npm_config_provenance$/i.test(name) && value === "false");
  return (invocation.kind === "npm" || invocation.kind === null) && !off &&
    Object.hasOwn(FORGES, pipeline.vendor) &&
    publishesPackage(invocation, pkg, project) === "yes" &&
    (invocation.kind === null || publicTarget(invocation) !== null);
}
