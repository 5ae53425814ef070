import { textOf } from "../formats/located.ts";
import { withLibraries } from "../formats/on_demand.ts";
import { joined } from "../formats/shell.ts";
import { plainLine } from "../host/redact.ts";
import { outputIn } from "../pipelines/credentials.ts";
import { isJobToken } from "../pipelines/job_token.ts";
import type { CredentialUse, Ecosystem, Pipeline, PublishInvocation } from "../pipelines/model.ts";
import { clientFacts } from "../pipelines/publishers.ts";
import { isForeign } from "../pipelines/destinations.ts";
import { knownRegistry } from "../registries/known.ts";
import { listed } from "./clients.ts";
import { npmChoices } from "./npm_choice.ts";
import { npmDestination } from "./npm_destination.ts";
import { ECOSYSTEMS, meantForOidc, publicTarget } from "./oidc.ts";
import { ownManifest } from "./own_manifest.ts";
import { NO_CREDENTIAL } from "./phases.ts";
import { pypiUser } from "./pypi_user.ts";
import type { Publishing, Subject } from "./rule.ts";
import { withoutOidc } from "./semantic_release.ts";
import { handedInVain } from "./token_readings.ts";
import { whenItRuns } from "./when_it_runs.ts";

/** What is seen to publish in some pipelines: a line for each job, registry and credential, with what starts it. */
export async function publishingList(subject: Subject, looked: readonly Pipeline[]): Promise<string[]> {
  const seen = subject.publishing.filter((job) =>
    (looked.includes(job.pipeline) || looked.includes(job.called)) && !isStaged(job)
  );
  const alike = await withLibraries(() => Map.groupBy(seen, (job) => described(job, subject)));
  return [...alike].map(([what, jobs]) => plainLine(`${what}, ${whenItRuns(jobs)}`));
}

/** What the registry compares, and is known only when a job runs that publishes with OIDC; `null` where the files say it. */
export function knownLater(subject: Subject, looked: readonly Pipeline[]): string | null {
  const exchanging = subject.publishing.filter((job) =>
    (looked.includes(job.pipeline) || looked.includes(job.called)) && meantForOidc(subject, job) !== "no"
  );
  const which = [
    ...exchanging.some(({ invocation }) => invocation.registryAs !== undefined) ? ["registry"] : [],
    ...exchanging.some(({ job }) => job.environment?.names === null) ? ["environment"] : [],
  ];
  if (which.length === 0) return null;
  const known = `the ${which.join(" and the ")} ${which.length > 1 ? "are" : "is"} known only when it runs`;
  return which.includes("registry") ? `not compared: ${known}` : known;
}

function described(job: Publishing, subject: Subject): string {
  const target = targetOf(job, subject);
  return [
    `${placeOf(job)}: job "${job.job.id}" publishes${target && ` to ${target}`} with ${
      proofOf(job, subject)
    }`,
    ...surroundingsOf(job),
  ].join(", ");
}

/** Whether Gradle or Maven, without a credential, only fills the directory that JReleaser uploads in the same job. */
function isStaged({ job, invocation }: Publishing): boolean {
  const { client, kind, credentials } = invocation;
  const uploads = (each: PublishInvocation) => each.kind === "maven" && byJreleaser(each);
  return kind === "maven" && ["gradle", "mvn"].includes(client) && !byJreleaser(invocation) &&
    credentials.every(({ name }) => name.startsWith("JRELEASER_")) &&
    job.steps.some(({ publishes }) => publishes.some(uploads));
}

function byJreleaser({ client, args }: PublishInvocation): boolean {
  return client === "jreleaser" || args.some((word) => /(?:^|:)jreleaser/.test(word));
}

/** Whether it goes to Maven Central for sure: by the address, JReleaser's variables, or because publib is told nothing else. */
function isForCentral(invocation: PublishInvocation): boolean {
  const { kind, client, credentials, registry, registryAs } = invocation;
  return kind === "maven" && (client === "curl" ||
    client === "publib-maven" && registry === null && registryAs === undefined ||
    byJreleaser(invocation) && credentials.some(({ name }) => name.startsWith("JRELEASER_MAVENCENTRAL_")));
}

