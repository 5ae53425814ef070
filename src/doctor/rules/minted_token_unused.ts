import { literally } from "../../formats/literally.ts";
import { sourceIn, type SourceText } from "../../formats/positions.ts";
import type { Job, Setting, Step } from "../../pipelines/model.ts";
import { MINT_ACTIONS, type MintAction } from "../../pipelines/publishers.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import type { Location } from "../../problem.ts";
import type { Fix } from "../../report/finding.ts";
import type { Report, Rule, Subject } from "../rule.ts";
import { yamlFix } from "../yaml_fix.ts";

/** A token that an action has minted does nothing by itself: a later step of the same job must take it from the action's output. */
export const mintedTokenUnused: Rule = {
  code: "minted-token-unused",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    const { pipelines, sources } = subject;
    for (const pipeline of pipelines.filter(({ vendor }) => vendor === "github")) {
      for (const job of pipeline.jobs.filter(({ live }) => live !== "no")) {
        for (const step of allSteps(job.steps)) {
          const mint = step.uses && step.live !== "no"
            ? MINT_ACTIONS[actionName(step.uses.value)]
            : undefined;
          if (mint?.output === undefined) continue;
          const minting = { job, step, mint, output: mint.output };
          const output = handedOn(minting, pipeline.text);
          if (output) yield masked(minting, output);
          const source = sourceIn(sources, step.at.path);
          if (source) yield* judged(minting, source, subject);
        }
      }
    }
  },
};

/** A step that mints, and the name of the output that has its token. */
interface Minting {
  readonly job: Job;
  readonly step: Step;
  readonly mint: MintAction;
  readonly output: string;
}

/** A place where the output of a step is read. */
interface Reading {
  readonly id: string;
  /** `null` where all of them are read. */
  readonly output: string | null;
  readonly at: Location;
}

