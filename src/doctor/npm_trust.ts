import { isPackageName } from "../config/names.ts";
import { isList, isTable, isText, type Located, type Table, textOf } from "../formats/located.ts";
import { SourceText } from "../formats/positions.ts";
import { decodeUtf8, readNamed } from "../formats/text.ts";
import { plainLine } from "../host/redact.ts";
import { type Problem, UsageError } from "../problem.ts";
import { suggest } from "../suggest.ts";
import { partsOf, unreadable } from "./npm_trust_text.ts";
import type { FiledRecord } from "./records.ts";

/** A publisher record of npm. */
export interface NpmRecord extends FiledRecord {
  /** What it grants, e.g. `createPackage`; `null` where npm did not say (before 11.15). */
  readonly permissions: readonly string[] | null;
}

/** What `npm trust list` said about one package. */
export interface NpmTrust {
  readonly records: readonly NpmRecord[];
  /** Why there are no records, in npm's words; `null` when it listed them. */
  readonly failed: { readonly code: string | null; readonly said: string } | null;
  /** Whether there is anything of npm's: it prints nothing for a package without records, and nothing when it is broken off. */
  readonly answered: boolean;
}

/** More is no list of records. */
const LIMIT = 1 << 19;

/**
 * Reads what `npm trust list NAME --json` printed, of one package or of several. npm prints one JSON object after the other, names the
 * package in none of them, and prints nothing where there is no record; so the name stands on a line of its own above, or before the
 * path (`NAME=PATH`), or there is one package only. An empty file may as well come from an npm that failed.
 *
 * @param names the npm packages of the project
 * @returns what was said, by package
 * @throws {UsageError} `no-such-file`, `unknown-package`, `npm-trust-empty`, `npm-trust-unreadable`, `npm-trust-unassigned`, and what is wrong with JSON and UTF-8
 */
export async function readNpmTrust(
  files: readonly string[],
  names: readonly string[],
): Promise<ReadonlyMap<string, NpmTrust>> {
  const all = new Map<string, NpmTrust>();
  for (const file of files) {
    const cut = file.indexOf("=");
    const named = cut > 0 && names.includes(file.slice(0, cut)) ? file.slice(0, cut) : null;
    const path = named === null ? file : file.slice(cut + 1);
    const source = new SourceText(await textOfFile(path, named === null ? names : []), path);
    const only = named ?? (names.length === 1 ? names[0]! : null);
    if (source.body.trim() === "") throw new UsageError(empty(path, only ?? "NAME"));
    for (const [name, said] of entriesIn(source, only)) {
      const before = all.get(name);
      all.set(name, before ? together(before, said) : said);
    }
  }
  return all;
}

/** `names`: the packages of which one may have been meant before a `=` in the path. */
async function textOfFile(path: string, names: readonly string[]): Promise<string> {
  const bytes = await readNamed(path, LIMIT);
  if (bytes === null) {
    const name = path.slice(0, Math.max(0, path.indexOf("=")));
    if (names.length > 0 && isPackageName("npm", name)) throw new UsageError(unknownPackage(name, names));
    throw new UsageError({
      code: "no-such-file",
      message: `There is no file "${plainLine(path)}"`,
      next: ["write it first: npm trust list NAME --json > FILE"],
    });
  }
  // What `>` writes in the PowerShell of Windows.
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return isWide ? new TextDecoder("utf-16le").decode(bytes) : decodeUtf8(bytes, path);
}

const NOTHING: NpmTrust = { records: [], failed: null, answered: false };

/** What a text says, by package. `only`: the package that it is about where it names none. */
function entriesIn(source: SourceText, only: string | null): Map<string, NpmTrust> {
  const entries = new Map<string, NpmTrust>(only === null ? [] : [[only, NOTHING]]);
  let current = only;
  for (const part of partsOf(source)) {
    if (typeof part === "string") {
      // A name above the first record takes the place of the one that was assumed.
      if (only !== null && part !== only && entries.get(only) === NOTHING) entries.delete(only);
      current = part;
      entries.set(current, entries.get(current) ?? NOTHING);
      continue;
    }
    if (current === null) throw new UsageError(source.problem(part.at, unassigned(source.path)));
    entries.set(current, together(entries.get(current)!, saidBy(part, source)));
  }
  return entries;
}