/** The file as people call it, and what of it is meant. */
function placeOf({ pipeline, called, job }: Publishing): string {
  const name = ({ vendor, file, path }: Pipeline) => vendor === "github" ? file : path;
  return [
    name(pipeline),
    ...called === pipeline ? [] : [name(called)],
    ...job.workflow === undefined ? [] : [job.workflow],
  ].join(" › ");
}

/** Marketplaces of extensions, by the client that is for them alone. */
const MARKETPLACES: Readonly<Record<string, string>> = { vsce: "the VS Code Marketplace", ovsx: "Open VSX" };

/** The registry as people call it; empty where nobody knows which. */
function targetOf(job: Publishing, subject: Subject): string {
  const { invocation } = job;
  const { kind, registryAs, packages, client } = invocation;
  if (kind === null) {
    const meant = subject.project.packages.filter(({ name }) =>
      packages.length === 0 || packages.includes(name)
    );
    return [...new Set(meant.map(({ registry }) => registry.label))].join(" and ");
  }
  if (invocation.uploadsTo !== undefined) return invocation.uploadsTo;
  if (isForCentral(invocation)) return "Maven Central";
  const usual = ECOSYSTEMS[kind] ?? MARKETPLACES[client] ?? "";
  if (registryAs !== undefined) {
    if (/[\ue000]|\$\{?[\d@*]/.test(registryAs)) return "a registry that its caller names";
    const either = literalsOf(registryAs)?.map((each) => each === "" ? usual : labelOf(each, kind, usual));
    return either?.every((each) => each !== "")
      ? [...new Set(either)].join(" or ")
      : plainLine(registryAs, 60);
  }
  const registry = (kind === "npm" ? configuredFor(job, subject) : null) ?? invocation.registry;
  const target = registry === null ? usual : labelOf(registry, kind, usual);
  if (target !== usual || !isOfForge(invocation)) return target;
  return job.pipeline.vendor === "gitlab" ? "GitLab's package registry" : "";
}

/** The texts that an expression comes to, the one that it falls back on first; `null` where they are no literals. */
function literalsOf(written: string): string[] | null {
  const [, inside = ""] = /^\$\{\{([^{}]*)\}\}$/.exec(written.trim()) ?? [];
  const literals = inside.split("||").map((each) => /^'([^']*)'$/.exec(each.split("&&").at(-1)!.trim())?.[1]);
  return literals.every((each) => each !== undefined) ? literals.reverse() : null;
}

/** A registry of a kind as people call it. */
function labelOf(registry: string, kind: Ecosystem, usual: string): string {
  const known = knownRegistry(registry);
  if (known?.kind === kind) return known.label;
  if (ECOSYSTEMS[kind] && !isForeign(kind, registry)) return usual;
  return URL.canParse(registry) && new URL(registry).host || `"${plainLine(registry, 60)}"`;
}

/** Whether its token is the CI's own, which no public registry takes. */
function isOfForge({ credentials }: PublishInvocation): boolean {
  const token = credentials.find(({ holds }) => holds === "token");
  return token !== undefined && (isJobToken(token.value) || /\bCI_JOB_TOKEN\b/.test(token.value));
}

/** The registry that npm takes from files of the project; `null` where they say none. */
function configuredFor(job: Publishing, subject: Subject): string | null {
  const { invocation } = job;
  const path = ownManifest(invocation);
  const sure = path === null ? null : npmDestination(job, subject, path);
  if (sure) return `https://${sure.registry}`;
  if (invocation.args.some((word) => /^--(?:@[^:]+:)?registry(?:=|$)/.test(word))) return null;
  const manifest = path === null ? undefined : subject.manifests.get(path)?.root;
  const [scope] = /^@[^/]+(?=\/)/.exec(textOf(manifest, "name")?.value ?? "") ?? [];
  const files = [joined(invocation.directory, ".npmrc"), ".npmrc"].flatMap((file) =>
    file === null ? [] : subject.settings.sources.get(file) ?? subject.sources.get(file) ?? []
  );
  const lines = files.flatMap((text) => [...text.matchAll(REGISTRY_LINE)]);
  const line = lines.find((each) => each[1] !== undefined && each[1] === scope) ??
    lines.find((each) => each[1] === undefined);
  return textOf(manifest, "publishConfig", "registry")?.value ?? line?.[2] ?? null;
}

