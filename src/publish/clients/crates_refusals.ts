import { label, notAllowed, rateLimited, type Rule, title, tokenRejected } from "./refusal.ts";

/** Said by a registry that has the version. */
export const CRATES_EXISTS = /is already uploaded|already exists on .* index/;

/** crates.io's refusals of an upload; the texts are those of its source. */
export const CRATES_RULES: readonly Rule[] = [
  {
    match: /do not support creating new crates/,
    code: "crates-first-publish",
    message: (job) =>
      `${label(job)} creates no crate by trusted publishing: ${job.package.name} does not exist`,
    next: (job) => [
      `publish a first version with a token: cargo login, then keyless publish ${job.package.name} --credential token`,
      "then register the publisher in the crate's settings",
    ],
  },
  {
    match: /can only be published using Trusted Publishing/,
    code: "trusted-publishing-only",
    message: (job) => `${job.package.name} accepts new versions by trusted publishing only`,
    why: ["Its owners have switched off publishing with tokens."],
    next: () => ["publish from CI with OIDC", "or switch the setting off in the crate's settings"],
  },
  notAllowed(
    /not valid for crate|don't seem to be an owner|does not have the required permissions/,
    ["The token belongs to a publisher or a person that this crate does not know."],
    (job) =>
      job.credential.path === "oidc"
        ? ["register this repository and workflow in the crate's settings, under Trusted Publishing"]
        : ["use a token of an owner, with the scope publish-update for this crate"],
  ),
  tokenRejected(
    /status 401|Invalid authentication token|authentication failed|requires authentication|token rejected/,
  ),
  rateLimited(/status 429|published too many|too many updates/),
  {
    match: /verified email address is required/,
    code: "upload-refused",
    message: (job) => `${label(job)} wants a verified e-mail address before it takes ${title(job)}`,
    next: () => ["verify the address at https://crates.io/settings/profile"],
  },
  {
    match: /missing or empty metadata fields/,
    code: "upload-refused",
    message: (job) => `${label(job)} wants more metadata in ${job.package.manifest}`,
    next: () => ["add the fields that it names to [package], commit, and run again"],
  },
  {
    match: /max upload size|status 413/,
    code: "upload-refused",
    message: (job) => `${title(job)} is too large for ${label(job)}`,
    next: (job) => [`leave files out with exclude or include in ${job.package.manifest}`],
  },
];
