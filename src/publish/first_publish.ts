import type { Package } from "../config/project.ts";
import type { Problem } from "../problem.ts";
import { isPublic } from "../registries/known.ts";
import type { VersionState } from "../registries/registry.ts";
import type { CredentialPlan } from "./credential.ts";

/** What stands in the way because of the package's state at its registry: it does not exist yet, or accepts no tokens. */
export function firstPublishProblem(
  pkg: Package,
  there: VersionState,
  credential: CredentialPlan,
): Problem[] {
  const about = { package: pkg.name, registry: pkg.registry.name };
  if (there.trustedOnly && credential.path === "token") {
    return [{
      code: "trusted-publishing-only",
      message:
        `${pkg.name} accepts new versions by trusted publishing only, and ${credential.where} is a token`,
      why: ["Its owners have switched off publishing with tokens on crates.io."],
      next: [
        "publish from CI with OIDC",
        `or switch the setting off at ${pkg.registry.endpoints.web}/crates/${pkg.name}/settings`,
      ],
      ...about,
    }];
  }
  // Whether a registry of another name creates packages by OIDC is not known; its exchange will tell.
  if (there.state !== "no-package" || credential.path !== "oidc" || !isPublic(pkg.registry)) return [];
  switch (pkg.kind) {
    case "crates":
      return [{
        code: "crates-first-publish",
        message: `${pkg.registry.label} creates no crate by trusted publishing: ${pkg.name} does not exist`,
        next: [
          `publish a first version with a token: cargo login, then keyless publish ${pkg.name} --credential token`,
          `then register the publisher at ${
            pkg.registry.endpoints.web ?? pkg.registry.endpoints.api
          }/crates/${pkg.name}/settings`,
        ],
        ...about,
      }];
    case "npm":
      return [{
        code: "npm-first-publish",
        message:
          `${pkg.registry.label} accepts a trusted publisher only for a package that exists: ${pkg.name} does not`,
        next: [
          `publish it once with a granular token that expires in a day: keyless publish ${pkg.name} --credential token`,
          "then register the publisher (keyless claims shows the command) and delete the token",
        ],
        ...about,
      }];
    case "pypi":
      // A pending publisher creates the project at the first exchange; only the exchange tells whether there is one.
      return [];
  }
}
