import { ownTable } from "../formats/own_table.ts";
import type { PublishInvocation } from "./model.ts";
import { inDirectory } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** Where programs of the JVM have written what they upload to. */
const BUILDS = ownTable<readonly string[]>({
  mvn: ["pom.xml"],
  gradle: ["build.gradle", "build.gradle.kts"],
});

/** The files in which a publisher has written where it uploads to. */
export function buildsOf({ client, directory }: PublishInvocation): readonly string[] {
  return directory === null ? [] : (BUILDS[client] ?? []).map((name) => inDirectory(directory, name));
}

/** A publisher with what its build says of it: the files in which it has written where it uploads to are read. */
export async function withBuild(publish: PublishInvocation, files: Files): Promise<PublishInvocation> {
  if (publish.kind !== "maven") return publish;
  const texts = await Promise.all(buildsOf(publish).map((path) => files.text(path)));
  const [build] = texts.filter((text) => text !== null);
  if (publish.client !== "gradle" || build === undefined || await goesToCentral(build, publish, files)) {
    return publish;
  }
  const others = publish.credentials.filter(({ name }) => !OF_CENTRAL.test(name));
  return others.some(({ holds }) => holds === "token") ? { ...publish, credentials: others } : publish;
}

/** What the plug-in of Maven Central is given, by the names that Gradle has for it. */
const OF_CENTRAL = /^ORG_GRADLE_PROJECT_mavenCentral/;

/** Whether a build may upload to Maven Central: com.vanniktech.maven.publish does where it is told to, here or in gradle.properties. */
async function goesToCentral(
  build: string,
  { directory }: PublishInvocation,
  files: Files,
): Promise<boolean> {
  if (!/\bmavenPublishing\s*\{/.test(build) || /publishToMavenCentral/.test(build)) return true;
  const properties = await files.peek(inDirectory(directory!, "gradle.properties"));
  return /mavenCentral|SONATYPE/.test(properties ?? "");
}
