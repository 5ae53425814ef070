import { type PublisherRecord, sameName, textClaim } from "../policy.ts";
import { Refused } from "../server.ts";

/** The records that let a job in, checked in crates.io's order. @throws {Refused} 400 with crates.io's words */
export function admitted(
  claims: Readonly<Record<string, unknown>>,
  records: readonly PublisherRecord[],
): readonly PublisherRecord[] {
  refuseEvent(textClaim(claims, "event_name"));
  const { repository, owner, name, ownerId, workflow } = shapes(claims);
  const environment = textClaim(claims, "environment");

  const named = records.filter((it) => sameName(it.owner, owner) && sameName(it.repository, name));
  if (named.length === 0) {
    throw new Refused(400, `No Trusted Publishing config found for repository \`${repository}\`.`);
  }
  const config = `The Trusted Publishing config for repository \`${repository}\``;

  const owned = named.filter((it) => it.ownerId === ownerId);
  if (owned.length === 0) {
    throw new Refused(
      400,
      `${config} does not match the repository owner ID (${ownerId}) in the JWT. ` +
        `Expected owner IDs: ${distinct(named.map((it) => it.ownerId)).join(", ")}. ` +
        "Please recreate the Trusted Publishing config to update the repository owner ID.",
    );
  }

  const filed = owned.filter((it) => it.workflow === workflow);
  if (filed.length === 0) {
    throw new Refused(
      400,
      `${config} does not match the workflow filename \`${workflow}\` in the JWT. ` +
        `Expected workflow filenames: ${quoted(owned.map((it) => it.workflow))}`,
    );
  }

  const placed = filed.filter((it) =>
    it.environment === null || (environment !== null && sameName(it.environment, environment))
  );
  if (placed.length === 0) {
    const problem = environment === null
      ? "requires an environment, but the JWT does not specify one."
      : `does not match the environment \`${environment}\` in the JWT.`;
    throw new Refused(
      400,
      `${config} ${problem} Expected environments: ${quoted(filed.map((it) => it.environment!))}`,
    );
  }
  return placed;
}

function refuseEvent(event: string | null): void {
  if (event !== "workflow_run" && event !== "pull_request_target") return;
  throw new Refused(
    400,
    `Trusted Publishing does not support the \`${event}\` event trigger due to security concerns. ` +
      "Please use a different trigger such as `push`, `release`, or `workflow_dispatch`.",
  );
}

function shapes(claims: Readonly<Record<string, unknown>>) {
  const repository = textClaim(claims, "repository")!;
  const [owner, name, more] = repository.split("/");
  if (!owner || !name || more !== undefined) throw new Refused(400, "Unexpected `repository` value");
  // Greedy on purpose, as there: `a.yml@b.yml@refs/heads/main` names the file `a.yml@b.yml`.
  const workflow = /([^/]+\.ya?ml)@.+/.exec(textClaim(claims, "workflow_ref")!)?.[1];
  if (!workflow) throw new Refused(400, "Unexpected `workflow_ref` value");
  const ownerId = textClaim(claims, "repository_owner_id")!;
  if (!/^-?\d{1,10}$/.test(ownerId)) throw new Refused(400, "Unexpected `repository_owner_id` value");
  return { repository, owner, name, workflow, ownerId };
}

function quoted(values: readonly string[]): string {
  return distinct(values).map((value) => `\`${value}\``).join(", ");
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
