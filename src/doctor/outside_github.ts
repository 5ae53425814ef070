import type { Setting, Vendor } from "../pipelines/model.ts";
import { targetsOf } from "./identities.ts";
import type { Publishing, Subject } from "./rule.ts";
import { holdsSecret } from "./secret_flow.ts";
import { stepsMayGive } from "./unseen_hands.ts";

/** What values look like that come from a CI's store: a variable of the project, a parameter, a credential. */
const STORED: Readonly<Record<Exclude<Vendor, "github">, RegExp>> = {
  gitlab: /^\$\{?(?!CI_)[A-Za-z_]\w*\}?$|^(?:vault|\w*secrets_manager|secret): /,
  circleci: /^\$\{?(?!CIRCLE_)[A-Za-z_]\w*\}?$|^<<\s*parameters\./,
  jenkins: /^credentials\(/,
};

/** Whether a variable is given a secret, as each CI writes it. */
export function isSecret({ value }: Setting, vendor: Vendor): boolean {
  return vendor === "github" ? holdsSecret(value) : STORED[vendor].test(value.trim());
}

/** The names by which a variable may be read: Jenkins makes three of a user name with its password. */
export function partsOf(name: string, vendor: Vendor): readonly string[] {
  return vendor === "jenkins" ? [name, `${name}_USR`, `${name}_PSW`] : [name];
}

/** How a Jenkinsfile names the variable that it binds, which is no reading of it. */
const BOUND = /\b\w{0,20}[vV]ariable\s{0,9}:\s{0,9}["']\w+["']/g;

/** Texts of files without the places where variables are bound to credentials. */
export function withoutBindings(
  { pipeline: { vendor, path } }: Publishing,
  sources: Subject["sources"],
): Subject["sources"] {
  const text = vendor === "jenkins" ? sources.get(path) : undefined;
  return text === undefined ? sources : new Map([...sources, [path, text.replace(BOUND, "")]]);
}

/** Steps of Jenkins with which its administrators hand files and settings to a job. */
const HANDED_BY_JENKINS =
  /\b(?:configFileProvider|configId|withNPM|rtNpm\w*|rtServer|withEnvFile)\b|\bfile\s*\(/;

/** Whether the file of a CI other than GitHub's shows that something may hand a client its credential. */
export function mayBeGivenOutside(job: Publishing): boolean {
  const { pipeline } = job;
  return stepsMayGive(job) || pipeline.unseen.length > 0 ||
    pipeline.vendor === "jenkins" && HANDED_BY_JENKINS.test(pipeline.text);
}

/** What a script or an .npmrc says of a registry of one's own, which is often given a version for every commit. */
const OWN =
  /\bCI_(?:API|SERVER|PROJECT|JOB_TOKEN)|\bregistry["']?[\s=]+(?![\s=]|["']?https:\/\/registry\.npmjs\.org)/;

/** Whether it is sure to go to a public registry. */
export function goesOut({ job, invocation }: Publishing, subject: Subject): boolean {
  const files = [...subject.sources].flatMap(([path, text]) => path.endsWith(".npmrc") ? [text] : []);
  const scripts = [...job.steps.map(({ run }) => run?.value ?? ""), ...invocation.before ?? []];
  return targetsOf(subject, invocation).length > 0 && ![...files, ...scripts].some((text) => OWN.test(text));
}
