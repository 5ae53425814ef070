import type { Session } from "../host/session.ts";
import type { Phase, ReportedFinding } from "../report/finding.ts";
import type { LiveOptions } from "./live.ts";
import { NOT_ASKED, plainPhase } from "./phases.ts";
import { CRATES_RECORD_CODES, LIVE_CODES, NPM_RECORD_CODES } from "./record_codes.ts";
import { declaring, type RecordsChecked } from "./records.ts";
import type { Subject } from "./rule.ts";

/** What registries are asked for. */
export interface RegistryOptions {
  /** Files with what `npm trust list --json` printed, each as `PATH` or `NAME=PATH`. */
  readonly npmTrust?: readonly string[];
  /** Exchanges for real; only where asked for. */
  readonly live?: LiveOptions;
}

/** The section about real exchanges; only where they were asked for. */
const LIVE = "trust policy (live)";

/** A section of the report that a registry's answers make. */
export interface RegistrySection {
  readonly name: string;
  readonly codes: readonly string[];
  readonly checked: RecordsChecked;
  /** A section that cannot concern the project, or was not asked for, is not mentioned. */
  readonly shown: boolean;
}

/** Every code that these sections may report. */
export const REGISTRY_CODES: readonly string[] = [
  ...new Set([...CRATES_RECORD_CODES, ...NPM_RECORD_CODES, ...LIVE_CODES]),
];

/** Asks the registries one after the other, as far as `wanted` says that anybody wants to hear of it; exchanges come last. */
export async function registrySections(
  subject: Subject,
  session: Session,
  { npmTrust = [], live }: RegistryOptions,
  wanted: (code: string) => boolean,
): Promise<readonly RegistrySection[]> {
  const check = async (
    codes: readonly string[],
    ask: () => Promise<RecordsChecked>,
    isAskedFor: boolean,
  ): Promise<RecordsChecked> =>
    codes.some(wanted)
      ? await ask()
      : { skipped: isAskedFor ? "not checked: --only names none of its codes" : NOT_ASKED };
  // What asks is loaded only where there is something to ask for.
  const crates = async (): Promise<RecordsChecked> =>
    declaring(subject, "crates").length === 0
      ? { skipped: "no crate declares a trust policy" }
      : await (await import("./crates_records.ts")).checkCratesRecords(subject, session);
  const npm = async (): Promise<RecordsChecked> =>
    declaring(subject, "npm").length === 0
      ? { skipped: `${npmTrust.length > 0 ? "not compared: " : ""}no npm package declares a trust policy` }
      : await (await import("./npm_records.ts")).checkNpmRecords(subject, session, npmTrust);
  const exchanges = async (options: LiveOptions): Promise<RecordsChecked> =>
    await (await import("./live.ts")).checkLive(subject, session, options);
  return [
    {
      name: "trust policy (crates.io registry)",
      codes: CRATES_RECORD_CODES,
      checked: await check(CRATES_RECORD_CODES, crates, false),
      shown: declaring(subject, "crates").length > 0,
    },
    {
      name: "trust policy (npm registry)",
      codes: NPM_RECORD_CODES,
      checked: await check(NPM_RECORD_CODES, npm, npmTrust.length > 0),
      shown: npmTrust.length > 0 || declaring(subject, "npm").length > 0,
    },
    {
      name: LIVE,
      codes: LIVE_CODES,
      checked: live ? await check(LIVE_CODES, () => exchanges(live), true) : { skipped: "not asked for" },
      shown: live !== undefined,
    },
  ];
}

/** Whether exchanges were asked for and nothing came of any: neither a token nor a refusal. */
export function provesNothing(sections: readonly RegistrySection[]): boolean {
  return sections.some(({ name, shown, checked }) => name === LIVE && shown && checked.skipped !== null);
}

/** How such a section came out. */
export function registryPhase(
  { name, checked }: RegistrySection,
  findings: readonly ReportedFinding[],
): Phase {
  if (checked.skipped !== null) return { name, status: "skipped", reason: checked.skipped };
  const records = checked.compared === 1 ? "the record is" : "the records are";
  return plainPhase(name, findings, checked.right ?? `${records} as declared`);
}

/** Whether every section that may report a code has looked: then its absence says something. */
export function hasLooked(sections: readonly RegistrySection[], code: string): boolean {
  return sections.every(({ codes, checked }) => checked.skipped === null || !codes.includes(code));
}
