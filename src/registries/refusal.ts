import { type Reply, retryAfter } from "../host/http.ts";
import { plain, plainLine } from "../host/redact.ts";
import { compareClaims } from "../identity/compare.ts";
import { type Comparison, KeylessError } from "../problem.ts";
import { isPublic } from "./known.ts";
import type { ExchangeContext, PublisherForm, Refusal, RefusalCause, Registry } from "./registry.ts";
import { firstLine } from "./wire.ts";

/** A registry did not give a token for an OIDC token. */
export class ExchangeRefused extends KeylessError {
  constructor(readonly refusal: Refusal) {
    super(refusal);
    this.name = "ExchangeRefused";
  }
}

/** An answer to an exchange, before it is understood. */
export interface Refused {
  readonly registry: Registry;
  readonly reply: Reply;
  /** The registry's own words, safe to print; empty where it had none. */
  readonly said: string;
  readonly context: ExchangeContext;
  /** The time of the answer, in milliseconds since the epoch. */
  readonly now: number;
}

/** What an answer means. */
export interface Meaning {
  readonly code: string;
  readonly message: string;
  readonly why?: readonly string[];
  readonly next: readonly string[];
  readonly cause: RefusalCause;
  readonly retry: Refusal["retry"];
  readonly expected?: readonly string[];
  readonly actual?: string;
  readonly comparison?: readonly Comparison[];
}

/** One line of a catalogue: the words that a registry is known to use, and what they mean. */
export interface Entry {
  readonly words: RegExp;
  readonly means: (match: RegExpExecArray, refused: Refused) => Meaning;
}

/** Finds the words in a catalogue; what is not there is explained by the status alone. */
export function explain(catalogue: readonly Entry[], refused: Refused): Refusal {
  for (const { words, means } of catalogue) {
    const match = words.exec(refused.said);
    if (match) return complete(refused, means(match, refused));
  }
  return complete(refused, byStatus(refused));
}

/** The registry's words as they came, without anything that could do harm where they are printed. */
export function wordsOf(value: unknown): string {
  return typeof value === "string" ? plain(value).trim().slice(0, 2000) : "";
}

/** The rows of the comparison that could not match, as sentences. */
export function differences(refused: Refused): string[] {
  return comparisonOf(refused)
    .filter((row) => row.matches === false)
    .map((row) =>
      `${row.field}: this job claims ${shown(row.claimed)}, the trust policy declares ${
        shown(row.registered)
      }.`
    );
}

/** What the comparison shows to be the reason: the first field that differs. */
export function firstDifference(refused: Refused): Pick<Meaning, "cause" | "expected" | "actual"> | null {
  const row = comparisonOf(refused).find((one) => one.matches === false);
  if (!row) return null;
  return {
    cause: row.field as "repository" | "workflow" | "environment",
    ...row.registered === null ? {} : { expected: [row.registered] },
    ...row.claimed === null ? {} : { actual: row.claimed },
  };
}

/** Claims beside the declaration, by the rules of the registry's kind. */
export function comparisonOf({ registry, context }: Refused): Comparison[] {
  return compareClaims(context.claims, context.declared, registry.kind);
}

/** A value in a sentence; absence is a value too. */
export function shown(value: string | null): string {
  return value === null ? "none" : `"${plainLine(value, 120)}"`;
}

/** One step that says what to register where. */
export function register(form: PublisherForm): string {
  const fields = form.fields.map(({ label, value }) => `${label}: ${plainLine(value, 120)}`).join(" · ");
  return form.command ? `register it: ${form.command}` : `register it at ${form.url} (${fields})`;
}

function complete({ registry, reply, said, context, now }: Refused, meaning: Meaning): Refusal {
  const after = retryAfter(reply.headers.get("retry-after"), now);
  return {
    comparison: compareClaims(context.claims, context.declared, registry.kind),
    ...meaning,
    // Names in it came from the registry or the token.
    message: plainLine(meaning.message, 300),
    ...said ? { said } : {},
    status: reply.status,
    registry: registry.name,
    ...context.packageName === null ? {} : { package: context.packageName },
    ...after === null ? {} : { retryAfter: after },
  };
}

function byStatus({ registry, reply, said }: Refused): Meaning {
  const why = said ? [] : [quoteOf(reply)];
  if (reply.status === 429 || reply.status === 408 || reply.status >= 500) {
    return {
      code: "exchange-unavailable",
      message: `${registry.label} cannot exchange tokens at the moment (${reply.status})`,
      why,
      next: ["run the job again later", ...statusPage(registry)],
      cause: "registry",
      // Without a date nobody knows how long a limit lasts, and trying may make it longer.
      retry: reply.status === 429 && !reply.headers.has("retry-after") ? "never" : "later",
    };
  }
  const location = reply.headers.get("location");
  if (location && reply.status >= 300 && reply.status < 400) {
    why.push(`It redirects to ${plainLine(location, 200)}.`);
  }
  const missing = reply.status === 404 || reply.status === 405;
  return {
    code: missing ? "exchange-unsupported" : "exchange-unexpected",
    message: missing
      ? `${registry.label} has no OIDC exchange at ${registry.endpoints.exchange} (${reply.status})`
      : `${registry.label} gave an answer to the exchange that keyless does not know (${reply.status})`,
    why,
    next: missing && !isPublic(registry)
      ? [
        `check \`exchange\` of [registry.${registry.name}] in keyless.toml`,
        "or publish with --credential token",
      ]
      : ["check that no proxy answers in the registry's place"],
    cause: missing ? "disabled" : "unknown",
    retry: "never",
  };
}

/** What a success holds may be a token in a place where nobody expects it. */
function quoteOf(reply: Reply): string {
  if (reply.status < 300) {
    return `It sent ${
      plainLine(reply.headers.get("content-type") ?? "no content type", 80)
    }, and no token where one belongs.`;
  }
  const line = firstLine(reply);
  return line ? `Its answer begins: ${line}` : "Its answer is empty.";
}

const STATUS_PAGES: ReadonlyMap<string, string> = new Map([
  ["crates.io", "https://status.crates.io"],
  ["pypi", "https://status.python.org"],
  ["testpypi", "https://status.python.org"],
  ["npm", "https://status.npmjs.org"],
]);

function statusPage(registry: Registry): string[] {
  const page = STATUS_PAGES.get(registry.name);
  return page ? [`${page} says whether there is an outage`] : [];
}
