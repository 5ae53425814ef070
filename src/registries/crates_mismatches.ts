import type { Comparison } from "../problem.ts";
import { cratesForm } from "./crates_form.ts";
import { comparisonOf, type Entry, type Meaning, type Refused, register } from "./refusal.ts";
import { SETTINGS_URLS } from "./settings_url.ts";

/**
 * What crates.io says when a job does not match the records. Its own words name what is registered, so the comparison comes from them
 * rather than from what the repository declares.
 */
export const CRATES_MISMATCHES: readonly Entry[] = [
  {
    words: /^No (?:matching )?Trusted Publishing config found(?: for (?:repository|project) `([^`]+)`)?/,
    means: ([, repository], refused) => ({
      code: "exchange-no-publisher",
      message: `${refused.registry.label} has no publisher record for ${
        repository ? `repository "${repository}"` : "this job"
      }`,
      next: [whatToRegister(refused)],
      cause: repository ? "repository" : "publisher",
      ...actual(repository),
      ...repository
        ? { comparison: decided(refused, { repository: { registered: null, matches: false } }) }
        : {},
      retry: "never",
    }),
  },
  {
    words:
      /does not match the (?:repository owner|namespace) ID \((\d+)\) in the JWT\. Expected (?:owner|namespace) IDs: ([\d, ]+)/,
    means: ([, claimed, expected], refused) => ({
      code: "exchange-owner-mismatch",
      message: `${refused.registry.label} expects owner id ${
        expected!.trim()
      }, and the repository's owner has ${claimed}`,
      why: [
        "The account was recreated, or the repository moved to another owner, after the record was made.",
      ],
      next: [`delete the record and make it again at ${settings(refused)}`],
      cause: "owner",
      expected: expected!.split(",").map((id) => id.trim()),
      ...actual(claimed),
      comparison: [
        ...decided(refused, { repository: { matches: true } }),
        { field: "owner id", claimed: claimed!, registered: expected!.trim(), matches: false },
      ],
      retry: "never",
    }),
  },
  {
    words:
      /does not match the workflow (?:filename|filepath) `([^`]*)` in the JWT\. Expected workflow (?:filenames|filepaths): (.+)$/,
    means: ([, claimed, list], refused) => {
      const expected = quotedWords(list!);
      return {
        code: "exchange-workflow-mismatch",
        message: `${refused.registry.label} expects workflow ${named(expected)}, this job runs "${claimed}"`,
        next: [
          `rename the workflow file to ${expected[0]}, or change the record at ${settings(refused)}`,
          ...declaration(refused, "workflow", claimed!),
        ],
        cause: "workflow",
        expected,
        ...actual(claimed),
        comparison: decided(refused, {
          repository: { matches: true },
          workflow: { registered: expected.join(", "), matches: false },
        }),
        retry: "never",
      };
    },
  },
  {
    words:
      /(?:does not match the environment `([^`]*)` in the JWT|requires an environment, but the JWT does not specify one)\. Expected environments: (.+)$/,
    means: ([, claimed, list], refused) => {
      const expected = quotedWords(list!);
      return {
        code: "exchange-environment-mismatch",
        message: `${refused.registry.label} expects environment ${named(expected)}, this job runs in ${
          claimed === undefined ? "none" : `"${claimed}"`
        }`,
        next: [
          `set \`environment: ${expected[0]}\` on the job, or change the record at ${settings(refused)}`,
          ...declaration(refused, "environment", claimed ?? null),
        ],
        cause: "environment",
        expected,
        ...actual(claimed),
        comparison: decided(refused, {
          repository: { matches: true },
          workflow: { matches: true },
          environment: { registered: expected.join(", "), matches: false },
        }),
        retry: "never",
      };
    },
  },
];

type Decision = Partial<Pick<Comparison, "registered" | "matches">>;

/** The comparison, with what the registry itself has said about some of the rows. */
function decided(refused: Refused, decisions: Readonly<Record<string, Decision>>): Comparison[] {
  return comparisonOf(refused).map((row) => {
    const decision = decisions[row.field];
    if (!decision) return row;
    // A row that the registry found equal holds what is claimed.
    const registered = decision.matches ? row.claimed : null;
    return { ...row, registered, ...decision };
  });
}

function quotedWords(list: string): string[] {
  return [...list.matchAll(/`([^`]*)`/g)].map((match) => match[1]!);
}

function named(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(" or ");
}

function actual(value: string | undefined): Pick<Meaning, "actual"> {
  return value === undefined ? {} : { actual: value };
}

function settings({ registry, context }: Refused): string {
  return context.packageName === null
    ? `${registry.endpoints.web ?? registry.endpoints.api} (the crate's settings)`
    : SETTINGS_URLS.crates(registry, context.packageName);
}

function whatToRegister({ registry, context }: Refused): string {
  return register(cratesForm(registry, context.claims, context.packageName ?? "CRATE"));
}

/** Whoever changes the record would be told of a mismatch by the repository's own checks. */
function declaration(
  { context }: Refused,
  field: "workflow" | "environment",
  claimed: string | null,
): string[] {
  const declared = context.declared?.[field] ?? null;
  return declared !== null && declared !== claimed
    ? [`with another record, change \`${field}\` of the trust policy too`]
    : [];
}
