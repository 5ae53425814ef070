import type { Ecosystem, Job, Setting, Step } from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import { placeKey } from "../problem.ts";
import type { Publishing, Subject } from "./rule.ts";
import { holdsSecret } from "./secret_flow.ts";
import { isRead } from "./variables.ts";

/** A token to upload with, in a job that is not seen to publish anything. */
export interface LeftOver {
  readonly job: Job;
  readonly secret: string;
  readonly setting: Setting;
  /** Whether a script of the job reads it. */
  readonly isUsed: boolean;
  /** The jobs that publish to the registry that it is for. */
  readonly publishers: readonly [Publishing, ...Publishing[]];
}

/** What people call tokens of registries from which nobody has to read with one. */
const TOKENS: readonly (readonly [Ecosystem, RegExp])[] = [
  ["crates", /cargo_registry_token|crates_?io|crates?_(?:api_)?token/i],
  ["pypi", /(?:pypi|twine)\w{0,60}(?:token|pass|key|secret)/i],
  ["rubygems", /(?:ruby_?gems|gem_host)\w{0,60}(?:token|key|secret)/i],
];
/** Commands that take a token, and publish nothing. */
const MANAGES = /\b(?:yank|owner|login|whoami)\b/;

/** The tokens of registries to which something is seen to publish, in jobs that are not seen to, and have no environment. */
export function leftOverTokens({ pipelines, publishing, suspected }: Subject): readonly LeftOver[] {
  const busy = new Set([...publishing, ...suspected].map(({ job }) => placeKey(job.at)));
  return pipelines.filter(({ vendor }) => vendor === "github").flatMap(({ jobs }) =>
    jobs.filter((job) => job.live !== "no" && !job.environment && !busy.has(placeKey(job.at))).flatMap(
      (job) => {
        const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
        if (steps.some(({ run, unseen }) => unseen.length > 0 || MANAGES.test(run?.value ?? ""))) return [];
        return [job.env, ...steps.map(({ env }) => env)].flatMap((env) =>
          [...env.values()].flatMap((setting) => leftOver(job, steps, setting, publishing))
        );
      },
    )
  );
}

function leftOver(
  job: Job,
  steps: readonly Step[],
  setting: Setting,
  publishing: readonly Publishing[],
): LeftOver[] {
  const { name, value } = setting;
  const secret = /\bsecrets\.([\w-]+)/i.exec(value)?.[1];
  if (secret === undefined || !holdsSecret(value, secret)) return [];
  const kind = TOKENS.find(([, named]) => named.test(name) || named.test(secret))?.[0];
  const [first, ...others] = publishing.filter(({ pipeline, invocation }) =>
    pipeline.vendor === "github" && invocation.kind === kind
  );
  if (kind === undefined || !first) return [];
  const isUsed = steps.some(({ run }) => isRead(name, new Map([["", run?.value ?? ""]])));
  return [{ job, secret, setting, isUsed, publishers: [first, ...others] }];
}
