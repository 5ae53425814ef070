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

/** Has the files read in which a publisher has written where it uploads to. */
export async function readBuilds(publish: PublishInvocation, files: Files): Promise<void> {
  for (const path of buildsOf(publish)) await files.text(path);
}
