import { handsCredential } from "../../pipelines/hints.ts";
import { isCheckout } from "../../pipelines/git_credentials.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import type { CredentialUse, Job, Pipeline, Step } from "../../pipelines/model.ts";
import { placeKey } from "../../problem.ts";
import { stepsUntil } from "../before_publishing.ts";
import { listed } from "../clients.ts";
import { pathHere } from "../own_repository.ts";
import type { Publishing, Report, Rule } from "../rule.ts";
import { holdsSecret } from "../secret_flow.ts";

/** What an action is taken by: a commit cannot change, a tag can be moved, a release branch is with releases, another all the time. */
type Ref = "commit" | "tag" | "release branch" | "branch";

const LABELS: Readonly<Record<Exclude<Ref, "commit">, string>> = {
  "tag": "a tag can be moved to other code",
  "release branch": "changes with every release",
  "branch": "changes with every commit there",
};

/** Whoever can move the tag or the branch of an action runs code in the job that may publish. */
export const publishActionNotPinned: Rule = {
  code: "publish-action-not-pinned",
  severity: "warning",
  phase: "publishing jobs",
  *check({ publishing, suspected, pipelines, remote }) {
    yield* calledFromBranches(pipelines, remote);
    yield* besideSuspects(suspected, remote);
    const own = publishing.filter(({ pipeline }) => pipeline.vendor === "github");
    // What several jobs use of a local action is pinned in one place.
    const said = new Set<string>();
    for (const [job, all] of Map.groupBy(own, (each) => each.job)) {
      const late = stepsWithoutToken(job, all);
      for (const { step, name, ref } of actionsOf(job)) {
        if (ref === "commit" || late.has(step)) continue;
        const place = placeKey(step.uses!.at);
        if (said.has(place)) continue;
        said.add(place);
        if (isOfGithub(name)) {
          if (ref === "branch") yield ofGithub(job, step, name);
          continue;
        }
        const here = pathHere(remote, name);
        if (here !== null) {
          yield ofThisRepository(job, step, `${name} of this repository from a ${ref}`, here);
          continue;
        }
        yield {
          severity: ref === "branch" && !ownedBy(remote, name) ? "warning" : "info",
          message: `Job "${job.id}" publishes, and runs ${name} from a ${ref}`,
          at: step.uses!.at,
          label: LABELS[ref],
          why: [
            "Whoever can move it runs code where the token is; that is how tj-actions and trivy-action handed out secrets.",
          ],
          next: [pinOf(step)],
        } satisfies Report;
      }
    }
  },
};

/** Actions in jobs that may publish: beside an OIDC token all that are from a branch, else the one that is handed the token. */
function* besideSuspects(suspected: readonly Publishing[], remote: string | null): Iterable<Report> {
  const seen = new Set<Step>();
  for (const { job, invocation: { at, keyless, credentials } } of suspected) {
    for (const { step, name, ref } of actionsOf(job)) {
      const isIt = step.uses!.at === at;
      const given = ref === "branch" ? keyless === "yes" || isIt : isIt && credentials.length > 0;
      if (
        !given || ref === "commit" || isOfGithub(name) || pathHere(remote, name) !== null || seen.has(step)
      ) {
        continue;
      }
      seen.add(step);
      const secrets = [...new Set(credentials.flatMap(({ secret }) => secret ?? []))];
      yield {
        severity: ref !== "branch" || ownedBy(remote, name) ? "info" : "warning",
        message: `Job "${job.id}" ${
          secrets.length > 0 ? `hands ${listed(secrets)} to ${name}` : `may publish, and runs ${name}`
        } from a ${ref}`,
        at: step.uses!.at,
        label: LABELS[ref],
        related: secrets.length > 0
          ? credentials.slice(0, FEW).map((token) => ({ at: token.at, message: "is handed to it" }))
          : [{ at, message: "may publish here" }],
        why: [secrets.length === 0 ? IN_ITS_NAME : ref === "tag" ? HANDED_BY_TAG : HANDED],
        next: [pinOf(step)],
      };
    }
  }
}

/** Nobody reads more places. */
const FEW = 3;

/** How its action is pinned: one that takes the toolchain from its ref is told it in another way then, and only commits of `master` stay there. */
function pinOf({ uses, with: inputs }: Step): string {
  const [name, ref] = uses!.value.split("@");
  if (name!.toLowerCase() !== "dtolnay/rust-toolchain") {
    return "pin the commit, and keep the version as a comment: `uses: owner/action@<40 digits> # v1.2.3`";
  }
  const toolchain = inputs.has("toolchain") || /^(?:master|v\d)$/.test(ref ?? "")
    ? ""
    : `, and add \`with: { toolchain: ${ref} }\``;
  return `pin a commit of its branch master: \`uses: ${name}@<40 digits> # master\`${toolchain}`;
}

const HANDED = "Whoever can push to that branch publishes in your name, or takes the token.";
const HANDED_BY_TAG = "Whoever can move that tag publishes in your name, or takes the token.";
const IN_ITS_NAME =
  "Whoever can push to that branch can request a token in the name of this workflow, and publish where a registry trusts it.";

/** What is called like a workflow that publishes packages. */
const PUBLISHER = /publish|release|pypi|crates|npm|jsr|nuget|rubygems/i;

