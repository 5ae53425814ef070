import type { Claims } from "../identity/claims.ts";
import { comparedWorkflow } from "../identity/compare.ts";
import { fieldsOf, identityOf, obstaclesOf } from "./forms.ts";
import type { PublisherForm, Registry } from "./registry.ts";
import { SETTINGS_URLS } from "./settings_url.ts";

/** What PyPI's "Add a new publisher" asks for, with a link that fills it in. */
export function pypiForm(registry: Registry, claims: Claims, name: string): PublisherForm {
  const identity = identityOf(claims, "pypi");
  const query = new URLSearchParams({
    provider: "github",
    owner: identity.owner,
    repository: identity.repository,
    workflow_filename: identity.workflow,
    ...identity.environment === null ? {} : { environment: identity.environment },
  });
  return {
    fields: fieldsOf(identity, {
      owner: "Owner",
      repository: "Repository name",
      workflow: "Workflow name",
      environment: "Environment name",
    }),
    url: `${SETTINGS_URLS.pypi(registry, name)}?${query}`,
    obstacles: [...obstaclesOf(registry, claims), ...reusableObstacle(registry, claims)],
  };
}

/** PyPI composes the workflow's address from the job's own repository and commit, so a called workflow rarely fits. */
function reusableObstacle(registry: Registry, claims: Claims): string[] {
  const called = comparedWorkflow(claims, "pypi");
  if (!called || !claims.repository) return [];
  if (called.repository.toLowerCase() !== claims.repository.toLowerCase()) {
    return [
      `${registry.label} cannot accept a reusable workflow of another repository (${called.repository}): publish in the calling workflow`,
    ];
  }
  if (called.ref !== null && called.ref !== claims.ref && called.ref !== claims.sha) {
    return [
      `${registry.label} compares the ref of the called workflow (${called.ref}) with the run's: call it with \`uses: ./${called.path}\``,
    ];
  }
  return [];
}
