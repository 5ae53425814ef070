import type { ClientName } from "../../config/project.ts";
import { cargo } from "./cargo.ts";
import type { Client } from "./client.ts";
import { npm } from "./npm.ts";
import { twine } from "./twine.ts";
import { uv } from "./uv.ts";

/** Every client, by name. */
export const CLIENTS: Readonly<Record<ClientName, Client>> = { cargo, npm, twine, uv };

/** The client of that name. */
export function clientNamed(name: ClientName): Client {
  return CLIENTS[name];
}
