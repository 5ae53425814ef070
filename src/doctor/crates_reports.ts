import { settingsOf } from "./claims.ts";
import type { DeclaredPackage, RecordReport } from "./records.ts";

/** A crate that was not compared, and why. */
export interface Unread {
  readonly pkg: DeclaredPackage;
  readonly reason: string;
}

/** A crate whose records crates.io does not show to this token. */
export interface Refusal {
  readonly pkg: DeclaredPackage;
  /** `null`: the token was not even sent. */
  readonly status: number | null;
  readonly said: string;
}

/** The token may not see records; what holds for several crates is told once. */
export function refusedReports(refusals: readonly Refusal[], variable: string): RecordReport[] {
  const alike = Map.groupBy(refusals, ({ status, said }) => `${status} ${said}`);
  return [...alike.values()].map((each) => refusedReport(each, variable));
}

function refusedReport(refusals: readonly Refusal[], variable: string): RecordReport {
  const [{ pkg, status, said }, ...others] = refusals as readonly [Refusal, ...Refusal[]];
  const { label, endpoints } = pkg.registry;
  const names = refusals.map((each) => each.pkg.name).join(", ");
  return {
    code: "publisher-records-refused",
    package: others.length === 0 ? pkg.name : null,
    message: status === null
      ? `${variable} is no token: it has blanks or characters that no token has`
      : `${label} does not show the publisher records of ${names} (${status})`,
    at: pkg.trustPolicy.at,
    label: "declared",
    related: others.map((each) => ({ at: each.pkg.trustPolicy.at, message: "declared" })),
    why: said ? [`It said: "${said}"`] : [],
    next: [
      status === 400
        ? `set ${variable} to a token of a user who owns ${names}; a member of an owning team may not see them`
        : `set ${variable} to a token with the scope trusted-publishing, made by an owner of ${names} at ${
          endpoints.web ?? endpoints.api
        }/settings/tokens; it needs no scope to publish`,
    ],
  };
}

/** Some were compared and some not: then the section is neither right nor wrong without a word about the others. */
export function unreadReports(unread: readonly Unread[]): RecordReport[] {
  const [first, ...others] = unread;
  if (!first) return [];
  const names = unread.map(({ pkg }) => pkg.name).join(", ");
  return [{
    code: "publisher-records-unread",
    severity: "unverified",
    package: others.length === 0 ? first.pkg.name : null,
    message: `The publisher records of ${names} were not compared: ${first.reason}`,
    at: first.pkg.trustPolicy.at,
    label: "declared",
    related: others.map(({ pkg }) => ({ at: pkg.trustPolicy.at, message: "declared" })),
    next: [`run doctor again without that, or look at the records at ${settingsOf(first.pkg)}`],
  }];
}

/** A publisher is declared for a crate that does not exist. */
export function noCrate(pkg: DeclaredPackage): RecordReport {
  const { label } = pkg.registry;
  return {
    code: "crates-first-publish",
    package: pkg.name,
    message: `${label} has no crate ${pkg.name}, and a publisher can be registered only for one that exists`,
    at: pkg.trustPolicy.at,
    label: "declared",
    why: ["The exchange gives no token for it, and a token of another crate cannot create it."],
    next: [
      `publish a first version with a token: keyless publish ${pkg.name} --credential token`,
      `then register the publisher at ${settingsOf(pkg)}`,
    ],
  };
}

/** Good to know where trusted publishing is in order: whoever has an old token can still publish. */
export function tokensStillPublish(open: readonly DeclaredPackage[]): RecordReport[] {
  const [first, ...others] = open;
  if (!first) return [];
  const names = open.map(({ name }) => name).join(", ");
  return [{
    code: "tokens-still-publish",
    severity: "info",
    package: others.length === 0 ? first.name : null,
    message: `${first.registry.label} still takes new versions of ${names} from API tokens too`,
    at: first.trustPolicy.at,
    label: "declared",
    related: others.map(({ trustPolicy }) => ({ at: trustPolicy.at, message: "declared" })),
    why: ["Trusted publishing does not need them; a token that leaks could publish."],
    next: [
      `once every release comes from CI: switch publishing with tokens off at ${
        open.map(settingsOf).join(", ")
      }`,
    ],
  }];
}