/** Workflows of other repositories, from a branch, that may publish with what they are handed; those of the same owner where that is a registry's token. */
function* calledFromBranches(pipelines: readonly Pipeline[], remote: string | null): Iterable<Report> {
  for (const { id, calls, live, permissions } of pipelines.flatMap(({ jobs }) => jobs)) {
    if (!calls || calls.pipeline || live === "no" || calls.reference.includes("${{")) continue;
    const [name, ref = ""] = calls.reference.split("@") as [string, string?];
    if (kindOf(ref) !== "branch" || pathHere(remote, name) !== null) continue;
    const isOwn = ownedBy(remote, name);
    const handed = calls.secrets === "inherit"
      ? undefined
      : [...calls.secrets.values()].find((each) => handsCredential(each.name, each.value));
    const oidc = !isOwn && PUBLISHER.test(name.split("/").at(-1)!) ? permissions.written("id-token") : null;
    const given = handed ?? (oidc?.value === "write" ? oidc : null);
    if (!given) continue;
    yield {
      ...remote === null || isOwn ? { severity: "info" } : {},
      message: `Job "${id}" may publish, and runs ${name} from a branch`,
      at: calls.at,
      label: LABELS.branch,
      related: [{
        at: given.keyAt,
        message: handed ? "is handed to it" : "it may request an OIDC token",
      }],
      why: [handed ? HANDED : IN_ITS_NAME],
      next: ["pin the commit: `uses: owner/repo/.github/workflows/NAME.yml@<40 digits>`"],
    };
  }
}

/** Whoever can move it can change this repository anyway; but it is not the commit that was tagged. */
function ofThisRepository(job: Job, step: Step, used: string, here: string): Report {
  return {
    severity: "info",
    message: `Job "${job.id}" publishes, and runs ${used}`,
    at: step.uses!.at,
    label: "not the commit that is released",
    why: [
      "It may change between two runs for the same tag.",
    ],
    next: [
      job.steps.some(isCheckout)
        ? `name it by its path, behind the checkout: \`uses: ${here}\``
        : `check the repository out first, and name it by its path: \`uses: ${here}\``,
    ],
  };
}

/** The steps that no token comes near: those behind the last one that publishes, where each of these has its token for itself. */
function stepsWithoutToken(job: Job, publishing: readonly Publishing[]): ReadonlySet<Step> {
  const tokens = publishing.flatMap(({ invocation: { credentials } }) =>
    credentials.filter(({ holds }) => holds !== "none")
  );
  const isOwn = ({ source, scope, holds, secret }: CredentialUse) =>
    holds === "token" && source !== "file" && (scope === "step" || scope === "command") && secret !== null &&
    secret.toUpperCase() !== "GITHUB_TOKEN";
  const forThem = job.permissions.allows("id-token", "write") !== "yes" && tokens.every(isOwn) &&
    publishing.every(({ invocation: { client, credentials } }) =>
      !LEAVES.test(client) && credentials.some(({ holds }) => holds === "token")
    );
  if (!forThem) return new Set();
  const steps = allSteps(job.steps);
  const last = Math.max(...publishing.map((each) => steps.indexOf(stepsUntil(each).at(-1)!.step)));
  return new Set(
    steps.slice(last + 1).filter(({ env, with: inputs }) =>
      ![...env.values(), ...inputs.values()].some(({ value }) => holdsSecret(value))
    ),
  );
}

/** Clients that write the token into a file of the machine. */
const LEAVES = /^(?:changesets\/action|keyless)$/;

interface Used {
  readonly step: Step;
  readonly name: string;
  readonly ref: Ref;
}

/** Whether the action is of the one who owns the repository: the same people can change either. */
function ownedBy(remote: string | null, name: string): boolean {
  return remote !== null && remote.split("/")[0]!.toLowerCase() === name.split("/")[0]!.toLowerCase();
}

/** GitHub has the token anyway. */
function isOfGithub(name: string): boolean {
  return /^(?:actions|github)\//i.test(name);
}

/** Its branches hold what has not been released yet. */
function ofGithub(job: Job, step: Step, name: string): Report {
  return {
    severity: "info",
    message: `Job "${job.id}" publishes, and runs ${name} from a branch`,
    at: step.uses!.at,
    label: LABELS.branch,
    why: ["What GitHub has not released yet runs in the job that publishes, and may stop it any day."],
    next: ["name a version, or pin the commit"],
  };
}

/** The actions of a job that come from elsewhere. */
function actionsOf(job: Job): Used[] {
  return allSteps(job.steps).flatMap((step) => {
    const { uses, live } = step;
    if (!uses || live === "no" || /^(?:\.|\$|docker:)/.test(uses.value) || uses.value.includes("${{")) {
      return [];
    }
    const ref = uses.value.split("@")[1];
    if (ref === undefined) return [];
    return [{ step, name: uses.value.split("@")[0]!, ref: kindOf(ref) }];
  });
}

/** The end of a tag that names the package too, as release-please writes them: `my-action-v1.2.3`. A lone number may be that of an issue. */
const COMPONENT_TAG = /-(?:v\d{1,9}|v?\d{1,9}\.\d{1,9}(?:\.\d{1,9}(?:[.+-][\w.+-]{1,40})?)?)$/;

function kindOf(ref: string): Ref {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(ref)) return "commit";
  // `setup-v2` is a tag of a repository with several actions; PyPI's documentation takes its action from the branch `release/v1`.
  if (/^release\/v?\d+(?:[.\-_+]|$)/.test(ref)) return "release branch";
  return /^(?:[\w.]+-)?v?\d+(?:[.\-_+]|$)/.test(ref) || COMPONENT_TAG.test(ref) ? "tag" : "branch";
}
