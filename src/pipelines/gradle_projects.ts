import { blanked, GRADLE } from "../formats/blanked.ts";
import { sorted } from "./arguments.ts";
import { GRADLE_VALUED } from "./jvm_targets.ts";
import type { PublishInvocation } from "./model.ts";
import { inDirectory } from "./project_files.ts";

/** A project below that of the directory in which Gradle is started. */
export interface Subproject {
  /** Where its build may stand. */
  readonly builds: readonly string[];
  /** What of the command runs in it, without the path of the project. */
  readonly tasks: readonly string[];
}

/** Where the list of a build's projects may stand; Gradle takes the first that is there. */
export function projectLists({ client, directory }: PublishInvocation): readonly string[] {
  return client === "gradle" && directory !== null
    ? ["settings.gradle", "settings.gradle.kts"].map((name) => inDirectory(directory, name))
    : [];
}

/**
 * The projects of a list in which a command runs tasks: a task without a path runs in all of them, one with a path in that project
 * alone (docs.gradle.org, command-line interface). None where a project may lie elsewhere, or some task is left out.
 */
export function subprojectsOf({ args, directory }: PublishInvocation, list: string): readonly Subproject[] {
  const { words, options } = sorted(args, GRADLE_VALUED);
  const text = blanked(list, GRADLE);
  if (directory === null || MOVED.test(text) || GRADLE_VALUED.some((option) => options.has(option))) {
    return [];
  }
  const everywhere = words.filter((word) => !word.includes(":"));
  return [...included(text)].slice(0, MOST).flatMap((project) => {
    const own = words.flatMap((word) => {
      const cut = word.lastIndexOf(":");
      return cut > 0 && word.slice(0, cut).replace(/^:/, "") === project ? word.slice(cut + 1) : [];
    });
    const tasks = [...everywhere, ...own];
    const place = inDirectory(directory, project.replaceAll(":", "/"));
    return tasks.length > 0
      ? [{ builds: ["build.gradle", "build.gradle.kts"].map((name) => inDirectory(place, name)), tasks }]
      : [];
  });
}

/** What puts a project, or its build, at another place than its path says. */
const MOVED = /\b(?:projectDir|buildFileName)\b/;
const MOST = 100;

/** The paths of the projects that are written out behind `include`. */
function included(text: string): Set<string> {
  const projects = new Set<string>();
  for (const { 0: { length }, index } of text.matchAll(/\binclude\b[ \t(]{0,20}/g)) {
    PROJECT.lastIndex = index + length;
    for (let found = PROJECT.exec(text); found; found = found[2] ? PROJECT.exec(text) : null) {
      projects.add(found[1]!.replace(/^:/, ""));
    }
  }
  return projects;
}

const PROJECT = /\s{0,200}["']([\w.:-]{1,200})["'](,?)/y;
