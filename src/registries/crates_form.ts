import type { Claims } from "../identity/claims.ts";
import { fieldsOf, identityOf, obstaclesOf } from "./forms.ts";
import type { PublisherForm, Registry } from "./registry.ts";
import { SETTINGS_URLS } from "./settings_url.ts";

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
    url: SETTINGS_URLS.crates(registry, name),
    obstacles: obstaclesOf(registry, claims),
  };
}
