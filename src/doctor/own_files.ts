/** A path that is a script by its extension, its directory or its dot, and programs that run what a file of the project says. */
const STARTS =
  /(?<![\w@.:/-])(?:\.{0,2}\/)?(?:[\w@.-]+\/)*[\w.-]+\.(?:sh|bash|zsh|ps1|cmd|bat|[cm]?[jt]s|py|rb|pl)\b|(?<![\w@.:/-])(?:\.{1,2}|bin|ci|scripts?|tools?)\/\w|(?:^|[\s;&|(])(?:make|gmake|just|task|rake|invoke|nox|tox|deno task)[ \t]+\w/m;

/** Whether a script starts files of the project that nobody reads here: what they do is not known. */
export function startsOwnFiles(script: string): boolean {
  return STARTS.test(script);
}
