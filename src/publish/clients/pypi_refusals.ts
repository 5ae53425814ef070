import { label, notAllowed, rateLimited, type Rule, title, tokenRejected } from "./refusal.ts";

/** Said by PyPI, and by servers like it, that have a file of that name. */
export const PYPI_EXISTS =
  /File already exists|already exists? on|\b409\b|updating asset|cannot be updated|overwrite (?:all )?artifact/i;

/** PyPI's refusals of an upload, in the words that reach the clients. */
export const PYPI_RULES: readonly Rule[] = [
  {
    match: /filename has already been used/,
    code: "version-burned",
    message: (job) => `${label(job)} will never accept ${title(job)} again`,
    why: ["A file of that name was there once and was deleted; names are not given out twice."],
    next: () => ["raise the version"],
  },
  {
    match: /Only one sdist may be uploaded/,
    code: "upload-refused",
    message: (job) => `${label(job)} has another sdist of ${title(job)}`,
    why: ["A release has one sdist; 1.0 and 1.0.0 are the same release."],
    next: () => ["raise the version"],
  },
  notAllowed(
    /Non-user identities cannot create new projects/,
    ["The publisher belongs to another project, or its pending publisher names this project differently."],
    (
      job,
    ) => [
      `compare the project name of the publisher with ${job.package.name}: keyless claims ${job.registry.name}`,
    ],
  ),
  notAllowed(
    /project-scoped token is not valid|isn't allowed to upload/,
    ["The token belongs to somebody or something that may not upload to this project."],
    (job) => [`check that ${job.credential.describe} is for ${job.package.name}`],
  ),
  {
    match: /Username\/Password authentication is no longer supported/,
    code: "token-rejected",
    message: (job) => `${label(job)} takes tokens only, no user names`,
    next: () => ["use an API token, or publish with OIDC: keyless init"],
  },
  tokenRejected(/Invalid or non-existent authentication|token is expired|\b401\b/),
  rateLimited(/\b429\b|Too many new projects|Too Many Requests/),
  notAllowed(
    /\b403\b|Forbidden/,
    ["The registry did not say which: an unknown token, or one that may not upload here."],
    (job) => [`check that ${job.credential.describe} is for ${job.package.name} at ${label(job)}`],
  ),
];
