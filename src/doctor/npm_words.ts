const TARBALL = /\.(?:tgz|tar\.gz|tar)$/i;

/** Whether a word names a packed package. */
export function isTarball(place: string): boolean {
  return TARBALL.test(place);
}

/** What npm takes a word behind `publish` for, whatever lies in the directory. */
export interface Taken {
  /** `null` where it may be anything. */
  readonly as: "directory" | "tarball" | "repository" | "package" | null;
  /** Whether that holds whatever its variables are. */
  readonly isSure: boolean;
}

/** `dir/x`: two names with one slash between them. What the shell puts in place of `*` has none, nor has a version. */
const REPOSITORY = /^[\w-][\w.-]*\/(?:[\w.*?+-]|-\$\{?\w{0,40}VERSION\w{0,40}\}?)+$/i;
const VARIABLE = String.raw`\$(?:\w{1,60}|\{\w{1,60}\}|\{\{[^{}]{1,200}\}\})`;
/** The same with a variable behind the beginning of the second name: `npm/cli-$TARGET`. */
const OF_VARIABLE = new RegExp(
  String.raw`^[\w-][\w.-]*\/[\w.+]{0,200}[\w.+]-(?:[\w.+-]|${VARIABLE}){1,200}$`,
);
/** A variable for all of the second name. */
const ALL_VARIABLE = new RegExp(String.raw`^([\w-][\w.-]*)\/${VARIABLE}$`);

/** As in npm-package-arg: from npm 7 on, two names with a slash between them are a repository of GitHub. `directories`: of the packages. */
export function takenFor(place: string, directories: readonly string[] = []): Taken {
  const sure = (as: Taken["as"]) => ({ as, isSure: true });
  if (REPOSITORY.test(place)) return sure("repository");
  if (OF_VARIABLE.test(place)) return { as: "repository", isSure: false };
  const parent = ALL_VARIABLE.exec(place)?.[1];
  if (parent !== undefined && holdsAll(parent, directories)) return { as: "repository", isSure: false };
  if (isTarball(place)) return sure("tarball");
  if (/^(?:\.|~\/|\/)|\/$|^[^@].*\/.*\//.test(place)) return sure("directory");
  return sure(/^(?:@[\w.-]+\/)?\w[\w.-]*$/.test(place) ? "package" : null);
}

/** Whether packages below a directory lie right in it, as far as anybody sees. */
function holdsAll(parent: string, directories: readonly string[]): boolean {
  const below = directories.filter((each) => each.startsWith(`${parent}/`));
  return below.length > 0 && below.every((each) => !each.slice(parent.length + 1).includes("/"));
}

/** Lists files: `$(ls dist/*.tgz | head -1)`. */
const LISTS =
  /^\$\(\s{0,9}ls\s+(?:-\w+\s+)?([\w./*-]{1,200})(?:\s+2>\s?\/dev\/null)?(?:\s{0,9}\|\s{0,9}(?:head|tail)\b[^|;&()]{0,60})?\s{0,9}\)$/;

/** A word of a command, as far as its script says what it is: `$TARBALL`, `$(ls dist/*.tgz)`. */
export function meantBy(word: string, variables: ReadonlyMap<string, string | null> | undefined): string {
  const name = /^\$(?:(\w+)|\{(\w+)\})$/.exec(word)?.slice(1).find((each) => each !== undefined);
  const value = name === undefined ? word : variables?.get(name) ?? word;
  return LISTS.exec(value)?.[1] ?? value;
}
