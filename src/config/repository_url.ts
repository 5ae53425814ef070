const HOSTS: Readonly<Record<string, string>> = {
  github: "github.com",
  gitlab: "gitlab.com",
  bitbucket: "bitbucket.org",
};

/** Forges where a repository is always `owner/repo`; whatever follows is a page of it. */
const TWO_PARTS = new Set(["github.com", "bitbucket.org", "codeberg.org"]);

/**
 * The repository that a manifest names, as `https://host/owner/repo`; `null` where the text names none. Understands addresses of the
 * web, git and ssh (`git+https://…`, `git@host:owner/repo.git`), and npm's shorthands (`owner/repo`, `gitlab:owner/repo`).
 */
export function normaliseRepository(text: string): string | null {
  const trimmed = text.trim();
  // Longer than any address.
  if (trimmed.length > 2000) return null;
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]+(?:\/[\w.-]+)+?)(?:\.git)?(?:#.*)?$/.exec(trimmed);
  if (short) return repository(HOSTS[short[1] ?? "github"]!, short[2]!);
  const remote = /^(?:[\w-]+@)([\w.-]+):(?!\/\/)(.+)$/.exec(trimmed);
  if (remote) return repository(remote[1]!, remote[2]!);
  const address = trimmed.replace(/^git\+/, "").replace(/^(?:git|ssh|http):\/\//, "https://");
  if (!/^https:\/\//.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  // The port of a git or ssh address is none of the web's.
  return repository(trimmed.startsWith("https:") ? url.host : url.hostname, url.pathname);
}

/** What addresses of repositories may end with. */
const GIT = /(?<!\.git)(?:\.git)+$/;

function repository(host: string, path: string): string | null {
  const bare = host.toLowerCase().replace(/^www\./, "");
  const parts = path.replace(/#.*$/, "").replace(/(?<!\/)\/+$/, "").replace(GIT, "").split("/").filter((
    part,
  ) => part !== "");
  // A forge of GitLab's kind puts its pages behind `/-/`.
  const end = TWO_PARTS.has(bare) ? 2 : parts.indexOf("-") < 0 ? parts.length : parts.indexOf("-");
  const own = parts.slice(0, end).map((part, i) => i === end - 1 ? part.replace(GIT, "") : part);
  const isRepository = own.length >= 2 && own.every((part) => /^(?![.-]*$)[\w.~-]+$/.test(part));
  return isRepository ? `https://${bare}/${own.join("/")}` : null;
}
