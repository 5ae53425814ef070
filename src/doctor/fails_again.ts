import { isForeign } from "../pipelines/destinations.ts";
import type { PublishInvocation } from "../pipelines/model.ts";
import type { PublishingJob } from "../pipelines/publishing_jobs.ts";
import { publicTarget } from "./oidc.ts";

/** What fails at a version that is there already, where nothing else is said. */
const CLIENTS = [
  ...["npm", "bun", "cargo", "twine", "uv", "poetry", "flit", "hatch", "pdm", "maturin"],
  ...["dotnet nuget", "nuget", "gem"],
  "pypa/gh-action-pypi-publish",
];

/** Whether a step that publishes fails where the version is there: its registry keeps what it has, and its client does not pass over that. */
export function failsAgain({ invocation, step }: PublishingJob): boolean {
  const lenient = invocation.tolerated ||
    invocation.args.some((word) =>
      /^--?(?:skip-existing|check-url|tolerate-republish|skip-?duplicate)\b/i.test(word)
    ) ||
    ["skip-existing", "skip_existing"].some((input) => step.with.get(input)?.value === "true");
  return !lenient && CLIENTS.includes(invocation.client) && isPublic(invocation);
}

/** Whether the registry is one that is known to keep what it has. */
function isPublic(invocation: PublishInvocation): boolean {
  const { kind, registry, registryAs } = invocation;
  if (kind !== "nuget" && kind !== "rubygems") return publicTarget(invocation) !== null;
  return registryAs === undefined && (registry === null || !isForeign(kind, registry));
}
