import type { Session } from "../host/session.ts";
import { jobsOf, settingsOf } from "./claims.ts";
import { type NpmRecord, type NpmTrust, readNpmTrust } from "./npm_trust.ts";
import { ownRepositories } from "./own_repository.ts";
import { compareRecords } from "./compare_records.ts";
import { accepting } from "./judged_record.ts";
import { type DeclaredPackage, declaring, type RecordReport, type RecordsChecked } from "./records.ts";
import type { Subject } from "./rule.ts";

/** What a record must grant for `npm publish`. */
const PUBLISH = "createPackage";

/**
 * Compares what is declared, of at least one package, with what `npm trust list NAME --json` printed into `files`. npm shows its records to a maintainer with
 * a second factor alone, so nobody but them can ask.
 *
 * @throws {UsageError} where a file is none of npm's
 */
export async function checkNpmRecords(
  subject: Subject,
  session: Session,
  files: readonly string[],
): Promise<RecordsChecked> {
  const declared = declaring(subject, "npm");
  if (files.length === 0) {
    return {
      skipped: `not checked: npm shows its records to maintainers alone; write them down with ${
        listing(declared[0]!)
      }, then add --npm-trust FILE`,
    };
  }
  const names = subject.project.packages.filter(({ kind }) => kind === "npm").map(({ name }) => name);
  const said = await readNpmTrust(files, names);
  const reports = declared.flatMap((pkg) => {
    const own = ownRepositories(subject, session, pkg);
    return reportsOf(subject, pkg, said.get(pkg.name) ?? null, own, [...said.keys()]);
  });
  return { skipped: null, compared: declared.length, reports };
}

function reportsOf(
  subject: Subject,
  pkg: DeclaredPackage,
  said: NpmTrust | null,
  own: readonly string[],
  known: readonly string[],
): RecordReport[] {
  if (said === null) return [unread(pkg, "the files of --npm-trust do not name it", known)];
  if (said.failed) return [failed(pkg, said.failed)];
  const report = compareRecords(subject, pkg, said.records, own);
  if (report) return [said.answered ? report : { ...report, confidence: "likely" }];
  return ungranted(subject, pkg, accepting(subject, pkg, said.records, own));
}

function unread(pkg: DeclaredPackage, reason: string, known: readonly string[]): RecordReport {
  return {
    code: "publisher-records-unread",
    severity: "unverified",
    package: pkg.name,
    message: `The publisher records of ${pkg.name} were not compared: ${reason}`,
    at: pkg.trustPolicy.at,
    label: "declared",
    why: known.length > 0 ? [`There are entries of ${known.join(", ")}.`] : [],
    next: [`${listing(pkg)}, then --npm-trust ${pkg.name}=FILE`],
  };
}

/** npm's own error stands where the records should be. */
function failed(pkg: DeclaredPackage, { code, said }: NonNullable<NpmTrust["failed"]>): RecordReport {
  const report = unread(pkg, `npm said "${said}"`, []);
  const again = `${listing(pkg)} --otp=CODE`;
  switch (code) {
    case "EOTP":
      return {
        ...report,
        why: ["npm asks for the second factor on a terminal only, and its output went into a file."],
        next: [
          again,
          `without a code: npm trust list ${pkg.name}, let npm skip the second factor for five minutes, then again into the file`,
        ],
      };
    case "E401":
    case "ENEEDAUTH":
      return { ...report, next: ["npm login, as a maintainer of the package", again] };
    case "E404":
      return {
        ...report,
        code: "npm-first-publish",
        message: `npm has no package ${pkg.name} that this maintainer can see`,
        why: [`npm said "${said}".`, "A publisher can be registered only for a package that exists."],
        next: [
          `publish it once with a granular token that expires in a day: keyless publish ${pkg.name} --credential token`,
          "or list the records as a maintainer of the package",
        ],
      };
    default:
      return { ...report, next: [again] };
  }
}

/** A record may match and grant nothing but staging. */
function ungranted(subject: Subject, pkg: DeclaredPackage, records: readonly NpmRecord[]): RecordReport[] {
  if (records.some(({ permissions }) => permissions?.includes(PUBLISH))) return [];
  const isKnown = records.every(({ permissions }) => permissions !== null);
  const isSeen = jobsOf(subject, pkg).length > 0;
  const { label } = pkg.registry;
  return [{
    code: "publisher-grant-missing",
    severity: isKnown && isSeen ? "error" : "unverified",
    package: pkg.name,
    message: isKnown
      ? `The record of ${pkg.name} at ${label} grants no \`npm publish\``
      : `Nobody can tell from here whether the record of ${pkg.name} at ${label} grants \`npm publish\``,
    at: pkg.trustPolicy.at,
    label: "declared",
    why: [
      isKnown
        ? `It grants ${granted(records)}: the exchange gives a token, and the upload is refused with 403.`
        : "npm before 11.15 does not list what a record grants.",
    ],
    next: isKnown
      ? [
        `allow \`npm publish\` at ${settingsOf(pkg)}`,
        ...isSeen ? [] : ["where releases go through `npm stage publish`, leave it as it is"],
      ]
      : [`list the records with a newer npm: npx npm@11 trust list ${pkg.name} --json`],
  }];
}

const GRANTS: Readonly<Record<string, string>> = { createStagedPackage: "`npm stage publish`" };

function granted(records: readonly NpmRecord[]): string {
  const all = new Set(records.flatMap(({ permissions }) => permissions ?? []));
  return all.size === 0 ? "nothing" : [...all].map((name) => GRANTS[name] ?? `"${name}"`).join(", ");
}

/** What a maintainer types. */
function listing({ name }: DeclaredPackage): string {
  return `npm trust list ${name} --json > FILE`;
}