function saidBy(value: Located, source: SourceText): NpmTrust {
  if (isList(value)) {
    return value.value.map((each) => saidBy(each, source)).reduce(together, { ...NOTHING, answered: true });
  }
  if (!isTable(value)) throw new UsageError(source.problem(value.at, unreadable(source.path)));
  const error = value.value.get("error");
  if (isTable(error)) {
    const said = [textOf(error, "summary"), textOf(error, "detail")].flatMap((text) =>
      text ? [text.value] : []
    );
    const failed = {
      code: textOf(error, "code")?.value ?? null,
      said: plainLine(said.join(" ") || "no reason", 200),
    };
    return { records: [], failed, answered: true };
  }
  // The page for the second factor, which npm prints beside the records.
  if (textOf(value, "url") && textOf(value, "title")) return { ...NOTHING, answered: true };
  if (!textOf(value, "type")) throw new UsageError(source.problem(value.at, unreadable(source.path)));
  return { records: [recordOf(value)], failed: null, answered: true };
}

/** The words of npm's own listing (lib/commands/trust); what it leaves out it does not know either. */
function recordOf(table: Located<Table>): NpmRecord {
  const word = (key: string) => textOf(table, key)?.value ?? null;
  const permissions = table.value.get("permissions");
  const common = {
    environment: word("environment"),
    permissions: isList(permissions) ? permissions.value.filter(isText).map(({ value }) => value) : null,
  };
  switch (word("type")) {
    case "github":
      return { ...common, repository: word("repository"), workflow: word("file"), unseen: null };
    case "gitlab":
      return { ...common, repository: word("project"), workflow: word("file"), unseen: null };
    case "circleci":
      return {
        ...common,
        // `github.com/owner/repo`
        repository: word("vcsOrigin")?.split("/").slice(1).join("/") ?? null,
        // The only file that CircleCI reads by itself: .circleci/config.yml.
        workflow: "config.yml",
        unseen: `the pipeline ${word("pipelineDefinitionId") ?? ""} of CircleCI, whose ids no file tells`,
      };
    default:
      return { ...common, repository: null, workflow: null, unseen: `a job of ${word("type")}` };
  }
}

function together(one: NpmTrust, other: NpmTrust): NpmTrust {
  const records = [...one.records, ...other.records];
  // A second try that went well takes the first one back.
  const failed = records.length > 0 ? null : other.answered ? other.failed : one.failed;
  return { records, failed, answered: one.answered || other.answered };
}

function unknownPackage(name: string, names: readonly string[]): Problem {
  const near = suggest(name, names);
  const known = names.map((each) => plainLine(each, 80)).join(", ");
  return {
    code: "unknown-package",
    message: `There is no npm package "${plainLine(name, 80)}" here`,
    next: [
      ...near === null ? [] : [`did you mean --npm-trust ${plainLine(near, 80)}=FILE?`],
      ...near !== null && names.length === 1 ? [] : [`the npm packages are: ${known}`],
    ],
  };
}

function empty(path: string, name: string): Problem {
  const file = plainLine(path);
  const list = `npm trust list ${plainLine(name, 80)}`;
  return {
    code: "npm-trust-empty",
    message: `${file} is empty: npm has written nothing into it`,
    why: [
      "With --json npm prints nothing for a package without a record, and nothing may be left where it fails.",
    ],
    next: [
      `see what npm says: ${list}`,
      `where it finds no record: ${list} > ${file}`,
      `else: ${list} --json > ${file}`,
    ],
  };
}

function unassigned(path: string): Problem {
  return {
    code: "npm-trust-unassigned",
    message: `${plainLine(path)} does not say which package this record is of`,
    why: ["npm names the package in none of its records."],
    next: [
      `say it on the command line: --npm-trust NAME=${plainLine(path)}`,
      "or write the name on a line of its own above its records",
    ],
  };
}
