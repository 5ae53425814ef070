import { type PublisherRecord, sameName, textClaim } from "../policy.ts";

/** Why PyPI knows no publisher for a job, in its own words. */
export class NoPublisher extends Error {}

type Claims = Readonly<Record<string, unknown>>;

const REQUIRED = [
  "repository",
  "repository_owner",
  "repository_owner_id",
  "job_workflow_ref",
  "jti",
  "event_name",
  "ref",
  "sha",
];

/** The records of the publisher that a job belongs to, by PyPI's lookup and checks. @throws {NoPublisher} */
export function publisherOf(claims: Claims, records: readonly PublisherRecord[]): readonly PublisherRecord[] {
  const missing = REQUIRED.find((name) => claims[name] === undefined);
  if (missing) throw new NoPublisher(`Missing claim '${missing}'`);
  const found = lookUp(claims, records);
  check(claims, found[0]!);
  return found;
}

/** Letter case matters here, except in the environment; a publisher that names the environment wins. */
function lookUp(claims: Claims, records: readonly PublisherRecord[]): readonly PublisherRecord[] {
  const workflow = /([^/]+\.ya?ml)@.+/.exec(textClaim(claims, "job_workflow_ref") ?? "")?.[1];
  if (!workflow) throw new NoPublisher("Could not job extract workflow filename from OIDC claims");
  const environment = textClaim(claims, "environment");
  const [, name] = textClaim(claims, "repository")?.split("/") ?? [];
  const matching = records.filter((it) =>
    it.owner === textClaim(claims, "repository_owner") &&
    it.repository === name &&
    it.ownerId === textClaim(claims, "repository_owner_id") &&
    it.workflow === workflow
  );
  const specific = matching.filter((it) =>
    it.environment !== null && environment !== null && sameName(it.environment, environment)
  );
  const found = specific.length > 0 ? specific : matching.filter((it) => it.environment === null);
  if (found.length === 0) throw new NoPublisher("Publisher with matching claims was not found");
  return found;
}

function check(claims: Claims, publisher: PublisherRecord): void {
  const repository = `${publisher.owner}/${publisher.repository}`;
  if (!sameName(textClaim(claims, "repository")!, repository)) {
    throw new NoPublisher("Check failed for required claim 'repository'");
  }
  const got = textClaim(claims, "job_workflow_ref")!;
  const refs = ["ref", "sha"].map((name) => textClaim(claims, name)).filter((ref) => ref);
  if (refs.length === 0) throw new NoPublisher("The ref and sha claims are empty");
  const expected = refs.map((ref) => `${repository}/.github/workflows/${publisher.workflow}@${ref}`);
  if (!expected.includes(got)) {
    const choices = expected.map((it) => `'${it}'`).join(", ");
    throw new NoPublisher(
      `The job_workflow_ref claim does not match, expecting one of [${choices}], got '${got}'`,
    );
  }
  if (textClaim(claims, "event_name") === "pull_request_target") {
    throw new NoPublisher("Publishing from a workflow invoked via 'pull_request_target' is not supported.");
  }
}
