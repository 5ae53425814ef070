import { blanked, GRADLE, XML } from "../formats/blanked.ts";
import { sourceIn } from "../formats/positions.ts";
import { projectLists, subprojectsOf } from "../pipelines/gradle_projects.ts";
import { buildsOf } from "../pipelines/jvm_builds.ts";
import { isActive } from "../pipelines/jvm_targets.ts";
import type { PublishInvocation } from "../pipelines/model.ts";
import type { Location } from "../problem.ts";

/** An address that takes no uploads any more, and where it is written. */
export interface RetiredAddress {
  readonly host: string;
  readonly at: Location;
  /** Whether something that only a run decides may keep the upload from it. */
  readonly maybe: boolean;
}

/** Sonatype's OSSRH, switched off on 30 June 2025 (central.sonatype.org/pages/ossrh-eol). */
const OSSRH = /https?:\/\/((?:s01\.)?oss\.sonatype\.org)(?![\w.-])(?:\/[\w./-]*)?/;
/** What uploads to the Central Portal, whatever else a build has written. */
const PORTAL =
  /central-publishing|central\.sonatype\.com|com\.vanniktech|gradleup\.nmcp|jreleaser|maven-?central-?p(?:ublish|ortal)/i;

/** Where a job of Maven or Gradle uploads to an address that is switched off; `null` where that is not seen. */
export function retiredAddressOf(
  invocation: PublishInvocation,
  sources: ReadonlyMap<string, string>,
): RetiredAddress | null {
  const { client, args } = invocation;
  if (client !== "mvn" && client !== "gradle") return null;
  const named = args.filter((word) => /^-D(?:alt\w*DeploymentRepository|nexusUrl|url)=/.test(word));
  if (named.length > 0) {
    const host = named.map((word) => OSSRH.exec(word)?.[1]).find((each) => each !== undefined);
    return host === undefined ? null : { host, at: invocation.inScript ?? invocation.at, maybe: false };
  }
  const builds = buildsOf(invocation);
  for (const path of builds) {
    const found = inBuild(
      path,
      sources,
      (text) => client === "mvn" ? inPom(text, args) : inGradle(text, args),
    );
    if (found) return found;
  }
  // A plug-in of the whole build may keep its projects from what they have written themselves.
  return builds.some((path) => PORTAL.test(sources.get(path) ?? ""))
    ? null
    : inSubprojects(invocation, sources);
}

function inSubprojects(
  invocation: PublishInvocation,
  sources: ReadonlyMap<string, string>,
): RetiredAddress | null {
  const list = projectLists(invocation).map((path) => sources.get(path)).find((text) => text !== undefined);
  if (list === undefined) return null;
  // Whether a project belongs to the build, and whether its tasks do anything, may be asked above it.
  const maybe = CHOICE.test(blanked(list, GRADLE)) ||
    buildsOf(invocation).some((path) => SWITCHES.test(sources.get(path) ?? ""));
  for (const { builds, tasks } of subprojectsOf(invocation, list)) {
    const uploads = tasks.filter((task) => !STAGES.test(task));
    for (const path of builds) {
      const found = inBuild(path, sources, (text) => inGradle(text, uploads));
      if (found) return { ...found, maybe: maybe || found.maybe };
    }
  }
  return null;
}

/** What a look into the text of a build finds, where nothing in it uploads to the Central Portal. */
function inBuild(
  path: string,
  sources: ReadonlyMap<string, string>,
  look: (text: string) => Found | null,
): RetiredAddress | null {
  const source = sourceIn(sources, path);
  const found = source && !PORTAL.test(source.body) ? look(source.body) : null;
  return found && { host: found.host, at: source!.span(found.start, found.end), maybe: found.maybe };
}

interface Found {
  readonly host: string;
  readonly start: number;
  readonly end: number;
  readonly maybe: boolean;
}

/** Settings of a pom.xml that may keep it from uploading, or send it elsewhere. */
const SKIPS = /<skip>|deploy\.skip|<alt\w*DeploymentRepository>|skipNexusStaging/;

const DISTRIBUTION =
  /<distributionManagement>(?:(?!<distributionManagement>)[^])*?<\/distributionManagement>/;

/** The first address in an element of this name. */
function urlIn(text: string, element: string): RegExpExecArray | null {
  return new RegExp(`<${element}>(?:(?!<${element}>)[^])*?<url>\\s*([^<\\s]+)\\s*</url>`).exec(text);
}

