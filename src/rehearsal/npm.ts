import { exchangeRoutes } from "./npm/exchange.ts";
import { pageRoutes } from "./npm/pages.ts";
import { publishRoutes } from "./npm/publish.ts";
import { Shelf } from "./npm/shelf.ts";
import type { NpmSite } from "./npm/site.ts";
import type { PublisherRecord } from "./policy.ts";
import { json, refusing, serve, type Stage } from "./server.ts";
import { openSite, type RegistryServer, running, type SiteSetup } from "./site.ts";

/** What an embedded npm registry starts with. */
export interface NpmSetup extends SiteSetup {
  /** Accepted beside the one that npm itself derives from the address: `npm:127.0.0.1`. */
  readonly audience: string | null;
  /** How many readers do not see a new version yet; default: none. */
  readonly lag?: number;
}

/** Starts a registry that speaks npm's protocol: exchange, publish, packuments, tarballs. */
export async function startNpm(stage: Stage, setup: NpmSetup): Promise<RegistryServer> {
  const shelf = new Shelf();
  for (const existing of setup.packages ?? []) await shelf.stock(existing, stage.clock.now());
  const site: NpmSite = {
    ...openSite<PublisherRecord>(stage, setup),
    audiences: ["npm:127.0.0.1", ...(setup.audience ? [setup.audience] : [])],
    shelf,
    lag: setup.lag ?? 0,
  };
  const routes = refusing(
    [...exchangeRoutes(site), ...publishRoutes(site), ...pageRoutes(site)],
    ({ status, message, headers }) => json(status, { message, error: message }, headers),
  );
  const listener = serve(
    setup.name,
    stage,
    routes,
    () => json(404, { message: "Not found", error: "Not found" }),
  );
  return running(site, listener);
}
