import { actionSaysPublish, handsCredential } from "../pipelines/hints.ts";
import type {
  CredentialUse,
  Ecosystem,
  Job,
  Pipeline,
  PublishInvocation,
  Setting,
  Step,
  Unseen,
} from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import { commandsOfProgram, PUBLISH_COMMANDS } from "../pipelines/publishers.ts";
import { type PublishingJob, standsAlone } from "../pipelines/publishing_jobs.ts";
import { wantsOtherOidc } from "./oidc.ts";
import type { Publishing } from "./rule.ts";

/** A job that may publish, by what cannot be read from here. */
export type Suspect = PublishingJob & Pick<Publishing, "suspected">;

/** Words of scripts that want an OIDC token for something else. */
const OTHER_OIDC = /cosign|sigstore|attest|\b(?:aws|gcloud|az|vault)\b/i;

/**
 * The jobs of GitHub in which nothing is seen to publish, and that start what may: where they can request an OIDC token for nothing else,
 * or hand it the token of a registry.
 */
export function suspectsIn(pipelines: readonly Pipeline[]): Suspect[] {
  return pipelines.filter((each) => each.vendor === "github" && standsAlone(each, pipelines))
    .flatMap((each) => within(each, each, [])).filter(({ live }) => live !== "no");
}

function within(top: Pipeline, called: Pipeline, before: readonly Job[]): Suspect[] {
  return called.jobs.flatMap((job) => {
    const chain = [...before, job];
    const steps = job.steps.filter(({ live }) => live !== "no");
    const suspects = steps.some(({ publishes }) => publishes.length > 0)
      ? []
      : steps.flatMap((step) =>
        step.unseen.filter(({ vague }) => !vague).flatMap((unseen): Suspect[] => {
          const invocation = suspected(unseen, step, job, called);
          if (!invocation) return [];
          const answers = [...chain, step].map(({ live }) => live);
          const live = answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
          const named = invocation.client !== unseen.reference && !unseen.names?.imported;
          return [{
            pipeline: top,
            called,
            chain,
            job,
            step,
            invocation,
            live,
            suspected: named ? "named" : "unnamed",
          }];
        })
      );
    return [...suspects, ...job.calls?.pipeline ? within(top, job.calls.pipeline, chain) : []];
  });
}

/** What cannot be read, as a publisher; `null` where nothing in sight would let it publish. */
function suspected(unseen: Unseen, step: Step, job: Job, called: Pipeline): PublishInvocation | null {
  const { reference, at, inScript, names } = unseen;
  const action = allSteps([step]).find(({ uses }) => uses?.at === at);
  const own = action ?? step;
  // What an action that is called so is handed is for that, whatever its name.
  const isToken = action && actionSaysPublish(reference.toLowerCase()) ? isSomeToken : handsCredential;
  const [program = ""] = names?.words.split(" ") ?? [];
  const [row] = commandsOfProgram(program);
  const read = row ? variablesFor(row.kind) : new Set<string>();
  const credentials = [
    ...unseen.credentials ?? [],
    ...tokens(own.with.values(), "input", "step", isToken),
    ...tokens(own.env.values(), "variable", "step", isToken, read),
    ...tokens(job.env.values(), "variable", "job", handsCredential, read),
    ...tokens(called.env.values(), "variable", "pipeline", handsCredential, read),
  ];
  if (credentials.length === 0 && !hasOidcForNothingElse(job)) return null;
  return {
    client: row?.client ?? reference,
    kind: row?.kind ?? kindOf(credentials),
    keyless: credentials.length > 0 ? "no" : "yes",
    packages: [],
    registry: null,
    at,
    inScript: names?.at ?? inScript ?? null,
    args: [],
    credentials,
    tolerated: false,
    directory: null,
  };
}

/** The variables in which the clients of a registry look for a token: what names one of them may run another. */
function variablesFor(kind: Ecosystem | null): ReadonlySet<string> {
  return new Set(PUBLISH_COMMANDS.flatMap((row) => row.kind === kind ? row.tokens.env : []));
}

/** The settings that hand over the token of a registry, as far as names tell; also in a variable that is `read` as one. */
function tokens(
  settings: Iterable<Setting>,
  source: "input" | "variable",
  scope: CredentialUse["scope"],
  isToken: (name: string, value: string) => boolean = handsCredential,
  read: ReadonlySet<string> = new Set(),
): CredentialUse[] {
  return [...settings].flatMap(({ name, value, at }): CredentialUse[] => {
    const secret = /(?<![\w.-])secrets\.(?!GITHUB_TOKEN\b)([\w-]+)/i.exec(value)?.[1];
    const isOne = read.has(name) || isToken(name, value) && !goesWithToken(name, secret ?? "");
    return secret !== undefined && isOne ? [{ source, name, value, holds: "token", secret, scope, at }] : [];
  });
}

/** Whether a setting is called like what goes with a token, or like one of something else than a registry. */
export function goesWithToken(name: string, secret: string): boolean {
  return NO_TOKEN.test(`${name} ${secret}`);
}

const NO_TOKEN = /user|login|mail|url|host(?!_api_key)|github|gh_|(?:^|_)pat\b|slack|discord|gpg|sign/i;

function isSomeToken(name: string): boolean {
  return /token|password|key|credential|secret|auth/i.test(name);
}

function hasOidcForNothingElse({ permissions, env, steps }: Job): boolean {
  if (permissions.allows("id-token", "write") !== "yes") return false;
  const all = allSteps(steps).filter(({ live }) => live !== "no");
  const settings = [...env.values(), ...all.flatMap((step) => [...step.env.values(), ...step.with.values()])];
  return !all.some((step) => wantsOtherOidc(step) || OTHER_OIDC.test(step.run?.value ?? "")) &&
    !settings.some(({ name, value }) => handsCredential(name, value));
}

const KINDS: readonly (readonly [RegExp, Ecosystem])[] = [
  [/npm/i, "npm"],
  [/pypi|twine/i, "pypi"],
  [/cargo|crates/i, "crates"],
  [/ruby_?gems/i, "rubygems"],
  [/nuget/i, "nuget"],
  [/maven|sonatype|ossrh/i, "maven"],
  [/hex_api/i, "hex"],
];

/** The registry that the token is called by. */
function kindOf(credentials: readonly CredentialUse[]): Ecosystem | null {
  const [token] = credentials;
  return KINDS.find(([name]) => token && name.test(`${token.name} ${token.secret}`))?.[1] ?? null;
}
