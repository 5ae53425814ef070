import type { ClientName, Package } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import type { Problem } from "../problem.ts";
import { clientNamed } from "./clients/table.ts";

/** Clients that are missing or unfit, one problem each. */
export async function checkClients(session: Session, packages: readonly Package[]): Promise<Problem[]> {
  const names = [...new Set(packages.map((pkg) => pkg.client))];
  const found = await Promise.all(names.map((name) => checkClient(session, name)));
  return found.filter((problem) => problem !== null);
}

async function checkClient(session: Session, name: ClientName): Promise<Problem | null> {
  const client = clientNamed(name);
  const version = await client.version(session);
  if (version !== null) return client.unfit(version);
  return {
    code: "client-missing",
    message: `${name} is not on this machine's PATH`,
    why: ["Uploads are done by the package managers themselves."],
    next: [`install ${client.program}, or add the step that sets it up to the job`],
  };
}

/** Versions of the clients that these packages need, by name. */
export async function clientVersions(session: Session, packages: readonly Package[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of [...new Set(packages.map((pkg) => pkg.client))].sort()) {
    const version = await clientNamed(name).version(session);
    if (version) versions[name] = version;
  }
  return versions;
}
