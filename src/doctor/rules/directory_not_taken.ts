import { inside } from "../../config/paths.ts";
import { literally } from "../../formats/literally.ts";
import { joined } from "../../formats/shell.ts";
import type { Fix } from "../../report/finding.ts";
import { holdsSecret } from "../../host/secret_names.ts";
import { commandText } from "../client_choice.ts";
import { publicTarget } from "../oidc.ts";
import { mayBeNpm6, npmChoices } from "../npm_choice.ts";
import { isTarball, meantBy, type Taken, takenFor } from "../npm_words.ts";
import { namedPlace, ownManifest, secretOption } from "../own_manifest.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** `npm publish` takes a word for a directory or a file only where it looks like a path, and goes by no `--prefix`. */
export const directoryNotTaken: Rule = {
  code: "directory-not-taken",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const seen = new Set<string>();
    for (const job of subject.publishing) {
      const { invocation } = job;
      if (invocation.client !== "npm" || invocation.packages.length > 0) continue;
      const place = namedPlace(invocation);
      const found = (place === undefined ? withPrefix(job) : misread(job, place, subject)) ?? asToken(job);
      if (!found) continue;
      // The rounds of a loop are one command.
      const at = `${found.at.path} ${found.at.start.offset}`;
      if (!seen.has(at)) yield found;
      seen.add(at);
    }
  },
};

function misread(job: Publishing, word: string, subject: Subject): Report | null {
  const { invocation } = job;
  const place = meantBy(word, invocation.variables);
  const taken = takenIn(job, place, subject);
  const isRepository = taken.as === "repository";
  // From one registry to another one, packages are copied in this way.
  if (!isRepository && !(taken.as === "package" && publicTarget(invocation))) return null;
  const choices = npmChoices(job, subject);
  if (Array.isArray(choices) && choices.some(mayBeNpm6)) return null;
  const scoped = place.startsWith("@");
  const what = isTarball(place) ? "file" : "directory";
  const text = commandText(job, subject);
  const isWritten = text.includes(place);
  // What a variable holds that is called like a secret's is not shown.
  const isHidden = !isWritten && [...text.matchAll(/\$\{?(\w+)/g)].some(([, name]) => holdsSecret(name!));
  const shown = isHidden ? "what stands behind `publish`" : `"${place}"`;
  return {
    ...taken.isSure ? {} : { confidence: "likely" },
    message: `npm takes ${shown} for ${
      isRepository ? "a repository of GitHub" : "a package of the registry"
    }, not for a ${what}`,
    at: invocation.inScript ?? invocation.at,
    label: `npm takes for a ${what} what starts with \`./\``,
    why: [
      !isRepository
        ? "npm fetches that package and publishes it once more, which the registry refuses."
        : isHidden || /[*$]/.test(place)
        ? "npm takes two names with a slash between them for a repository, and clones it from github.com: that fails. npm 12 refuses."
        : `npm clones github.com/${place}: that fails, or publishes what somebody else has put there. npm 12 refuses.`,
    ],
    next: [
      scoped
        ? `name the package of a workspace: npm publish -w ${shown.replaceAll('"', "")}`
        : isWritten
        ? `write it as a path: npm publish ./${place}`
        : "write it as a path: `./` before what stands behind `npm publish`",
    ],
    ...scoped ? {} : { fix: () => asPath(job, place, subject) },
  };
}

/** What npm takes a word for; one of a matrix in every leg. */
function takenIn({ job }: Publishing, place: string, { project }: Subject): Taken {
  const directories = project.packages.filter(({ kind }) => kind === "npm").map(({ path }) => path);
  const [expression, ...others] = place.match(/\$\{\{[^{}]*\}\}/g) ?? [];
  const legs = expression !== undefined && others.length === 0 ? job.byMatrix?.(expression) : null;
  const values = legs?.map((value) => place.replace(expression!, () => value)) ?? [place];
  const taken = values.map((value) => takenFor(value, directories));
  const [first = takenFor(place)] = taken;
  return taken.every(({ as }) => as === first.as)
    ? { as: first.as, isSure: taken.every(({ isSure }) => isSure) }
    : { as: null, isSure: true };
}

/** npm has no option for a token, and its word is never shown. What happens: tried with npm 9.9, 10.9, 11.5, 11.19 and 12.2. */
function asToken({ invocation }: Publishing): Report | null {
  const option = secretOption(invocation);
  if (option === undefined || option === "--key") return null;
  const setting = option.startsWith("--//");
  return {
    message: `npm reads no token from ${setting ? "--//…:_authToken with a blank behind it" : option}`,
    severity: "warning",
    at: invocation.inScript ?? invocation.at,
    label: setting ? "the value belongs behind `=`" : "npm has no such option",
    why: [
      "npm takes the next word for a package, and asks the registry for one of that name." +
      (setting ? "" : " npm 11.19 leaves it unread, and npm 12 refuses the option."),
    ],
    next: ["hand npm the token in an .npmrc: //registry.npmjs.org/:_authToken=${NODE_AUTH_TOKEN}"],
  };
}

function withPrefix({ invocation }: Publishing): Report | null {
  const { args, directory } = invocation;
  const own = ownManifest(invocation);
  const at = args.findIndex((word) => /^(?:--prefix(?:=|$)|-C$)/.test(word));
  if (at < 0) return null;
  const [option, value = args[at + 1]] = args[at]!.split("=");
  const other = value === undefined ? null : joined(directory, value);
  if (own === null || other === null || other === directory) return null;
  return {
    message: `npm publishes ${own}, not ${inside(other, "package.json")}: ${option} does not move it`,
    at: invocation.inScript ?? invocation.at,
    label: "publishes the current directory",
    why: [
      "npm takes the settings from there. It publishes the directory that stands behind `publish`, or else the current one.",
    ],
    next: [`name the directory: npm publish ./${value!.replace(/^\.\//, "")}`],
  };
}

/** `./` before the word, where that stands in the command just once. */
function asPath(job: Publishing, place: string, subject: Subject): Promise<Fix | null> {
  const { path, start } = job.invocation.inScript ?? job.invocation.at;
  const words = [
    ...commandText(job, subject).matchAll(new RegExp(`(?<![^\\s"'])${literally(place)}(?![^\\s"'])`, "g")),
  ];
  const offset = start.offset + (words[0]?.index ?? 0);
  return Promise.resolve(
    words.length === 1
      ? {
        safe: false,
        description: `publish ./${place}`,
        edits: [{ path, start: offset, end: offset, text: "./" }],
      }
      : null,
  );
}
