import type { Answer } from "../host/http1.ts";
import { exchangeRoutes } from "./pypi/exchange.ts";
import { escapeHtml, pageRoutes } from "./pypi/pages.ts";
import { Shelf } from "./pypi/shelf.ts";
import type { PypiGrant, PypiSite } from "./pypi/site.ts";
import { uploadRoutes } from "./pypi/upload.ts";
import { type Incoming, json, Refused, refusing, serve, type Stage } from "./server.ts";
import { openSite, type RegistryServer, running, type SiteSetup } from "./site.ts";

/** What an embedded PyPI starts with. */
export interface PypiSetup extends SiteSetup {
  /** PyPI's is `pypi`, TestPyPI's `testpypi`. */
  readonly audience: string;
}

/**
 * Starts a registry that speaks PyPI's protocol: exchange, legacy upload, JSON API, simple index. A pending record that was redeemed loses
 * its mark.
 */
export async function startPypi(stage: Stage, setup: PypiSetup): Promise<RegistryServer> {
  const shelf = new Shelf();
  for (const existing of setup.packages ?? []) await shelf.stock(existing, stage.clock.now());
  const site: PypiSite = {
    ...openSite<PypiGrant>(stage, setup),
    audience: setup.audience,
    location: setup.audience === "testpypi" ? "test.pypi.org" : "pypi.org",
    shelf,
  };
  const routes = [...exchangeRoutes(site), ...uploadRoutes(site), ...pageRoutes(site)];
  const listener = serve(
    setup.name,
    stage,
    refusing(routes, errorAnswer),
    (request) => errorAnswer(new Refused(404, "Not Found"), request),
  );
  return running(site, listener);
}

/** JSON for who asks for it, a page for everybody else; the reason phrase is all that some clients show. */
function errorAnswer(refused: Refused, request: Incoming): Answer {
  const { status, message } = refused;
  if (/^\/pypi\//.test(request.path)) return { ...json(status, { message }), reason: message };
  const code = `${status} ${message}`;
  if (request.headers.get("accept")?.includes("application/json")) {
    const title = status === 400 ? "Bad Request" : status === 403 ? "Forbidden" : "Not Found";
    return { ...json(status, { message, code, title }), reason: message };
  }
  const text = escapeHtml(code);
  return {
    status,
    reason: message,
    headers: { "content-type": "text/html; charset=utf-8" },
    body:
      `<html>\n <head>\n  <title>${text}</title>\n </head>\n <body>\n  <h1>${text}</h1>\n </body>\n</html>\n`,
  };
}
