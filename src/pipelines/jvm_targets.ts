import { blanked, GRADLE, XML } from "../formats/blanked.ts";
import { sorted } from "./arguments.ts";
import type { PublishInvocation } from "./model.ts";

const CENTRAL = "Maven Central";
const PORTAL = "the Gradle Plugin Portal";
/** What people call the registries of GitHub. */
export const GITHUB_PACKAGES = "GitHub Packages";

/**
 * The registries to which Maven or Gradle uploads, as people call them, where the task or the build decides it; `null` where they do not.
 * `properties` is gradle.properties.
 */
export function jvmTarget(
  { client, args }: Pick<PublishInvocation, "client" | "args">,
  build: string | null,
  properties: string,
): string | null {
  if (client === "mvn") {
    const uploads = args.some((word) => word === "deploy" || word === "release:perform");
    return args.some((word) => word.includes("central-publishing")) || uploads && build && ofPom(build, args)
      ? CENTRAL
      : null;
  }
  if (client !== "gradle") return null;
  const tasks = sorted(args, GRADLE_VALUED).words.map((word) => word.split(":").at(-1)!)
    .filter((task) => UPLOADS.test(task));
  const targets = new Set(tasks.map((task) => ofTask(task, build ?? "", properties)));
  return targets.size === 0 || targets.has(null) ? null : [...targets].sort().reverse().join(" and ");
}

/** Options of Gradle before what is a task. */
export const GRADLE_VALUED = ["-p", "--project-dir", "-x", "--exclude-task"];
const UPLOADS = /^(?:publish|uploadArchives|bintrayUpload|(?:closeAndR|r)elease)/;
/** Tasks of plug-ins that upload nowhere else: com.vanniktech.maven.publish and com.gradleup.nmcp. */
const TO_CENTRAL = /^publish\w*To(?:MavenCentral(?:Repository)?|CentralPortal\w*)$/;
/** Tasks of io.github.gradle-nexus.publish-plugin. */
const STAGES = /^(?:publishToSonatype|(?:closeAndR|r)elease(?:Sonatype)?(?:Staging)?Repositor(?:y|ies))$/;

function ofTask(task: string, build: string, properties: string): string | null {
  if (task === "publishPlugins") return PORTAL;
  if (TO_CENTRAL.test(task)) return CENTRAL;
  const text = blanked(build, GRADLE);
  if (STAGES.test(task)) return stagesAtCentral(text) ? CENTRAL : null;
  const everywhere = task === "publish" || task === "publishAllPublications";
  if (everywhere && isOfVanniktech(text, properties)) return CENTRAL;
  return goesToGithubPackages(task, text) ? GITHUB_PACKAGES : null;
}

/** Tasks that upload to one repository of a build. */
const TO_ONE = /^publish\w*To(\w+?)Repository$/;
/** Plug-ins that add a place to upload to. */
const ADDS_PLACE = /\bnexusPublishing\b|\bmavenPublishing\b|com\.vanniktech|nmcp|jreleaser|bintray/;
/** What only a run decides. */
const CHOICE = /\b(?:if|else|when|onlyIf)\b|\?(?![.:])/;

