import { type Location, placeKey } from "../../problem.ts";
import { expressionIn } from "../expression_place.ts";
import { couldUseOidc } from "../oidc.ts";
import { outsideContexts } from "../project_variables.ts";
import type { CalledWorkflow, CredentialUse, Job } from "../../pipelines/model.ts";
import type { Label } from "../../report/finding.ts";
import { type LeftOver, leftOverTokens } from "../left_over_tokens.ts";
import { type HandedToken, handedTokens } from "../remote_calls.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { type TagMover, tagMovers } from "../tag_movers.ts";
import { holdsSecret } from "../secret_flow.ts";

/** A secret of the repository is readable by a workflow on any branch; one of an environment only from the branches that it allows. */
export const tokenOutsideEnvironment: Rule = {
  code: "token-outside-environment",
  severity: "info",
  phase: "credentials",
  *check(subject) {
    yield* outsideContexts(subject);
    const left = leftOverTokens(subject);
    const movers = tagMovers(subject);
    const called = calledTokens(subject);
    const others = [...[...left, ...called].map(withPlace), ...movers];
    const bySecret = placesBySecret([...subject.publishing, ...subject.suspected]);
    for (const [secret, places] of bySecret) {
      const [{ publishing: { job }, token }] = places;
      yield {
        message:
          `The secret ${secret} is open to a workflow on any branch, because job "${job.id}" has no environment`,
        at: token.secretAt ?? placeOf(token, subject.sources),
        label: "a secret of the repository or the organisation",
        related: [
          { at: job.at, message: "has no `environment:`" },
          ...token.secretAt ? [{ at: token.at, message: "is given it" }] : [],
          ...elsewhere(places, others.filter((each) => each.secret === secret)),
        ],
        why: [WHY],
        next: nextFor(places[0]),
      } satisfies Report;
    }
    for (const [secret, places] of Map.groupBy(left, (each) => each.secret)) {
      if (!bySecret.has(secret)) yield ofJobThatPublishesNothing(secret, places[0]!);
    }
    for (const [secret, places] of Map.groupBy(called, (each) => each.secret)) {
      if (!bySecret.has(secret) && left.every((each) => each.secret !== secret)) yield ofCall(places[0]!);
    }
    for (const [secret, places] of Map.groupBy(movers, (each) => each.secret)) {
      if (!bySecret.has(secret)) yield ofTagMover(places[0]!);
    }
  },
};

/** What to do; what nobody can read from here may be for another registry, or take tokens alone. */
function nextFor({ publishing: { invocation, suspected } }: Place): string[] {
  if (!couldUseOidc(invocation)) return [KEEP];
  if (suspected !== "unnamed") return ["publish with OIDC, and revoke the token", `or ${KEEP}`];
  return invocation.kind === null ? [KEEP] : [KEEP, "or publish with OIDC, where what is given it can"];
}

function ofJobThatPublishesNothing(secret: string, { job, setting, isUsed, publishers }: LeftOver): Report {
  const oidc = publishers.every(({ invocation }) => invocation.keyless === "yes");
  const [{ job: publisher, invocation }] = publishers;
  return {
    confidence: "likely",
    message:
      `The secret ${secret} is open to a workflow on any branch, because job "${job.id}" has no environment`,
    at: setting.at,
    label: "a secret of the repository or the organisation",
    related: [
      { at: job.at, message: "has no `environment:`, and is not seen to publish" },
      { at: invocation.at, message: `job "${publisher.id}" publishes${oidc ? " with OIDC" : ""}` },
    ],
    why: [WHY],
    next: [
      ...isUsed ? [] : [`delete ${setting.name} here, where nothing is seen to need it`],
      oidc ? "revoke the token where nothing else needs it: publishing is by OIDC" : KEEP,
    ],
  };
}

/** A token of a job that calls a workflow of another repository. */
type CalledToken = HandedToken & { readonly job: Job; readonly calls: CalledWorkflow };

function calledTokens({ pipelines }: Subject): readonly CalledToken[] {
  return pipelines.filter(({ vendor }) => vendor === "github").flatMap(({ jobs }) =>
    jobs.flatMap((job) => {
      const { calls, live } = job;
      return calls && live !== "no" ? handedTokens(calls).map((each) => ({ ...each, job, calls })) : [];
    })
  );
}

