import type { Session } from "../host/session.ts";
import { escapedName } from "./npm_form.ts";
import type { PublisherEvidence, Registry } from "./registry.ts";
import { type Json, list, lookForJson, object, text } from "./wire.ts";

const SLSA = "https://slsa.dev/provenance/v1";

/**
 * Who published a version: its provenance statement names repository, run and commit; without one, `_npmUser.trustedPublisher` says at
 * least that it was a trusted publisher. The statement is read, not verified: npm has verified it before accepting.
 */
export async function npmEvidence(
  session: Session,
  registry: Registry,
  name: string,
  document: Json,
): Promise<PublisherEvidence | null> {
  const attested = object(object(document["dist"])["attestations"])["url"] !== undefined;
  const provenance = attested
    ? await readProvenance(session, registry, name, text(document["version"]) ?? "")
    : null;
  if (provenance) return provenance;
  const trusted = object(document["_npmUser"])["trustedPublisher"];
  if (trusted === undefined || trusted === null) return null;
  return { source: "trustedPublisher", repository: null, runId: null, sha: null };
}

async function readProvenance(
  session: Session,
  { endpoints }: Registry,
  name: string,
  version: string,
): Promise<PublisherEvidence | null> {
  const url = `${endpoints.index}-/npm/v1/attestations/${escapedName(name)}@${encodeURIComponent(version)}`;
  const looked = await lookForJson(session, { url });
  if (looked.what !== "found") return null;
  const found = list(looked.body["attestations"]).map(object).find((one) => one["predicateType"] === SLSA);
  const envelope = object(object(found?.["bundle"])["dsseEnvelope"]);
  const statement = decoded(text(envelope["payload"]) ?? "");
  const predicate = object(statement["predicate"]);
  const build = object(predicate["buildDefinition"]);
  const workflow = object(object(build["externalParameters"])["workflow"]);
  const commit = object(object(list(build["resolvedDependencies"])[0])["digest"])["gitCommit"];
  const run = text(object(object(predicate["runDetails"])["metadata"])["invocationId"]);
  const repository = text(workflow["repository"])?.replace(/^https:\/\/[^/]+\//, "") ?? null;
  if (!repository) return null;
  return {
    source: "provenance",
    repository,
    runId: /\/actions\/runs\/(\d+)/.exec(run ?? "")?.[1] ?? null,
    sha: text(commit),
  };
}

function decoded(payload: string): Json {
  try {
    const bytes = Uint8Array.from(atob(payload), (char) => char.charCodeAt(0));
    return object(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // A statement that cannot be read is no evidence.
    return {};
  }
}
