import type { Answer, Permissions } from "./model.ts";

/** The permissions of a job whose CI has none to write down: whether it has an OIDC token is all that is known. */
export function identityPermissions(oidc: Answer): Permissions {
  const allows = (scope: string) => scope === "id-token" ? oidc : "unknown";
  return {
    allows,
    grants: allows,
    all: null,
    at: null,
    from: "default",
    replaced: null,
    written: () => null,
    writtenAbove: () => null,
    misspelt: () => null,
    granting: () => Promise.resolve(null),
  };
}
