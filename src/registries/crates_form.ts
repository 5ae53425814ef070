import type { Claims } from "../identity/claims.ts";
import { fieldsOf, identityOf, obstaclesOf } from "./forms.ts";
import type { PublisherForm, Registry } from "./registry.ts";

/** Where a crate's publishers are registered. */
export function cratesSettingsUrl({ endpoints }: Registry, name: string): string {
  return `${endpoints.web ?? endpoints.api}/crates/${encodeURIComponent(name)}/settings`;
}

/** What crates.io's "Add a new Trusted Publisher" asks for. */
export function cratesForm(registry: Registry, claims: Claims, name: string): PublisherForm {
  return {
    fields: [
      { label: "Publisher", value: "GitHub" },
      ...fieldsOf(identityOf(claims, "crates"), {
        owner: "Repository owner",
        repository: "Repository name",
        workflow: "Workflow filename",
        environment: "Environment name (optional)",
      }),
    ],
    url: cratesSettingsUrl(registry, name),
    obstacles: obstaclesOf(registry, claims),
  };
}
