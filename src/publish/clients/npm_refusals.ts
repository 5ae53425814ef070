import { label, notAllowed, rateLimited, type Rule, title, tokenRejected } from "./refusal.ts";

/** Said by npm or a registry like it that has, or once had, the version. */
export const NPM_EXISTS = /cannot publish over (?:the )?previously published|already present/i;

/** npm's refusals of an upload, as its client reports them. */
export const NPM_RULES: readonly Rule[] = [
  notAllowed(
    /OIDC permission denied for this action/,
    ["The exchange was accepted, so the publisher matches; what it allows does not include publishing."],
    () => ["in the package's settings, allow the trusted publisher to publish (Allowed actions)"],
  ),
  {
    match: /EOTP|[Tt]wo-factor authentication|bypass 2fa|one-time pass/,
    code: "token-rejected",
    message: (job) => `${label(job)} wants a second factor for ${title(job)}`,
    why: ["The token may not publish without one, or the package accepts no tokens at all."],
    next: () => [
      "publish from CI with OIDC, which needs no second factor",
      "or use a granular token with bypass 2FA",
    ],
  },
  {
    match: /TLOG_CREATE_ENTRY_ERROR|equivalent entry already exists/,
    code: "provenance-refused",
    message: (job) =>
      `The provenance of ${title(job)} is in the public log already, and npm cannot attach it a second time`,
    why: ["An earlier attempt was signed and logged, but its upload did not go through."],
    next: () => ["publish with --no-provenance", "or raise the version"],
  },
  {
    match: /provenance|SourceRepositoryRef/,
    code: "provenance-refused",
    message: (job) => `${label(job)} does not accept the provenance of ${title(job)}`,
    why: [
      "It compares repository in package.json, letter by letter, with the repository that runs the workflow.",
    ],
    next: (job) => [
      `set repository.url in ${job.package.manifest} to the repository that publishes`,
      "or publish with --no-provenance",
    ],
  },
  {
    match: /E402|sign up for private packages/,
    code: "upload-refused",
    message: (job) =>
      `${label(job)} takes ${title(job)} as a private package, which this account may not have`,
    next: (job) => [`set publishConfig.access to "public" in ${job.package.manifest}`],
  },
  tokenRejected(/E401|ENEEDAUTH|Unable to authenticate/),
  // npm hides what an unknown caller may not see: a missing package, a foreign scope and a useless token look the same.
  notAllowed(
    /E404/,
    ["npm answers so when the package does not exist, when the scope is not yours, and when the token is of no use to it."],
    (job) =>
      job.credential.path === "oidc"
        ? ["compare the trusted publisher in the package's settings with this job: keyless claims npm"]
        : [`check that the token in ${job.credential.describe} may write ${job.package.name}`],
  ),
  rateLimited(/E429/),
  notAllowed(
    /E403/,
    ["The token is known, and may not do this."],
    (job) => [`check that ${job.credential.describe} may publish ${job.package.name}`],
  ),
];
