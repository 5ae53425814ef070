import type { ClientName, Package } from "../config/project.ts";
import type { Session } from "../host/session.ts";
import type { Problem } from "../problem.ts";
import { clientNamed } from "./clients/table.ts";

const versions = new Map<string, Promise<string | null>>();

/** The version of a client, `null` when it is not on this machine; asked once, because some need long to say it. */
export function clientVersion(session: Session, name: ClientName): Promise<string | null> {
  const key = `${name} ${session.env.get("PATH") ?? ""}`;
  const known = versions.get(key) ?? clientNamed(name).version(session);
  versions.set(key, known);
  return known;
}

/** Clients that are missing or unfit, one problem each. */
export async function checkClients(session: Session, packages: readonly Package[]): Promise<Problem[]> {
  const names = [...new Set(packages.map((pkg) => pkg.client))];
  const found = await Promise.all(names.map((name) => checkClient(session, name)));
  return found.filter((problem) => problem !== null);
}

async function checkClient(session: Session, name: ClientName): Promise<Problem | null> {
  const client = clientNamed(name);
  const version = await clientVersion(session, name);
  if (version !== null) return client.unfit(version);
  return {
    code: "client-missing",
    message: `${name} is not on this machine's PATH`,
    why: ["Uploads are done by the package managers themselves."],
    next: [
      `install ${client.program}, or add the step that sets it up to the job`,
      ...name === "twine" ? ['or let uv do it: client = "uv" for the package in keyless.toml'] : [],
    ],
  };
}

/** Versions of the clients that these packages need, by name. */
export async function clientVersions(
  session: Session,
  packages: readonly Package[],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of [...new Set(packages.map((pkg) => pkg.client))].sort()) {
    const version = await clientVersion(session, name);
    if (version) found[name] = version;
  }
  return found;
}
