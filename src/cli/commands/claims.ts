import { currentDirectory } from "../../host/directory.ts";
import { type ExitCode, KeylessError } from "../../problem.ts";
import type { Session } from "../../host/session.ts";
import { loadProject } from "../../config/load.ts";
import type { Claims } from "../../identity/claims.ts";
import type { Registry } from "../../registries/registry.ts";
import { knownRegistry, protocolOf } from "../../registries/table.ts";
import { openSession, show, text } from "../context.ts";
import { requireIdentity } from "../target.ts";
import type { Call } from "../verb.ts";
import { type Match, renderClaims } from "../views/claims.ts";

/** Nobody accepts a token for this audience, so showing the claims can neither publish nor create anything. */
const AUDIENCE = "keyless-claims";

/** Shows what this job can prove, and the publisher record that would match it at every registry. */
export async function run(call: Call): Promise<ExitCode> {
  const session = openSession(call);
  const provider = await requireIdentity(session);
  const { claims } = await provider.request(session, AUDIENCE, "https://keyless.invalid");
  const matches = (await targets(session, text(call, "package"))).map((target) => matchOf(target, claims));
  const record = {
    identity: provider.id,
    claims,
    records: matches.map(({ registry, packageName, form, refused }) => ({
      registry: registry.name,
      package: packageName,
      fields: form.fields,
      url: form.url,
      command: form.command ?? null,
      obstacles: [...form.obstacles, ...refused ? [refused.message] : []],
    })),
  };
  show(
    call,
    "claims",
    record,
    renderClaims(provider.label, claims, matches, session.clock.now(), call.io.stdout),
  );
  return 0;
}

interface Target {
  readonly registry: Registry;
  readonly name: string;
}

function matchOf({ registry, name }: Target, claims: Claims): Match {
  const protocol = protocolOf(registry);
  return {
    registry,
    packageName: name,
    form: protocol.form(registry, claims, name),
    refused: protocol.refusedByRule(registry, claims),
  };
}

/** The project's packages; outside a project the three public registries with a word in place of the name. */
async function targets(session: Session, only: string | null): Promise<Target[]> {
  const project = await loadProject(currentDirectory(), session.env).catch((error) => {
    // Claims are about the job; a broken configuration is what doctor and plan report.
    if (error instanceof KeylessError) return null;
    throw error;
  });
  const own = (project?.packages ?? [])
    .filter((pkg) => (!only || pkg.name === only) && pkg.registry.endpoints.exchange !== null)
    .map((pkg) => ({ registry: pkg.registry, name: pkg.name }));
  if (own.length > 0) return own;
  return [["crates.io", "CRATE"], ["pypi", "PROJECT"], ["npm", "PACKAGE"]]
    .map(([name, word]) => ({ registry: knownRegistry(name!)!, name: only ?? word! }));
}
