import { sourceIn } from "../formats/positions.ts";
import { MOVES_TAG } from "../pipelines/hints.ts";
import type { Job, Step } from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import { type Location, placeKey } from "../problem.ts";
import type { Subject } from "./rule.ts";
import { holdsSecret } from "./secret_flow.ts";

/** A job that publishes nothing, and is given a token of npm with which it says what a tag means. */
export interface TagMover {
  readonly job: Job;
  readonly secret: string;
  /** Where the secret stands. */
  readonly at: Location;
  /** The command. */
  readonly moves: Location;
}

/** The jobs of GitHub without an environment that move a dist-tag with a stored token: what `latest` is, everybody installs. */
export function tagMovers({ pipelines, publishing, sources }: Subject): readonly TagMover[] {
  const busy = new Set(publishing.map(({ job }) => placeKey(job.at)));
  return pipelines.filter(({ vendor }) => vendor === "github").flatMap(({ jobs, env }) =>
    jobs.filter((job) => job.live !== "no" && !job.environment && !busy.has(placeKey(job.at))).flatMap(
      (job) => {
        const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
        const step = steps.find(({ run }) => run && MOVES_TAG.test(run.value));
        const moves = step && placeOf(step, MOVES_TAG, sources);
        if (!moves) return [];
        const settings = [...step.env.values(), ...job.env.values(), ...env.values()];
        const tokens = settings.filter(({ name, value }) => TOKEN.test(name) && holdsSecret(value));
        const given = tokens.flatMap(({ value, at }): Omit<TagMover, "job" | "moves">[] => {
          const secret = /\bsecrets\.([\w-]+)/i.exec(value)?.[1];
          return secret === undefined ? [] : [{ secret, at }];
        });
        const written = steps.flatMap((each): Omit<TagMover, "job" | "moves">[] => {
          const secret = WRITTEN.exec(each.run?.value ?? "")?.[1];
          const at = secret === undefined ? null : placeOf(each, WRITTEN, sources);
          return secret === undefined || at === null ? [] : [{ secret, at }];
        });
        return [...given, ...written].filter(({ secret }) => secret.toUpperCase() !== "GITHUB_TOKEN")
          .map((token) => ({ job, moves, ...token }));
      },
    )
  );
}

/** What npm and people call its token. */
const TOKEN = /^(?:NODE_AUTH_TOKEN|(?:p?npm_config_|YARN_NPM_).{0,60}auth.{0,20}|NPM_\w{0,60}TOKEN)$/i;
/** A secret that a script puts into the line of an `.npmrc`. */
const WRITTEN = /_auth(?:Token)?["']?[ =]["']?\$\{\{\s{0,9}secrets\.([\w-]{1,200})\s{0,9}\}\}/i;

/** Where a script has what a pattern looks for. */
function placeOf({ run }: Step, pattern: RegExp, sources: ReadonlyMap<string, string>): Location | null {
  const source = run && sourceIn(sources, run.at.path);
  const found = source && pattern.exec(source.textAt(run.at));
  if (!source || !found) return null;
  const start = run.at.start.offset - (source.text.length - source.body.length) + found.index;
  return source.span(start, start + found[0].length);
}
