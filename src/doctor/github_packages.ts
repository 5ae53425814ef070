import { blanked, XML } from "../formats/blanked.ts";
import { get, textOf } from "../formats/located.ts";
import { joined } from "../formats/shell.ts";
import { sorted } from "../pipelines/arguments.ts";
import type { CredentialUse } from "../pipelines/model.ts";
import { GITHUB_PACKAGES } from "../pipelines/jvm_targets.ts";
import { isJobToken } from "../pipelines/job_token.ts";
import { allSteps, commandsOf } from "../pipelines/placed_commands.ts";
import { passwordsNamed } from "../pipelines/maven_settings.ts";
import { actionName } from "../pipelines/publishing.ts";
import { ownManifest } from "./own_manifest.ts";
import type { Publishing, Subject } from "./rule.ts";
import { holdsSecret } from "./secret_flow.ts";
import { variablesAt } from "./variables.ts";

/** A registry of GitHub Packages, by its address. */
const ADDRESS = /^(?:https?:)?\/\/(?:npm|nuget|rubygems|maven)\.pkg\.github\.com(?:[/:]|$)/i;

/** Whether a registry, with or without its protocol, is one of GitHub Packages. */
export function isGithubPackages(registry: string): boolean {
  return ADDRESS.test(`//${registry.replace(/^(?:https?:)?\/\//i, "")}`);
}

/** Whether a step publishes to GitHub Packages, and with the job's own token alone; only where both are seen. */
export function publishesWithOwnToken(job: Publishing, subject: Subject): boolean {
  switch (job.invocation.kind) {
    case "npm":
      return goesByNpm(job, subject) && areOwn(npmTokens(job, subject), job);
    case "nuget":
      return areOwn(nugetTokens(job, subject), job);
    case "rubygems":
      return addressIn(job, "--host") && areOwn(gemTokens(job), job);
    case "maven":
      return job.invocation.uploadsTo === GITHUB_PACKAGES
        ? areOwn(gradleTokens(job), job)
        : goesByMaven(job, subject) && areOwn(mavenTokens(job), job);
    default:
      return false;
  }
}

/** Whether there is a token, and each is the job's own, also by the name of a variable. */
function areOwn(tokens: readonly string[], job: Publishing): boolean {
  const env = variablesAt(job);
  return tokens.length > 0 && tokens.every((token) => {
    const [, shell, expression] = /^\$\{?(\w+)\}?$|^\$\{\{\s*env\.(\w+)\s*\}\}$/.exec(token.trim()) ?? [];
    const name = shell ?? expression;
    const value = name === undefined ? token : env.get(name)?.value;
    return isJobToken(value?.replace(/^\s*Bearer\s+/i, ""));
  });
}

/** The tokens that a step is given in some ways; in whatever way where none is named. */
function tokensOf({ invocation }: Publishing, ways?: readonly CredentialUse["source"][]): string[] {
  return invocation.credentials.filter(({ holds, source }) =>
    holds !== "none" && (ways?.includes(source) ?? true)
  )
    .map(({ value }) => value);
}

/** Whether an option, or what stands in its place, is one of those addresses. */
function addressIn({ invocation: { registry, args } }: Publishing, option: string): boolean {
  const named = args.flatMap((word, index) =>
    word === option
      ? args[index + 1] ?? []
      : word.startsWith(`${option}=`)
      ? word.slice(option.length + 1)
      : []
  );
  return ADDRESS.test(registry ?? named.at(-1) ?? "");
}

/** Whether everything that an npm client may publish here goes there. */
function goesByNpm(job: Publishing, { project, manifests, remote }: Subject): boolean {
  const { invocation } = job;
  const own = ownManifest(invocation);
  const paths = own === null
    ? project.packages.filter(({ kind }) => kind === "npm").map(({ manifest }) => manifest)
      .filter((path) => get(manifests.get(path)?.root, "private")?.value !== true)
    : [own];
  const optional = invocation.args.some((word) => /^--(?:@[^:]+:)?registry(?:=|$)/.test(word));
  const scopes = scopesFor(job, remote);
  return paths.length > 0 && paths.every((path) => {
    const manifest = manifests.get(path)?.root;
    const configured = textOf(manifest, "publishConfig", "registry")?.value;
    const scope = /^@([^/]+)\//.exec(textOf(manifest, "name")?.value ?? "")?.[1];
    if (!manifest) return false;
    if (configured !== undefined) {
      return ADDRESS.test(configured) && (!optional || ADDRESS.test(invocation.registry ?? ""));
    }
    const taken = optional || scopes === null || scope !== undefined && scopes.includes(scope.toLowerCase());
    return taken && ADDRESS.test(invocation.registry ?? "");
  });
}

/** The scopes that `actions/setup-node` sends there: without one it takes the owner's. `null` where it sets up no registry. */
function scopesFor({ job }: Publishing, remote: string | null): readonly string[] | null {
  const steps = allSteps(job.steps).filter(({ uses, with: inputs }) =>
    uses && actionName(uses.value) === "actions/setup-node" && inputs.get("registry-url")
  );
  return steps.length === 0 ? null : steps.flatMap(({ with: inputs }) => {
    const scope = inputs.get("scope")?.value || remote?.split("/")[0];
    return scope === undefined ? [] : scope.replace(/^@/, "").toLowerCase();
  });
}

/** Whether a step publishes to npm's registry there with the job's own token alone. */
export function usesOwnNpmToken(job: Publishing, subject: Subject): boolean {
  return areOwn(npmTokens(job, subject), job);
}

