import { get, textOf } from "../../formats/located.ts";
import { normaliseRepository } from "../../config/repository_url.ts";
import type { Package } from "../../config/project.ts";
import { publishesPackage } from "../published_packages.ts";
import { meantForOidc, publicTarget } from "../oidc.ts";
import { type AskedFor, provenanceAskedFor } from "../provenance.ts";
import type { Label } from "../../report/finding.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** The forges whose jobs npm exchanges tokens with, and its shorthands for them. */
const FORGES = { github: "github.com", gitlab: "gitlab.com" };

/** What makes these clients sign provenance, whatever they publish with; pnpm of today and Yarn do not read npm's variable. */
const HEEDED: Readonly<Partial<Record<string, readonly AskedFor["by"][]>>> = {
  npm: ["option", "variable", "manifest"],
  pnpm: ["option"],
  yarn: ["option", "manifest"],
  lerna: ["variable"],
};

/** What writes the repository into a manifest when the job runs. */
const WRITES =
  /\bpkg set\b[^\n]{0,300}\brepository\b|(?<!github)\.repository\b[^\n]{0,100}=[^\n]{0,300}\bpackage\.json/;

function isWrittenBefore({ job, invocation }: Publishing): boolean {
  return [...job.steps.map(({ run }) => run?.value ?? ""), ...invocation.before ?? []].some((text) =>
    WRITES.test(text)
  );
}

/**
 * With OIDC from a public repository npm makes provenance by itself, and with a token where it is told to; the registry compares it with
 * `repository` in package.json.
 */
export const npmRepositoryMismatch: Rule = {
  code: "npm-repository-mismatch",
  severity: "error",
  confidence: "likely",
  phase: "packages",
  *check(subject) {
    for (const pkg of subject.project.packages) {
      if (pkg.kind !== "npm" || pkg.registry.name !== "npm") continue;
      const found = publisher(subject, pkg);
      const manifest = subject.manifests.get(pkg.manifest);
      if (!found || !manifest || get(manifest.root, "publishConfig", "provenance")?.value === false) continue;
      const { job, asked } = found;
      const sure = asked !== null || meantForOidc(subject, job) === "yes";
      const forge = job.pipeline.vendor === "gitlab" ? "gitlab" : "github";
      if (isElsewhere(subject, FORGES[forge]) || isWrittenBefore(job)) continue;
      const written = textOf(manifest.root, "repository", "url") ?? textOf(manifest.root, "repository");
      if (!written) {
        const other = get(manifest.root, "repository");
        yield {
          ...sure ? {} : { severity: "warning" },
          message: `${pkg.name} names no repository, and npm's provenance demands it`,
          at: other?.at ?? textOf(manifest.root, "name")?.at ?? pkg.at,
          label: "package.json has no `repository`",
          related: signedBy(found),
          package: pkg.name,
          why: [asked ? REFUSED : `From a public repository ${REFUSED}`],
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
        related: signedBy(found),
        package: pkg.name,
        why: [asked ? REFUSED : `From a public repository ${REFUSED}`],
        next: fork && byCaseAlone ? [`write it as the repository's page on ${FORGES[forge]} shows it`] : [
          `write "${forge === "gitlab" ? "gitlab:" : ""}${here}" there`,
          ...fork ? ["in a fork, leave it as it is: a fork does not publish"] : [],
        ],
      } satisfies Report;
    }
  },
};

const REFUSED =
  "npm refuses it with E422: the repository in the provenance must be the one in package.json, letter by letter.";

function signedBy({ job: { invocation }, asked }: Publisher): Label[] {
  if (!asked) return [{ at: invocation.at, message: "publishes it with OIDC, so with provenance" }];
  return asked.by === "option"
    ? [{ at: asked.at, message: "publishes it with provenance" }]
    : [{ at: asked.at, message: "asks for provenance" }, { at: invocation.at, message: "publishes it" }];
}

/** Whether the repository lies on a server of somebody's own: npm exchanges no token there, and makes no provenance. */
function isElsewhere({ remotes }: Subject, host: string): boolean {
  return remotes.length > 0 && !remotes.some((address) => address.toLowerCase().includes(host));
}

/** A step whose package gets provenance, and what tells it so where that is said. */
interface Publisher {
  readonly job: Publishing;
  readonly asked: AskedFor | null;
}

/**
 * A step that publishes a package with OIDC for sure, else one that is told to make provenance, else one that likely uses OIDC: npm and
 * pnpm make provenance then, yarn only when told.
 */
function publisher(subject: Subject, pkg: Package): Publisher | null {
  const jobs = subject.publishing.filter((job) => publishes(subject, job, pkg));
  const sure = jobs.find((job) => meantForOidc(subject, job) === "yes");
  if (sure) return { job: sure, asked: null };
  for (const job of jobs) {
    const asked = provenanceAskedFor(job, subject);
    const signs = job.pipeline.vendor !== "github" ||
      job.job.permissions.allows("id-token", "write") !== "no";
    if (asked && signs && HEEDED[job.invocation.client]?.includes(asked.by)) return { job, asked };
  }
  const likely = jobs.find((job) =>
    ["npm", "pnpm"].includes(job.invocation.client) && meantForOidc(subject, job) === "likely"
  );
  return likely ? { job: likely, asked: null } : null;
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
