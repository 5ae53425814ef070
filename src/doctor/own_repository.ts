import type { Package } from "../config/project.ts";
import { normaliseRepository } from "../config/repository_url.ts";
import { given } from "../host/env.ts";
import type { Session } from "../host/session.ts";
import type { Subject } from "./rule.ts";

/** The names (`owner/repo`) that this repository may be registered by: of the CI job around, the git remotes, the package's manifest. */
export function ownRepositories(subject: Subject, session: Session, pkg: Package): string[] {
  const addresses = [...subject.remotes, pkg.repositoryUrl].flatMap((address) =>
    address === null ? [] : [normaliseRepository(address)]
  );
  const names = [
    given(session.env, "GITHUB_REPOSITORY"),
    subject.remote,
    ...addresses.map((address) => address && new URL(address).pathname.slice(1)),
  ];
  return [...new Set(names.filter((name): name is string => Boolean(name)))];
}

/** Where that lies, as `uses:` has it, which is named as of this very repository; `null` for what is of another. */
export function pathHere(remote: string | null, name: string): string | null {
  const own = remote !== null && `${name}/`.toLowerCase().startsWith(`${remote.toLowerCase()}/`);
  return own ? `./${name.slice(remote.length + 1)}` : null;
}