const READING = /\bsteps(?:\.([\w-]+)|\[\s*['"]([\w-]+)['"]\s*\])(?:\.outputs\.([\w-]+))?/gi;

/** What is read in the job, or in the whole action that the step is a part of; nothing of comments. */
function readings({ job, step }: Minting, source: SourceText): Reading[] {
  const own = step.at.path === job.at.path;
  return [...source.body.matchAll(READING)].flatMap(({ 0: text, 1: id, 2: key, 3: output, index }) => {
    const at = source.span(index, index + text.length);
    const line = source.body.slice(source.body.lastIndexOf("\n", index) + 1, index);
    const outside = own &&
      (at.start.offset < job.extent.start.offset || at.end.offset > job.extent.end.offset);
    return outside || /^\s*#/.test(line) ? [] : [{ id: (id ?? key)!, output: output ?? null, at }];
  });
}

function same(one: string | null, other: string | null): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

function* judged(minting: Minting, source: SourceText, subject: Subject): Iterable<Report> {
  const { job, step, output } = minting;
  const all = readings(minting, source);
  const own = all.filter(({ id }) => same(id, step.id));
  const ids = allSteps(job.steps).map(({ id }) => id);
  const stray = all.filter((each) => same(each.output, output) && !ids.some((id) => same(id, each.id)));
  if (own.length > 0) {
    if (own.every((each) => each.output !== null && !same(each.output, output))) {
      yield misnamed(minting, own, subject);
    }
  } else if (!/\btoJSON\(\s*steps\b/i.test(source.body)) {
    yield stray.length > 0 ? mistaken(minting, stray, subject) : unused(minting);
  }
}

function unused({ job, step, mint, output }: Minting): Report {
  const token = job.steps.flatMap(({ publishes }) => publishes).filter(({ kind }) => kind === mint.kind)
    .flatMap(({ credentials }) => credentials).find(({ holds }) => holds === "token");
  return {
    severity: token ? "warning" : "error",
    message: `Job "${job.id}" mints a token with ${mint.client}, and no step of it takes it`,
    at: step.uses!.at,
    label: step.id === null ? "has no `id:`, so nothing can read its output" : "its output is read nowhere",
    related: token ? [{ at: token.at, message: "this one is used instead" }] : [],
    why: [
      token
        ? "The job publishes with the token that lives on, and the minted one is for nothing."
        : "The action leaves the token in its output and nowhere else, so that the client has none.",
    ],
    next: [
      ...step.id === null ? ["give the step an id: auth"] : [],
      `hand it on to the step that publishes: ${VARIABLES[mint.kind] ?? ""}\${{ steps.${
        step.id ?? "auth"
      }.outputs.${output} }}`,
    ],
  };
}

/** How the clients of a kind take it. */
const VARIABLES: Readonly<Record<string, string>> = { crates: "CARGO_REGISTRY_TOKEN: ", nuget: "--api-key " };

function mistaken(
  { job, step, output }: Minting,
  readings: readonly Reading[],
  subject: Subject,
): Report {
  const [{ id, at }] = readings as [Reading, ...Reading[]];
  const places = readings.map((each) => each.at);
  const others = allSteps(job.steps).some((each) =>
    each !== step && each.uses !== null && MINT_ACTIONS[actionName(each.uses.value)]?.output === output
  );
  return {
    message: `Job "${job.id}" takes its token from step "${id}", which is not there`,
    at,
    label: "an empty text",
    related: [{
      at: step.at,
      message: step.id === null ? "minted here, without an `id:`" : `minted here: \`${step.id}\``,
    }],
    why: ["What a step has put out is found by its id alone; of one that is not there it is nothing."],
    next: [
      step.id === null
        ? `give the step that mints the id ${id}`
        : `read \${{ steps.${step.id}.outputs.${output} }}`,
    ],
    fix: step.id === null || others ? null : reading(places, `steps.${step.id}.outputs.${output}`, subject),
  };
}

function misnamed(
  { job, step, mint, output }: Minting,
  readings: readonly Reading[],
  subject: Subject,
): Report {
  const [{ output: read, at }] = readings as [Reading, ...Reading[]];
  return {
    message: `Job "${job.id}" reads the output ${read} of ${mint.client}, which is called ${output}`,
    at,
    label: "an empty text",
    related: [{ at: step.at, message: "minted here" }],
    why: ["An output that is not there is an empty text, so that the client has no token."],
    next: [`read \${{ steps.${step.id}.outputs.${output} }}`],
    fix: reading(readings.map((each) => each.at), `steps.${step.id}.outputs.${output}`, subject),
  };
}

/** What the action puts out has one name, so nothing else can be meant. */
function reading(places: readonly Location[], text: string, subject: Subject): Promise<Fix | null> {
  return yamlFix(
    places[0]!,
    subject,
    { safe: true, description: `read ${text}` },
    (file) => places.reduce((edited, at) => edited.reword(at, text), file),
  );
}

/** The output of the job that has the token, where another job reads it. */
function handedOn({ job, step }: Minting, text: string): Setting | null {
  return [...job.outputs?.values() ?? []].find(({ name, value }) =>
    [...value.matchAll(READING)].some(([, id, key]) => same((id ?? key)!, step.id)) &&
    new RegExp(`\\b(?:needs|jobs)\\.${literally(job.id)}\\.outputs\\.${literally(name)}(?![\\w-])`, "i").test(
      text,
    )
  ) ?? null;
}

function masked({ job, mint, step }: Minting, output: Setting): Report {
  return {
    message: `Job "${job.id}" hands a token of ${mint.client} on to another job, which does not get it`,
    at: output.at,
    label: "GitHub leaves out outputs with a masked value",
    related: [{ at: step.at, message: "minted and masked here" }],
    why: ["The runner skips an output that may contain a secret, and the other job reads an empty text."],
    next: ["mint in the job that publishes: each job can ask for a token of its own"],
  };
}
