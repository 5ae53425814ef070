import type { PublisherRecord } from "../policy.ts";
import { json, Refused, type Route } from "../server.ts";
import { userOf } from "./authorization.ts";
import type { CratesSite } from "./site.ts";

/** The list of publisher records, for owners: what is registered for a crate, or for all crates (`user_id`). */
export function configRoutes(site: CratesSite): Route[] {
  return [{
    method: "GET",
    path: /^\/api\/v1\/trusted_publishing\/github_configs$/,
    answer(request) {
      userOf(site, request);
      const crate = request.query.get("crate");
      const user = request.query.get("user_id");
      if (crate === null && user === null) {
        throw new Refused(400, "Must specify either `crate` or `user_id` query parameter");
      }
      if (crate !== null && user !== null) {
        throw new Refused(400, "Cannot specify both `crate` and `user_id` query parameters");
      }
      if (crate !== null && !site.shelf.find(crate)) {
        throw new Refused(404, `crate \`${crate}\` does not exist`);
      }
      const configs = site.records
        .map((record, index) => ({ record, id: index + 1 }))
        .filter(({ record }) => crate === null || record.package === crate);
      return json(200, {
        github_configs: configs.map(({ record, id }) => configJson(record, id)),
        meta: { total: configs.length, next_page: null },
      }, { "cache-control": "no-store" });
    },
  }];
}

function configJson(record: PublisherRecord, id: number): Record<string, unknown> {
  return {
    id,
    crate: record.package,
    repository_owner: record.owner,
    repository_owner_id: Number(record.ownerId),
    repository_name: record.repository,
    workflow_filename: record.workflow,
    environment: record.environment,
  };
}