const REGISTRY_LINE = /^[ \t]*(?:(@[^:\s]+):)?registry[ \t]*=[ \t]*["']?(https?:[^\s"'$]+)/gm;

/** OIDC, the credential by the name that the file has for it, or where neither is seen the client. */
function proofOf(job: Publishing, subject: Subject): string {
  const { invocation, pipeline } = job;
  const { client, kind, keyless, credentials } = invocation;
  const user = kind === "pypi" ? pypiUser(job, subject) : null;
  if (user) return `the password of ${user.name}`;
  if (keyless === "yes") {
    const may = job.job.permissions.allows("id-token", "write") !== "no";
    return may ? "OIDC" : "OIDC (but cannot request a token)";
  }
  const use = credentials.find(({ holds }) => holds === "token") ??
    credentials.find(({ holds }) => holds === "unknown");
  if (!use) {
    const exchanges = clientFacts(client)?.oidc !== null && meantForOidc(subject, job) !== "no";
    // Of other clients not every way to a credential is known.
    const known = ["crates", "pypi", "npm"].includes(kind ?? "");
    return exchanges ? "OIDC" : `${client}${known ? ` (${NO_CREDENTIAL})` : ""}`;
  }
  const vain = pipeline.vendor !== "github" && use.source === "variable" ? handedInVain(job, subject) : null;
  const token = `${nameOf(use, pipeline)}${
    vain?.setting.name === use.name ? " (which nothing here reads)" : ""
  }`;
  if (kind === null) {
    const tokens = credentials.filter(({ holds }) => holds === "token").map((each) => nameOf(each, pipeline));
    return listed([client, ...new Set([token, ...tokens])]);
  }
  return keyless === "unknown" && use.holds === "token" && mayExchange(job, subject)
    ? `OIDC or ${token}`
    : token;
}

/** Whether the client may exchange an OIDC token although it is given another one; one that is too old does not. */
function mayExchange(job: Publishing, subject: Subject): boolean {
  const { client, kind } = job.invocation;
  if (job.job.permissions.allows("id-token", "write") === "no" || publicTarget(job.invocation) === null) {
    return false;
  }
  if (withoutOidc(job, subject)) return false;
  const choices = kind === "npm" && client === "npm" ? npmChoices(job, subject) : null;
  return !Array.isArray(choices) || choices.some(({ fits }) => fits);
}

/** A credential by the name of the secret, the variable or the file; never by its value. */
function nameOf({ source, name, value, secret }: CredentialUse, { vendor }: Pipeline): string {
  if (isJobToken(value) || secret?.toUpperCase() === "GITHUB_TOKEN") return "the job's GITHUB_TOKEN";
  const secrets = [...value.matchAll(/(?<![\w.-])secrets\.([\w-]+)/gi)].map(([, each]) => each!);
  const named = secrets.length > 0 ? secrets : secret === null ? [] : [secret];
  if (named.length > 0) {
    const called = (each: string) =>
      vendor === "github" ? `secrets.${each}` : vendor === "jenkins" ? `credential "${each}"` : each;
    return [...new Set(named)].map(called).join(" or ");
  }
  const output = outputIn(value);
  if (output !== null) return output;
  const variable = /^\\?\$\{?(?:env:)?(\w+)\}?$/.exec(value.trim())?.[1];
  if (variable !== undefined) return `$${variable}`;
  return source === "file" ? `a token in ${name}` : source === "variable" ? `$${name}` : name;
}

/** What the registry compares beside the file, or where the credential may come from. */
function surroundingsOf({ job, pipeline }: Publishing): string[] {
  if (pipeline.vendor === "circleci") {
    const contexts = job.contexts?.map(({ value }) => `"${value}"`) ?? [];
    return contexts.length > 0 ? [`context ${contexts.join(" and ")}`] : [];
  }
  if (pipeline.vendor === "jenkins") return [];
  const { environment } = job;
  if (!environment) return ["no environment"];
  const names = environment.names?.map((name) => `"${name}"`) ?? [];
  return [names.length > 0 ? `environment ${names.join(" or ")}` : "environment known when it runs"];
}