/** Where `mvn deploy` goes by a pom.xml: to the address of the staging plug-in, or else to the repository for releases. */
function inPom(text: string, args: readonly string[]): Found | null {
  const pom = blanked(text, XML);
  if (SKIPS.test(pom)) return null;
  const staged = [...pom.matchAll(/<nexusUrl>\s*([^<\s]+)\s*<\/nexusUrl>/g)];
  const distribution = DISTRIBUTION.exec(pom);
  const repository = distribution && urlIn(distribution[0], "repository");
  const snapshots = distribution && urlIn(distribution[0], "snapshotRepository")?.[1];
  if (snapshots && !OSSRH.test(snapshots)) return null;
  const staging = staged.map((each) => ({ url: each[1]!, at: each.index + each[0].indexOf(each[1]!) }));
  const released = repository
    ? [{
      url: repository[1]!,
      at: distribution.index + repository.index + repository[0].indexOf(repository[1]!),
    }]
    : [];
  const isSure = ({ at }: { at: number }) => isActive(pom, at, args);
  // A plug-in that stages goes before the repository; one in a profile that the settings may switch on changes nothing where it goes there too.
  const stages = staging.length > 0 && staging.every(isSure);
  const places = stages ? staging : [...released, ...staging];
  const first = (stages ? staging : released).find(isSure);
  if (!first || places.some(({ url }) => !OSSRH.test(url))) return null;
  const host = OSSRH.exec(first.url)![1]!;
  return { host, start: first.at, end: first.at + first.url.length, maybe: false };
}

/** Tasks that upload to every repository of a build. */
const EVERYWHERE = /^(?:[\w-]*:)*(?:publish|uploadArchives)$/;
/** Tasks that upload to one of them. */
const TO_ONE = /^(?:[\w-]*:)*publish\w*To(\w+?)Repository$/;
/** Tasks of the plug-in that stages at Sonatype. */
const STAGES = /^(?:[\w-]*:)*(?:publishToSonatype|closeAndRelease\w*)$/;

/** Where `gradle publish` goes by a build.gradle. */
function inGradle(text: string, args: readonly string[]): Found | null {
  const build = blanked(text, GRADLE);
  const tasks = args.filter((word) => !word.startsWith("-"));
  const [, to] = tasks.map((word) => TO_ONE.exec(word)).find((each) => each !== null) ?? [];
  const all = tasks.some((word) => EVERYWHERE.test(word));
  if (!all && to === undefined && !tasks.some((word) => STAGES.test(word))) return null;
  for (const { 0: url, 1: host, index } of build.matchAll(new RegExp(OSSRH, "g"))) {
    // What is only read from there is another matter.
    if (!/\/service\/local\b/.test(url)) continue;
    if (to !== undefined && !all && nameAt(build, index).toLowerCase() !== to.toLowerCase()) continue;
    return { host: host!, start: index, end: index + url.length, maybe: isAsked(build, index) };
  }
  return null;
}

/** Whether something may leave an address out: a choice beside it, a condition around it or at the task, or a variable that holds it. */
function isAsked(build: string, at: number): boolean {
  const line = build.slice(build.lastIndexOf("\n", at) + 1).split("\n", 1)[0]!;
  if (!/\b(?:url|setUrl|nexusUrl)\b/.test(line) || CHOICE.test(line)) return true;
  if (SWITCHES.test(build)) return true;
  let depth = 0;
  for (let index = at; index >= 0; index--) {
    if (build[index] === "}") depth++;
    if (build[index] !== "{" || depth-- > 0) continue;
    depth = 0;
    if (CHOICE.test(/[^\n;{}]*$/.exec(build.slice(0, index))![0])) return true;
  }
  return false;
}

/** What switches a task off. */
const SWITCHES = /\bonlyIf\b|\.enabled\s*=/;
const CHOICE = /\b(?:if|else|when)\b|\?(?![.:])/;

/** What the repository is called whose address stands at a place; `maven` where it has no name. */
function nameAt(build: string, at: number): string {
  const open = Math.max(build.lastIndexOf("maven {", at), build.lastIndexOf("maven(", at));
  return /\bname\s*=\s*["'](\w+)["']/.exec(build.slice(Math.max(open, 0), at + 300))?.[1] ?? "maven";
}
