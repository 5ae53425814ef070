import { ownTable } from "../formats/own_table.ts";
import { joined } from "../formats/shell.ts";
import { sorted } from "./arguments.ts";
import { projectLists, subprojectsOf } from "./gradle_projects.ts";
import { jvmTarget } from "./jvm_targets.ts";
import type { PublishInvocation } from "./model.ts";
import { inDirectory } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** Where programs of the JVM have written what they upload to. */
const BUILDS = ownTable<readonly string[]>({
  mvn: ["pom.xml"],
  gradle: ["build.gradle", "build.gradle.kts"],
});

/** The files in which a publisher has written where it uploads to. */
export function buildsOf({ client, args, directory }: PublishInvocation): readonly string[] {
  if (directory === null) return [];
  const named = client === "mvn" ? sorted(args, POM).options : null;
  const pom = POM.flatMap((option) => named?.get(option) ?? []).at(-1);
  const path = pom === undefined ? null : joined(directory, /\.xml$/.test(pom) ? pom : `${pom}/pom.xml`);
  if (path !== null) return path.startsWith("/") || path.startsWith("..") ? [] : [path];
  return (BUILDS[client] ?? []).map((name) => inDirectory(directory, name));
}

/** The options of Maven that name another pom.xml, or where one lies. */
const POM = ["-f", "--file"];

/** A publisher with what its build says of it: the files in which it has written where it uploads to are read. */
export async function withBuild(publish: PublishInvocation, files: Files): Promise<PublishInvocation> {
  if (publish.kind !== "maven") return publish;
  const texts = await Promise.all(buildsOf(publish).map((path) => files.text(path)));
  await readSubprojects(publish, files);
  const build = texts.find((text) => text !== null) ?? null;
  const properties = publish.client === "gradle" && publish.directory !== null && build !== null
    ? await files.peek(inDirectory(publish.directory, "gradle.properties")) ?? ""
    : "";
  const uploadsTo = publish.registry === null ? jvmTarget(publish, build, properties) : null;
  const there = uploadsTo === null ? publish : { ...publish, uploadsTo };
  if (publish.client !== "gradle" || build === null || goesToCentral(build, properties)) return there;
  const others = publish.credentials.filter(({ name }) => !OF_CENTRAL.test(name));
  return others.some(({ holds }) => holds === "token") ? { ...there, credentials: others } : there;
}

/** The builds of other projects are read for whoever looks for where those upload to. */
async function readSubprojects(publish: PublishInvocation, files: Files): Promise<void> {
  for (const path of projectLists(publish)) {
    const list = await files.text(path);
    if (list === null) continue;
    const builds = subprojectsOf(publish, list).flatMap(({ builds }) => builds);
    await Promise.all(builds.map((build) => files.text(build)));
    return;
  }
}

/** What the plug-in of Maven Central is given, by the names that Gradle has for it. */
const OF_CENTRAL = /^ORG_GRADLE_PROJECT_mavenCentral/;

/** Whether a build may upload to Maven Central: com.vanniktech.maven.publish does where it is told to, here or in gradle.properties. */
function goesToCentral(build: string, properties: string): boolean {
  return !/\bmavenPublishing\s*\{/.test(build) || /publishToMavenCentral/.test(build) ||
    /mavenCentral|SONATYPE/.test(properties);
}