function withPlace({ job, secret, setting: { at } }: Pick<CalledToken, "job" | "secret" | "setting">) {
  return { job, secret, at };
}

/** What a caller hands over is never a secret of an environment; the called job can have one of its own. */
function ofCall({ job, secret, setting, calls }: CalledToken): Report {
  return {
    message:
      `The secret ${secret} is open to a workflow on any branch, because job "${job.id}" can have no environment`,
    at: setting.at,
    label: "a secret of the repository or the organisation",
    related: [{ at: calls.at, message: "a job that calls a workflow takes no `environment:`" }],
    why: [WHY],
    next: [
      "keep it as a secret of an environment that only your release branches or tags may use, and that the job of the called workflow names",
      "or publish in a job of this workflow, which can name one",
    ],
  };
}

function ofTagMover({ job, secret, at, moves }: TagMover): Report {
  return {
    message:
      `The secret ${secret} is open to a workflow on any branch, because job "${job.id}" has no environment`,
    at,
    label: "a secret of the repository or the organisation",
    related: [
      { at: job.at, message: "has no `environment:`" },
      { at: moves, message: "moves a dist-tag with it" },
    ],
    why: [WHY],
    next: [KEEP],
  };
}

const KEEP = "keep it as a secret of an environment that only your release branches or tags may use";
const WHY =
  "Whoever can push a branch can add a workflow that reads it; in 2025 GhostAction and Shai-Hulud took thousands that way.";

/** A token that a job without an environment publishes with, or may. */
interface Place {
  readonly publishing: Publishing;
  readonly token: CredentialUse;
}

/** Every secret of a token, with the jobs that publish with it, each once. */
function placesBySecret(all: readonly Publishing[]): ReadonlyMap<string, readonly [Place, ...Place[]]> {
  const found = new Map<string, [Place, ...Place[]]>();
  for (const publishing of all) {
    const { pipeline, job, invocation, suspected } = publishing;
    if (pipeline.vendor !== "github" || job.environment) continue;
    const tokens = invocation.credentials.filter((each) =>
      each.holds === "token" && secretsOf(each).length > 0
    );
    // What is known to publish takes the first that it finds, of each registry; anything else may be there for each of them.
    const used = suspected || invocation.kind === null ? tokens : tokens.slice(0, 1);
    for (
      const [token, secret] of used.flatMap((each) => secretsOf(each).map((name) => [each, name] as const))
    ) {
      const place = { publishing, token };
      const known = found.get(secret);
      if (!known) found.set(secret, [place]);
      // A called workflow is read again for each of its callers.
      else if (!known.some((each) => placeKey(each.publishing.job.at) === placeKey(job.at))) {
        known.push(place);
      }
    }
  }
  return found;
}

/** Where a token is given: in a command the expression alone. */
function placeOf(token: CredentialUse, sources: ReadonlyMap<string, string>): Location {
  const inCommand = token.source === "option" || token.source === "file";
  return (inCommand ? expressionIn(token, sources) : null) ?? token.at;
}

/** The secrets that a token may be, but GitHub's own: `${{ A && secrets.B || secrets.C }}` is either. */
function secretsOf({ value, secret }: CredentialUse): string[] {
  const named = [...value.matchAll(/\bsecrets(?:\.([\w-]+)|\[\s*'([\w-]+)'\s*\])/gi)]
    .map(([, plain, quoted]) => plain ?? quoted!).filter((name) => holdsSecret(value, name));
  return [...new Set(named.length > 0 || secret === null ? named : [secret])]
    .filter((name) => name.toUpperCase() !== "GITHUB_TOKEN");
}

/** Other jobs are listed so many. */
const FEW = 3;

function elsewhere(
  [, ...others]: readonly Place[],
  left: readonly Pick<TagMover, "job" | "at">[],
): Label[] {
  return [...others.map(({ publishing: { job }, token }) => ({ job, at: token.at })), ...left].slice(0, FEW)
    .map(({ job, at }) => ({ at, message: `open in job "${job.id}" too` }));
}
