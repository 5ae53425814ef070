import { normaliseRepository } from "../config/repository_url.ts";
import type { Subject } from "./rule.ts";

/** Forges that anybody uses, or on which a repository is often only a copy. */
const PUBLIC =
  /(?:^|\.)(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|gitea\.com|gitee\.com|sr\.ht|azure\.com|visualstudio\.com|sourceforge\.net)(?:$|[.:-])/;
/** Names that only a machine's own settings explain, and addresses of no name. */
const UNNAMED = /^[^.]*$|^[\d.:[\]]+$|\.(?:local|localhost|internal|test|invalid)(?::\d+)?$/;

/** The host of the server that all of a repository's remotes are on, and its packages' manifests name; `null` where any is public, or unclear. */
export function ownServer({ remotes, project }: Pick<Subject, "remotes" | "project">): string | null {
  const named = project.packages.flatMap(({ repositoryUrl }) => repositoryUrl ?? []);
  const hosts = new Set([...remotes, ...named].map((address) => {
    const repository = normaliseRepository(address);
    return repository === null ? "" : new URL(repository).hostname;
  }));
  const [host] = hosts;
  return remotes.length > 0 && hosts.size === 1 && !PUBLIC.test(host!) && !UNNAMED.test(host!) ? host! : null;
}
