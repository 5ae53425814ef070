import type { DeclaredPolicy } from "../config/project.ts";
import { plainLine } from "../host/redact.ts";
import type { Comparison } from "../problem.ts";
import { CLAIM_RULES, settingsOf } from "./claims.ts";
import { type Field, judge, type Judged } from "./judged_record.ts";
import type { DeclaredPackage, FiledRecord, RecordReport } from "./records.ts";
import type { Subject } from "./rule.ts";

/** Why no record accepts what is declared, or why nobody can tell; `null` when one does. */
export function compareRecords(
  subject: Subject,
  pkg: DeclaredPackage,
  records: readonly FiledRecord[],
  own: readonly string[],
): RecordReport | null {
  const judged = records.map((record) => judge(subject, pkg, record, own));
  if (judged.some(({ accepts }) => accepts === "yes")) return null;
  const open = judged.find(({ accepts }) => accepts === "unknown");
  if (open) return undecided(pkg, open);
  const [closest] = judged.toSorted((a, b) => differing(a).length - differing(b).length);
  return closest ? mismatch(pkg, closest, judged.length) : missing(pkg);
}

function differing({ fields }: Judged): readonly Field[] {
  return fields.filter(({ matches }) => matches === false);
}

function missing(pkg: DeclaredPackage): RecordReport {
  const { name, registry: { label }, trustPolicy } = pkg;
  return {
    code: "publisher-record-mismatch",
    package: name,
    message: `${name} has no publisher record at ${label}`,
    at: trustPolicy.at,
    label: "declared",
    why: [`${label} would refuse the exchange with ${CLAIM_RULES[pkg.kind].refusal}.`],
    next: [`register it at ${settingsOf(pkg)}: ${asDeclared(trustPolicy)}`],
  };
}

function mismatch(pkg: DeclaredPackage, closest: Judged, count: number): RecordReport {
  const { name, registry: { label }, trustPolicy } = pkg;
  const different = differing(closest);
  const [first] = different;
  const subject = count === 1 ? `the record at ${label} has` : `the closest record at ${label} has`;
  return {
    code: "publisher-record-mismatch",
    package: name,
    message: `${name} declares ${phrase(different, "declared")}, and ${subject} ${
      phrase(different, "registered")
    }`,
    at: first!.at,
    label: `${label} has ${quoted(first!.registered)}`,
    comparison: compared(closest),
    why: [
      ...count > 1 ? [`None of its ${count} records accepts what is declared.`] : [],
      `${label} would refuse the exchange with ${CLAIM_RULES[pkg.kind].refusal}.`,
    ],
    next: [
      `change the record at ${settingsOf(pkg)} (${asDeclared(trustPolicy)}), or what is declared`,
    ],
  };
}

/** Nothing is wrong as far as it can be seen, and it cannot be seen whole. */
function undecided(pkg: DeclaredPackage, open: Judged): RecordReport {
  const { name, registry: { label } } = pkg;
  const unknown = open.fields.filter(({ matches }) => matches === null);
  const [first] = unknown;
  return {
    code: "publisher-record-mismatch",
    severity: "unverified",
    package: name,
    message:
      `${name} has a publisher record at ${label}, and nobody can tell from here whether it accepts the ${
        open.record.unseen === null ? phrase(unknown, "name") : "job"
      }`,
    at: first?.at ?? pkg.trustPolicy.at,
    label: "declared",
    comparison: compared(open),
    why: [
      ...open.record.unseen === null ? [] : [`The record demands ${plainLine(open.record.unseen, 200)}.`],
      ...unknown.map((field) => reasonOf(field, label)),
    ],
    next: unknown.length > 0 ? unknown.map((field) => decidedBy(field, pkg)) : [
      `compare it with the job at ${settingsOf(pkg)}`,
    ],
  };
}

function reasonOf({ name, registered, declared }: Field, label: string): string {
  if (registered === null && name === "environment") {
    return `The record names no environment; ${label} does not document whether it then accepts ${
      quoted(declared)
    }.`;
  }
  if (registered === null) return `${label} does not show the ${name} of this record.`;
  return name === "repository"
    ? `The record is for ${
      quoted(registered)
    }; no repository is declared, and none that this clone knows is it.`
    : `The record accepts environment ${
      quoted(registered)
    } alone; none is declared, and no job is seen to run in it.`;
}

function decidedBy({ name, registered }: Field, pkg: DeclaredPackage): string {
  return registered === null
    ? `look at the record at ${settingsOf(pkg)}`
    : `if that is right, say so in [package.trust_policy]: ${name} = ${quoted(registered)}`;
}

function compared({ fields }: Judged): readonly Comparison[] {
  return fields.map(({ name, declared, registered, matches }) => ({
    field: name,
    claimed: declared,
    registered: registered === null ? null : plainLine(registered, 120),
    matches,
  }));
}

function phrase(fields: readonly Field[], what: "declared" | "registered" | "name"): string {
  const words = fields.map((field) =>
    what === "name"
      ? field.name
      : field[what] === null
      ? `no ${field.name}`
      : `${field.name} ${quoted(field[what])}`
  );
  return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" and ");
}

function asDeclared({ repository, workflow, environment }: DeclaredPolicy): string {
  return [
    ...repository === null ? [] : [`repository ${quoted(repository)}`],
    `workflow ${quoted(workflow)}`,
    `environment ${quoted(environment)}`,
  ].join(", ");
}

function quoted(value: string | null): string {
  return value === null ? "none" : `"${plainLine(value, 120)}"`;
}