/** A line of the project goes before what the environment has for the file of setup-node. */
function npmTokens(job: Publishing, { settings }: Subject): string[] {
  const { directory } = job.invocation;
  const places = [".npmrc", ...directory === null ? [] : [joined(directory, ".npmrc")]];
  const lines = settings.npmrc.filter(({ path }) => places.includes(path)).flatMap(({ credentials }) =>
    credentials.filter(({ registry }) => registry !== null && ADDRESS.test(`//${registry}`))
  );
  if (lines.some(({ variables }) => variables.length !== 1)) return [];
  return lines.length > 0 ? lines.map(({ variables }) => `$${variables[0]}`) : tokensOf(job);
}

/** The key of a push there: the variable goes before the option, which names one of the file (rubygems, gemcutter_utilities.rb). */
function gemTokens(job: Publishing): string[] {
  const variables = tokensOf(job, ["variable"]);
  const name = sorted(job.invocation.args, GEM_KEY).options;
  const [key] = GEM_KEY.flatMap((option) => name.get(option) ?? []);
  if (variables.length > 0 || key === undefined || !/^\w+$/.test(key)) return variables;
  const line = new RegExp(
    String.raw`(?<![\w$]):${key}:[ \t]{0,9}["']?(?:Bearer[ \t]{1,9})?([^\n"']{1,200})`,
  );
  return allSteps(job.job.steps).flatMap(({ run, live, env }) => {
    const text = live !== "no" && run?.value.includes(".gem/credentials") ? run.value : "";
    const value = line.exec(text)?.[1]?.trim() ?? "";
    return env.get(VARIABLE.exec(value)?.[1] ?? "")?.value ?? (value === "" ? [] : value);
  });
}

/** A variable that a script of the shell writes down. */
const VARIABLE = /^\$\{?(\w+)\}?$/;
const GEM_KEY = ["-k", "--key"];

/** Options of `dotnet nuget add source` with a value. */
const SOURCE_OPTIONS = ["-n", "--name", "-u", "--username", "-p", "--password", "--configfile"];

/** The keys of a push there: its own, or the password of the source that the job has added by that name. */
function nugetTokens(job: Publishing, { sources }: Subject): string[] {
  const { registry } = job.invocation;
  if (ADDRESS.test(registry ?? "") || addressIn(job, "--source") || addressIn(job, "-s")) {
    return tokensOf(job);
  }
  const added = allSteps(job.job.steps).flatMap((step) => commandsOf(step, sources)).flatMap((command) => {
    const { words, options } = sorted(command.args, SOURCE_OPTIONS);
    const value = (...names: string[]) => names.flatMap((name) => options.get(name) ?? []).at(-1);
    const adds = command.program === "dotnet" && words.slice(0, 3).join(" ") === "nuget add source";
    return adds && ADDRESS.test(words[3] ?? "") && registry !== null && value("-n", "--name") === registry
      ? [value("-p", "--password") ?? ""]
      : [];
  });
  const keys = tokensOf(job, ["option"]);
  return added.length === 0 ? [] : keys.length > 0 ? keys : added;
}

/** Plugins of Maven that publish elsewhere. */
const OTHER_PLUGINS =
  /central-publishing-maven-plugin|nexus-staging-maven-plugin|jreleaser|altDeploymentRepository/;

const BLOCK = /<distributionManagement>((?:(?!<distributionManagement>)[^])*?)<\/distributionManagement>/g;
const SITE = /<site>(?:(?!<site>)[^])*?<\/site>/g;

/** Whether `mvn deploy` goes there: by its option, or by all that the `pom.xml` says. */
function goesByMaven({ invocation }: Publishing, { sources }: Subject): boolean {
  const { client, args, directory } = invocation;
  if (client !== "mvn" || args.some((word) => /^(?:-f|--file)$/.test(word))) return false;
  const option = args.findLast((word) => word.startsWith("-DaltDeploymentRepository="));
  if (option) return ADDRESS.test(option.replace(/^[^=]*=[^:/]+::(?:[^:/]+::)?/, ""));
  const pom = blanked(sources.get(joined(directory, "pom.xml") ?? "") ?? "", XML);
  const blocks = [...pom.matchAll(BLOCK)].map(([, text]) => text!.replace(SITE, ""));
  const urls = [...blocks.join("").matchAll(/<url>([^<]{0,1000})<\/url>/g)].map(([, url]) => url!.trim());
  return urls.length > 0 && urls.every((url) => ADDRESS.test(url)) && !OTHER_PLUGINS.test(pom);
}

/** What Gradle's build may take as the password there: tokens of the environment and of the command line, whatever they are called. */
function gradleTokens(job: Publishing): string[] {
  const properties = job.invocation.args.flatMap((word) => /^-[PD][\w.-]+=([^]*)$/.exec(word)?.[1] ?? []);
  const given = [...variablesAt(job).values()].filter(({ name }) => !/sign|gpg|pgp/i.test(name));
  return [...properties, ...given.map(({ value }) => value)].filter((value) =>
    isJobToken(value) || holdsSecret(value)
  );
}

/** The password that `actions/setup-java` has Maven read; with settings of another file every secret that they may name. */
function mavenTokens(job: Publishing): string[] {
  if (job.invocation.args.some((word) => /^(?:-s|--settings|-gs|--global-settings)(?:=|$)/.test(word))) {
    return [...variablesAt(job).values()].map(({ value }) => value).filter((value) =>
      isJobToken(value) || holdsSecret(value)
    );
  }
  const steps = allSteps(job.job.steps).filter(({ uses }) =>
    uses && actionName(uses.value) === "actions/setup-java"
  );
  const names = new Set(steps.flatMap(({ with: inputs }) => passwordsNamed(inputs)));
  return [...names].map((name) => `$${name}`);
}
