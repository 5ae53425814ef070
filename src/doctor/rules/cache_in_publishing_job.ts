import { subset, validRange } from "../../formats/version_range.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Step } from "../../pipelines/model.ts";
import { actionVersion } from "../action_version.ts";
import { publishesAt } from "../clients.ts";
import { stepsUntil } from "../before_publishing.ts";
import { meantForOidc } from "../oidc.ts";
import { isAtGithub, isRetired } from "../retired_actions.ts";
import { operatorOf } from "../runners.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** How an action restores a cache: always, unless an input says no, or when an input asks for it; and the releases in which it does so without one, or so but for releases. */
type Caching =
  | "always"
  | { readonly unless: string; readonly since?: string }
  | { readonly when: string; readonly byItself?: string; readonly inOthers?: string };

const CACHES: Readonly<Record<string, Caching>> = {
  "actions/cache": "always",
  "actions/cache/restore": "always",
  "swatinem/rust-cache": "always",
  "leafwing-studios/cargo-cache": "always",
  "mozilla-actions/sccache-action": "always",
  "actions/setup-node": { when: "cache" },
  "actions/setup-python": { when: "cache" },
  "actions/setup-java": { when: "cache" },
  // Older ones do only when asked to (action.yml of v3).
  "actions/setup-go": { unless: "cache", since: ">=4.0.0" },
  "actions/setup-dotnet": { when: "cache" },
  "ruby/setup-ruby": { when: "bundler-cache" },
  // `auto` restores on GitHub's machines; after 9.0.0 not for tags and releases, nor behind other runs (src/utils/inputs.ts).
  "astral-sh/setup-uv": { when: "enable-cache", byItself: ">=5.0.0 <9.0.1", inOthers: ">=9.0.0" },
  "actions-rust-lang/setup-rust-toolchain": { unless: "cache" },
  "gradle/actions/setup-gradle": { unless: "cache-disabled" },
  "denoland/setup-deno": { when: "cache" },
  "pdm-project/setup-pdm": { when: "cache" },
  "pnpm/action-setup": { when: "cache" },
  "pnpm/setup": { when: "cache" },
  "moonrepo/setup-rust": { unless: "cache" },
  "jdx/mise-action": { unless: "cache" },
  "oxc-project/setup-rust": { unless: "restore-cache" },
  "voidzero-dev/setup-vp": { when: "cache" },
  "bahmutov/npm-install": "always",
};

/** A cache is writable by less trusted runs; what a publishing job restores from it may be somebody else's. */
export const cacheInPublishingJob: Rule = {
  code: "cache-in-publishing-job",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    for (const each of [...subject.publishing, ...subject.suspected]) {
      const { job, invocation, pipeline } = each;
      // GitHub's own token is in every job.
      const token = invocation.credentials.some(({ holds, secret }) =>
        (holds === "token" && secret?.toUpperCase() !== "GITHUB_TOKEN") || holds === "minted"
      );
      const oidc = meantForOidc(subject, each) !== "no";
      if (pipeline.vendor !== "github" || (!token && !oidc) || isOff(each)) continue;
      // An OIDC token can be asked for by every step, one of another kind is in the steps that are given it.
      const steps = oidc ? allSteps(job.steps) : stepsUntil(each).map((before) => before.step);
      const step = steps.find((one) =>
        one.live !== "no" && restores(one, each, subject) && !stops(one, subject)
      );
      if (!step) continue;
      yield {
        message: `Job "${job.id}" ${each.suspected ? "may publish" : "publishes"}, and restores a cache`,
        at: step.uses!.at,
        label: "restores files that other runs have written",
        related: [each.suspected ? { at: invocation.at, message: "may publish here" } : publishesAt(each)],
        why: [
          "What runs on the default branch can leave something in the cache, a test or a dependency as well; here it runs beside the token.",
        ],
        next: [
          "build in another job without the token, hand the files over as an artifact, and publish them here",
          "or do without the cache in this job",
        ],
      } satisfies Report;
    }
  },
};

/** GitHub's own switch: without the service there is nothing to restore. */
function isOff({ job, called }: Publishing): boolean {
  const mode = job.env.get("ACTIONS_CACHE_MODE") ?? called.env.get("ACTIONS_CACHE_MODE");
  return mode?.value === "none";
}

/** Whether it ends the job instead, at its beginning. */
function stops({ uses }: Step, { sources, remotes }: Subject): boolean {
  return isAtGithub(remotes) !== false && isRetired(uses!, sources);
}

function restores({ uses, with: inputs }: Step, each: Publishing, { sources }: Subject): boolean {
  const name = uses ? actionName(uses.value) : "";
  const caching = Object.hasOwn(CACHES, name) ? CACHES[name]! : null;
  if (caching === null || caching === "always") {
    return caching === "always" && inputs.get("lookup-only")?.value !== "true";
  }
  const isOf = (releases: string) => {
    const range = validRange(actionVersion(uses!, sources));
    return range !== null && subset(range, releases);
  };
  if ("when" in caching) {
    const value = inputs.get(caching.when)?.value ?? "";
    const isLeft = caching.byItself !== undefined && (value === "" || value === "auto");
    // setup-uv may save one all the same.
    if ((inputs.get("restore-cache")?.value ?? "true") !== "true") return false;
    return isLeft
      ? (isOf(caching.byItself!) || isOf(caching.inOthers!) && publishesOtherwise(each)) &&
        each.job.runner?.labels?.every((label) => operatorOf(label) === "github") === true
      : value !== "" && value !== "false" && !value.includes("${{");
  }
  const off = caching.unless === "cache-disabled" ? "true" : "false";
  const value = inputs.get(caching.unless)?.value ?? "";
  if (value === "" && caching.since !== undefined && !isOf(caching.since)) return false;
  return value !== off && !value.includes("${{");
}

/** Whether all its runs that publish are of pushes to branches, started by hand or by the clock. */
function publishesOtherwise({ starts }: Publishing): boolean {
  const publishing = starts.filter(({ publishes }) => publishes !== "no");
  return publishing.length > 0 &&
    publishing.every(({ trigger: { event }, ref }) =>
      event === "workflow_dispatch" || event === "schedule" || event === "push" && ref === "branch"
    );
}