/** Whether every place to which the task uploads by a build is one of GitHub Packages, as far as they are written out. */
function goesToGithubPackages(task: string, build: string): boolean {
  const [, one] = TO_ONE.exec(task) ?? [];
  if (
    one === undefined && (task !== "publish" && task !== "publishAllPublications" || ADDS_PLACE.test(build))
  ) {
    return false;
  }
  const blocks = blocksOf(build, /\bpublishing\s{0,9}\{/g).flatMap((each) =>
    blocksOf(each, /\brepositories\s{0,9}\{/g)
  );
  if (blocks.some((each) => CHOICE.test(each))) return false;
  const places = blocks.flatMap((each) => each.split(/\bmaven\b(?=\s{0,9}[({])/).slice(1))
    .filter((each) => one === undefined || nameOf(each).toLowerCase() === one.toLowerCase());
  return places.length > 0 && places.every((each) => /["']https:\/\/maven\.pkg\.github\.com\//.test(each));
}

/** What a repository of a build is called; `maven` where it has no name. */
function nameOf(place: string): string {
  return /\bname\s{0,9}=?\s{0,9}["'](\w+)["']/.exec(place)?.[1] ?? "maven";
}

/** The blocks of a build that a pattern opens, without those that are never closed. */
function blocksOf(text: string, opens: RegExp): string[] {
  const found: string[] = [];
  let end = 0;
  for (const { 0: { length }, index } of text.matchAll(opens)) {
    if (index < end) continue;
    let depth = 1;
    for (end = index + length; end < text.length && depth > 0; end++) {
      if (text[end] === "{") depth++;
      if (text[end] === "}") depth--;
    }
    if (depth === 0) found.push(text.slice(index + length, end - 1));
  }
  return found;
}

/** Whether the plug-in stages at the address that it has for Sonatype, or at another one of Sonatype's. */
function stagesAtCentral(build: string): boolean {
  const addresses = [...build.matchAll(/\bnexusUrl\b[^\n]{0,40}["']([^"'\n]{1,200})["']/g)];
  return /\bnexusPublishing\s*\{/.test(build) && /\bsonatype\s*[({]/.test(build) &&
    addresses.every(([, url]) => OF_SONATYPE.test(url!));
}

const OF_SONATYPE = /^https:\/\/(?:[\w-]+\.){0,3}sonatype\.(?:org|com)\//;

/** Whether the plug-in is told to upload to Maven Central, and nothing else is a place to upload to. */
function isOfVanniktech(build: string, properties: string): boolean {
  const told = /\bpublishToMavenCentral\s*\(/.test(build) ||
    /^[ \t]*(?:mavenCentralPublishing[ \t]*=[ \t]*true|SONATYPE_HOST[ \t]*=)/m.test(properties);
  const publishing = build.search(/\bpublishing\s*\{/);
  const others = publishing >= 0 && /\brepositories\s*\{/.test(build.slice(publishing));
  return told && !others && /com\.vanniktech\.maven\.publish|\bmavenPublishing\s*\{/.test(build);
}

/** No build has more of them. */
const MOST_PLACES = 50;

/** Whether what deploys in a pom.xml is the plug-in of Maven Central, or its addresses are Sonatype's. */
function ofPom(text: string, args: readonly string[]): boolean {
  const pom = blanked(text, XML);
  const plugin = [...pom.matchAll(/<artifactId>\s*central-publishing-maven-plugin\s*<\/artifactId>/g)]
    .slice(0, MOST_PLACES).some(({ index }) => isActive(pom, index, args) && !isManaged(pom, index));
  if (plugin) return !/<skipPublishing>\s*true/.test(pom);
  const addresses = [
    ...pom.matchAll(/<nexusUrl>\s*([^<\s]{1,200})\s*<\/nexusUrl>/g),
    ...pom.matchAll(/<repository>(?:(?!<\/?repository>)[^]){0,600}?<url>\s*([^<\s]{1,200})\s*<\/url>/g),
  ].slice(0, MOST_PLACES).filter(({ index, 0: found }) =>
    found.startsWith("<nexusUrl>") || isWithin(pom, index, "distributionManagement")
  );
  return addresses.length > 0 &&
    addresses.every(({ 1: url, index }) => OF_SONATYPE.test(url!) && isActive(pom, index, args));
}

/** Whether a plug-in only has its settings there. */
function isManaged(pom: string, at: number): boolean {
  return isWithin(pom, at, "pluginManagement");
}

function isWithin(pom: string, at: number, element: string): boolean {
  return pom.lastIndexOf(`<${element}>`, at) > pom.lastIndexOf(`</${element}>`, at);
}

/** Whether a place of a pom.xml is in no profile, or in one that the command asks for. */
export function isActive(pom: string, at: number, args: readonly string[]): boolean {
  const open = pom.lastIndexOf("<profile>", at);
  if (open < 0 || pom.lastIndexOf("</profile>", at) > open) return true;
  const id = /<id>\s*([^<\s]+)\s*<\/id>/.exec(pom.slice(open, at))?.[1];
  const asked = args.flatMap((word, index) =>
    word === "-P" || word === "--activate-profiles"
      ? (args[index + 1] ?? "").split(",")
      : word.startsWith("-P")
      ? word.slice(2).split(",")
      : []
  );
  return id !== undefined && asked.includes(id);
}
