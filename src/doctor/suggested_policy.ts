import type { Package } from "../config/project.ts";
import { claimedFile, jobsOf } from "./claims.ts";
import { meantForOidc } from "./oidc.ts";
import type { Subject } from "./rule.ts";

/** So many packages are written out; the others go by the same pattern. */
const FEW = 3;

/**
 * What to write into keyless.toml so that doctor can compare it, made from the jobs that publish with OIDC; `null` where none does, or
 * where a package declares one already.
 */
export function suggestedPolicy(subject: Subject): string | null {
  const { packages, configuration } = subject.project;
  if (packages.some(({ trustPolicy }) => trustPolicy !== null)) return null;
  const blocks = packages.flatMap((pkg) => {
    const job = jobsOf(subject, pkg).find((each) => meantForOidc(subject, each) !== "no");
    if (!job) return [];
    const environment = job.job.environment?.name ?? null;
    const policy = [
      "[package.trust_policy]",
      `workflow = ${text(claimedFile(job, pkg.kind).file)}`,
      ...environment === null ? [] : [`environment = ${text(environment)}`],
    ];
    const listed = pkg.at.path === configuration;
    return [[...listed ? [`# of the package ${pkg.name}`] : header(pkg), ...policy].join("\n")];
  });
  const more = blocks.length > FEW ? [`# and ${blocks.length - FEW} more like these`] : [];
  return blocks.length > 0 ? [...blocks.slice(0, FEW), ...more].join("\n\n") : null;
}

function header({ name, kind, path }: Package): string[] {
  return ["[[package]]", `name = ${text(name)}`, `kind = "${kind}"`, `path = ${text(path)}`];
}

/** A string of TOML. */
function text(value: string): string {
  return JSON.stringify(value);
}
