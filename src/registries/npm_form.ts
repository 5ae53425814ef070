import type { Claims } from "../identity/claims.ts";
import { fieldsOf, identityOf, obstaclesOf } from "./forms.ts";
import type { PublisherForm, Registry } from "./registry.ts";
import { SETTINGS_URLS } from "./settings_url.ts";

/** A package's name in an address, written as npm itself does: `@scope%2fname`. */
export function escapedName(name: string): string {
  return encodeURIComponent(name).replace(/^%40/, "@").replace("%2F", "%2f");
}

/** What npm's "Trusted Publisher" asks for, and the command that does it (npm 11.15 and later). */
export function npmForm(registry: Registry, claims: Claims, name: string): PublisherForm {
  const { owner, repository, workflow, environment } = identityOf(claims, "npm");
  const command = ["npm", "trust", "github", name, "--repo", `${owner}/${repository}`, "--file", workflow];
  if (environment !== null) command.push("--env", environment);
  command.push("--allow-publish");
  return {
    fields: [
      { label: "Publisher", value: "GitHub Actions" },
      ...fieldsOf({ owner, repository, workflow, environment }, {
        owner: "Organization or user",
        repository: "Repository",
        workflow: "Workflow filename",
        environment: "Environment name",
      }),
      { label: "Allowed actions", value: "npm publish" },
    ],
    url: SETTINGS_URLS.npm(registry, name),
    command: command.map(quoted).join(" "),
    obstacles: obstaclesOf(registry, claims),
  };
}

/** A word that a shell leaves as it is. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
