import type { Answer } from "../host/http1.ts";
import type { Listener } from "../host/listen.ts";
import { apiRoutes } from "./crates/api.ts";
import { configRoutes } from "./crates/configs.ts";
import { exchangeRoutes } from "./crates/exchange.ts";
import { indexRoutes } from "./crates/index.ts";
import { publishRoutes } from "./crates/publish.ts";
import { type CratesUpstream, Shelf } from "./crates/shelf.ts";
import type { CratesGrant, CratesSite } from "./crates/site.ts";
import { json, Refused, refusing, type Route, serve, type Stage } from "./server.ts";
import { openSite, type RegistryServer, running, type SiteSetup } from "./site.ts";

/** What an embedded crates.io starts with. */
export interface CratesSetup extends SiteSetup {
  /** `null`: the host and port where it listens, which is what clients derive. */
  readonly audience: string | null;
  /** Asked for what is not ours; default: there is nothing else. */
  readonly upstream?: CratesUpstream;
  /** How many readers of the index do not see a new version yet; default: none. */
  readonly lag?: number;
  /** Whether description and license are demanded, as crates.io does; default: yes. */
  readonly metadataRequired?: boolean;
}

/** Starts a registry that speaks crates.io's protocol: exchange, upload, sparse index, web API. */
export async function startCrates(stage: Stage, setup: CratesSetup): Promise<RegistryServer> {
  const shelf = new Shelf();
  for (const existing of setup.packages ?? []) await shelf.stock(existing, stage.clock.now());
  const site: CratesSite = {
    ...openSite<CratesGrant>(stage, setup),
    audience: () => setup.audience ?? new URL(listener.origin).host,
    shelf,
    upstream: setup.upstream ?? (() => Promise.resolve(null)),
    lag: setup.lag ?? 0,
    metadataRequired: setup.metadataRequired ?? true,
  };
  const api = [...exchangeRoutes(site), ...configRoutes(site), ...publishRoutes(site), ...apiRoutes(site)];
  const routes = [...indexRoutes(site), ...refusing(api.map(demandingUserAgent), errorAnswer)];
  const listener: Listener = serve(
    setup.name,
    stage,
    routes,
    () => errorAnswer(new Refused(404, "Not Found")),
  );
  return running(site, listener);
}

function errorAnswer(refused: Refused): Answer {
  return json(refused.status, { errors: [{ detail: refused.message }] });
}

function demandingUserAgent(route: Route): Route {
  return {
    ...route,
    answer(request) {
      if (request.headers.get("user-agent")) return route.answer(request);
      throw new Refused(403, "We require that all requests include a `User-Agent` header.");
    },
  };
}
