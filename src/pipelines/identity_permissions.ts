import type { Answer, Permissions } from "./model.ts";

/** The permissions of a job whose CI has none to write down: whether it has an OIDC token is all that is known. */
export function identityPermissions(oidc: Answer): Permissions {
  return {
    allows: (scope) => scope === "id-token" ? oidc : "unknown",
    at: null,
    from: "default",
    replaced: null,
    written: () => null,
    misspelt: () => null,
    granting: () => Promise.resolve(null),
  };
}
