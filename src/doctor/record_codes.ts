import type { Severity } from "../report/finding.ts";

/** The variable whose token reads publisher records at crates.io; it needs the scope `trusted-publishing` and an owner of the crate. */
export const TOKEN = "CRATES_IO_DOCTOR_TOKEN";

/** What comparing with the records at crates.io may find. */
export const CRATES_RECORD_CODES: readonly string[] = [
  "publisher-record-mismatch",
  "publisher-records-refused",
  "publisher-records-unread",
  "crates-first-publish",
  "tokens-still-publish",
];

/** What comparing with the records at npm may find. */
export const NPM_RECORD_CODES: readonly string[] = [
  "publisher-record-mismatch",
  "publisher-records-unread",
  "publisher-grant-missing",
  "npm-first-publish",
];

/** What exchanges may find. */
export const LIVE_CODES: readonly string[] = [
  "exchange-refused",
  "exchange-not-tried",
  "exchange-claims-differ",
  "token-not-burned",
];

/** How grave these are where that is the same each time and no error. */
export const RECORD_SEVERITIES: Readonly<Record<string, Severity>> = {
  "publisher-records-unread": "unverified",
  "tokens-still-publish": "info",
  "exchange-not-tried": "unverified",
  "exchange-claims-differ": "warning",
  "token-not-burned": "info",
};
