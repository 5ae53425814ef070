import { blanked, GRADLE } from "../formats/blanked.ts";
import { closingBrace } from "../formats/braces.ts";
import { sorted } from "./arguments.ts";
import { GRADLE_VALUED } from "./jvm_targets.ts";
import type { Answer, PublishInvocation } from "./model.ts";
import { inDirectory } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** Whether Gradle's tasks upload anywhere: those that name a repository may name a directory (docs.gradle.org, maven-publish). */
export async function gradleUploads(
  { args, directory }: Pick<PublishInvocation, "args" | "directory">,
  files: Files,
): Promise<Answer> {
  const tasks = sorted(args, GRADLE_VALUED).words.filter((word) => UPLOADS.test(word));
  const named = tasks.map((task) => TO.exec(task));
  if (directory === null || named.length === 0 || named.includes(null)) return "yes";
  let answer: Answer = "no";
  for (const task of named) {
    const [, project, name] = task!;
    const own = project === "" ? [] : [inDirectory(directory, project!.slice(0, -1).replaceAll(":", "/"))];
    const place = await placeCalled(name!, [...own, directory], args, files);
    if (place === "yes") return "yes";
    if (place === "unknown") answer = "unknown";
  }
  return answer;
}

const UPLOADS = /(?:^|:)(?:publish(?!ToMavenLocal$)|uploadArchives|bintrayUpload|(?:closeAndR|r)elease)\w*$/;

/** The project and the repository of `:project:publishReleasePublicationToNameRepository`. */
const TO = /^:?((?:[\w.-]+:){0,10})publish\w{1,80}?To(\w{1,80})Repository$/;

/** Whether what the first of some builds calls so is no directory. */
async function placeCalled(
  name: string,
  directories: readonly string[],
  args: readonly string[],
  files: Files,
): Promise<Answer> {
  for (const path of directories.flatMap((each) => BUILDS.map((file) => inDirectory(each, file)))) {
    const text = await files.peek(path);
    const place = text === null
      ? undefined
      : placesOf(blanked(text, GRADLE), args).find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (place) return place.isDirectory ? "no" : "yes";
  }
  // Nobody calls a server so, and a plug-in may have made it.
  return /^local|local$/i.test(name) ? "unknown" : "yes";
}

const BUILDS = ["build.gradle.kts", "build.gradle"];

/** The repositories that a build gives names, for one that is started with these arguments. */
function placesOf(
  build: string,
  args: readonly string[],
): { readonly name: string; readonly isDirectory: boolean }[] {
  return [...build.matchAll(/\bmaven\s{0,9}\{/g)].slice(0, MOST_PLACES).flatMap(({ index }) => {
    const block = build.slice(index, index + LONGEST);
    const body = block.slice(0, closingBrace(block, 0));
    const name = /\bname\s{0,9}(?:=|\.set\()?\s{0,9}["'](\w+)["']/.exec(body)?.[1];
    const url = /\burl\b[^\n;]{1,300}/.exec(body)?.[0] ?? "";
    return name === undefined ? [] : [{
      name,
      isDirectory: DIRECTORY.test(url) && !/(?<!file):\/\//.test(url) ||
        LOCAL.test(property(PROPERTY.exec(url)?.[1], args) ?? ""),
    }];
  });
}

const MOST_PLACES = 50;
/** More characters than the block of one repository has. */
const LONGEST = 2000;
const DIRECTORY = /\b(?:layout|build(?:Dir|Directory)|(?:root|project)(?:Dir|Directory))\b|\bfile[(:]/;

/** What the whole address is, where the command says it. */
const PROPERTY =
  /^url\s{0,9}(?:=|\.set\()?\s{0,9}(?:uri\(\s{0,9})?(?:project\.)?(?:findProperty|property)\(\s{0,9}["']([\w.-]{1,100})["']/;
/** A path, as far as it is known how it begins; an address has a scheme. */
const LOCAL =
  /^(?:file:|\.{0,2}\/|\.{1,2}$|\$\(pwd\)|\$\{?(?:PWD|GITHUB_WORKSPACE|CI_PROJECT_DIR|RUNNER_TEMP|HOME)\b|\$\{\{\s{0,9}runner\.temp\b|[\w.-]{1,100}(?:\/(?!\/)|$))/;

/** The value that the arguments give a property; `null` where they give none. */
function property(name: string | undefined, args: readonly string[]): string | null {
  if (name === undefined) return null;
  const given = args.flatMap((word, index) =>
    word === "-P" || word === "--project-prop"
      ? args[index + 1] ?? ""
      : word.startsWith("-P")
      ? word.slice(2)
      : []
  ).findLast((each) => each.startsWith(`${name}=`));
  return given === undefined ? null : given.slice(name.length + 1);
}
