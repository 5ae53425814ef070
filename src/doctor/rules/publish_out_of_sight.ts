import { SourceText } from "../../formats/positions.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { publishers, type PublishingJob, standsAlone } from "../../pipelines/publishing_jobs.ts";
import type { Ecosystem, Job, Pipeline, Unseen } from "../../pipelines/model.ts";
import { plainLine } from "../../host/redact.ts";
import type { Label } from "../../report/finding.ts";
import { commandsOfProgram } from "../../pipelines/publishers.ts";
import { isEmptyHanded } from "../empty_handed.ts";
import { publishingCommand } from "../../pipelines/hints.ts";
import { listed } from "../clients.ts";
import { type Handed, remoteCall } from "../remote_calls.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** What may publish and cannot be read from here is neither right nor wrong. */
export const publishOutOfSight: Rule = {
  code: "publish-out-of-sight",
  severity: "unverified",
  phase: "trust policy (local)",
  *check({ pipelines, sources, suspected }) {
    for (const [path, text] of sources) {
      const publish = OTHER_CI.test(path) ? PUBLISHES.exec(whatRuns(text)) : null;
      if (publish) yield otherCi(path, text, publish);
    }
    const unseen = pipelines.filter((each) => standsAlone(each, pipelines)).flatMap((pipeline) =>
      unseenOf(
        pipeline,
        Map.groupBy(publishers(pipeline).filter(({ live }) => live !== "no"), ({ job }) => job),
      )
    );
    const given = (each: Handed) =>
      each.given ?? tokensOf(suspected.find(({ invocation }) => invocation.at === each.at));
    const programs = unseen.flatMap(({ names, ...each }) => names ? [{ ...each, names }] : []);
    const open = unseen.filter(({ names, family }) => !names && !family);
    const families = Map.groupBy(unseen.filter(({ family }) => family), ({ family }) => family);
    const reports = [
      ...[...Map.groupBy(programs, ({ reference }) => reference).values()].map((same) => {
        const [{ names }] = same as [NamingUnseen, ...NamingUnseen[]];
        const isSure = !names.imported && publishingCommand(names.words) !== null;
        return {
          doubt: isSure ? 0 : same.some((each) => given(each).length > 0) ? 1 : 2,
          report: inProgram(same as [NamingUnseen, ...NamingUnseen[]], given),
        };
      }),
      ...open.map((each) => ({
        doubt: given(each).length > 0 ? 1 : 2,
        report: outOfSight(each, given(each)),
      })),
      ...[...families.values()].map((calls) => ({
        doubt: 3,
        report: ofFamily(calls as [Handed, ...Handed[]]),
      })),
    ];
    // Of many, people read the first.
    yield* reports.toSorted((one, other) => one.doubt - other.doubt).map(({ report }) => report);
  },
};

function outOfSight({ reference, at, inScript }: Handed, given: readonly string[]): Report {
  return {
    message: `${reference} may publish${withTokens(given)}, and cannot be read from here`,
    at,
    label: "what does it publish, and with what?",
    related: inScript ? [{ at: inScript, message: "here" }] : [],
    ...ADVICE,
  };
}

const ADVICE = {
  why: ["Permissions and credentials are right or wrong for what it does."],
  next: [
    "look there, or let the workflow run the publish command itself",
    "where it publishes nothing, leave it as it is",
  ],
};

/** Workflows of one repository of which nothing but the token that they can request says that they publish: one question. */
function ofFamily(calls: readonly [Handed, ...Handed[]]): Report {
  const [{ reference, family, at }, ...others] = calls;
  const count = new Set(calls.map((each) => each.reference)).size;
  return {
    message: `${
      count === 1 ? reference : `${count} workflows of ${family}`
    } may publish, and cannot be read from here`,
    at,
    label: count === 1 ? "what does it publish, and with what?" : "what do they publish, and with what?",
    related: others.map((each) => ({ at: each.at, message: "can request a token too" })),
    ...ADVICE,
  };
}

/** The secrets that a job which may publish hands over for that. */
function tokensOf(suspect: Publishing | undefined): readonly string[] {
  const { credentials = [] } = suspect?.invocation ?? {};
  return [...new Set(credentials.flatMap(({ secret }) => secret ?? []))];
}

/** Nobody reads more of them. */
const FEW = 3;

function withTokens(secrets: readonly string[]): string {
  return secrets.length === 0
    ? ""
    : ` with ${listed(secrets.slice(0, FEW).map((each) => `secrets.${each}`))}`;
}

/** A program of this repository in a language that is not read. */
type NamingUnseen = Unseen & Required<Pick<Unseen, "names">>;

/** Whatever starts it, the question is the same. */
function inProgram(
  same: readonly [NamingUnseen, ...NamingUnseen[]],
  given: (each: Handed) => readonly string[],
): Report {
  const [{ reference, names }] = same;
  const extension = /\.([a-z]+)$/.exec(reference)?.[1] ?? "";
  const language = LANGUAGES.find(([extensions]) => extensions.test(extension))?.[1];
  return {
    message: `${reference} may publish: it names "${plainLine(names.words, 60)}", and ${
      language ? `keyless reads no ${language}` : "is no script that keyless reads"
    }`,
    at: names.at,
    label: "what does it publish, and with what?",
    related: distinct(same.flatMap((each) => [
      { at: each.at, message: `started here${withTokens(given(each))}` },
      ...each.inScript ? [{ at: each.inScript, message: "here" }] : [],
    ])),
    ...ADVICE,
  };
}

/** An action that several jobs use starts it in one place. */
function distinct(labels: readonly Label[]): Label[] {
  return [...new Map(labels.map((label) => [JSON.stringify(label), label])).values()];
}

const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/^[cm]?jsx?$/, "JavaScript"],
  [/^[cm]?tsx?$/, "TypeScript"],
  [/^py$/, "Python"],
  [/^rb$/, "Ruby"],
  [/^pl$/, "Perl"],
  [/^php$/, "PHP"],
];

/** CI files whose jobs are not read. */
const OTHER_CI =
  /^(?:\.travis|azure-pipelines|bitbucket-pipelines|\.?appveyor|\.drone|\.woodpecker)\.ya?ml$|^\.kokoro\/[\w.-]+\.sh$/;
const PUBLISHES =
  /\b(?:(?:npm|pnpm|yarn|lerna|cargo|uv|poetry|flit|hatch|pdm|maturin)\s{1,20}publish|twine\s{1,20}upload|semantic-release|provider:\s*(?:npm|pypi|cargo)|gem\s+push|nuget\s+push)\b/;
/** What only calls something so. */
const NAME = /^[\s-]*(?:name|displayName):/;
const COMMENT = /(?<=^|\s)#.*/;
/** Commands that publish nothing, whatever they name. */
const HARMLESS =
  /--dry-run\b|^[\s"'&;|-]*(?:\w+:\s*["']?)?echo\b|\b(?:i|install|add)\s.{0,300}semantic-release/;

/** A text without names, comments and commands that publish nothing; everything else stays at its place. */
function whatRuns(text: string): string {
  return text.replace(/[^\r\n]+/g, (line) => {
    if (NAME.test(line)) return blank(line);
    return line.replace(COMMENT, blank).split(/(?<=[&;|])/)
      .map((command) => HARMLESS.test(command) ? blank(command) : command).join("");
  });
}

function blank(text: string): string {
  return " ".repeat(text.length);
}

function otherCi(path: string, text: string, publish: RegExpExecArray): Report {
  const source = new SourceText(text, path);
  const start = publish.index - (text.length - source.body.length);
  return {
    message: `${path} publishes, and keyless does not read files of this CI`,
    at: source.span(start, start + publish[0].length),
    label: "with which credential?",
    why: ["Only GitHub, GitLab, CircleCI and Jenkins files are read, so nothing in it is checked."],
    next: ["look after it by hand, or publish from one of those"],
  };
}

/** The jobs that are seen to publish, with what they publish. */
type Seen = ReadonlyMap<Job, readonly PublishingJob[]>;

/** What is not seen of a pipeline; what says nothing of publishing only where nothing else does. */
function unseenOf(pipeline: Pipeline, seen: Seen): Handed[] {
  const all = [...seen.size > 0 ? [] : pipeline.unseen, ...unseenIn(pipeline, seen)];
  return all.every(({ vague }) => vague) ? all : all.filter(({ vague }) => !vague);
}

function unseenIn(pipeline: Pipeline, seen: Seen): Handed[] {
  return pipeline.jobs.filter((job) => job.live !== "no").flatMap((job) => {
    const steps = allSteps(job.steps).filter(({ live }) => live !== "no").flatMap(({ unseen }) => unseen);
    const published = seen.get(job);
    if (published) return eachOnce(steps).filter((each) => isOfAnother(each, published));
    return [
      ...remoteCall(job),
      ...eachOnce(steps).filter((each) => !isEmptyHanded(job, pipeline, kindNamed(each))),
      ...job.calls?.pipeline ? unseenIn(job.calls.pipeline, seen) : [],
    ];
  });
}

/** What a program publishes, by the command that it names; `null` where that says nothing. */
function kindNamed({ names }: Unseen): Ecosystem | null {
  const [program = ""] = names?.words.split(" ") ?? [];
  return commandsOfProgram(program)[0]?.kind ?? null;
}

/** What is called like a registry to which it publishes. */
const NAMED =
  /(?:publish|upload|release|deploy)(?:[-_]to)?[-_](pypi|npm|crates?|gems?|rubygems?|nuget)\b|\b(pypi|npm|crates?|gems?|rubygems?|nuget)[-_](?:publish|upload|release|deploy)/i;
const KINDS: Readonly<Record<string, Ecosystem>> = { pypi: "pypi", npm: "npm", nuget: "nuget" };

/** Whether something is called like a registry to which its job is not seen to publish. */
function isOfAnother({ reference }: Unseen, published: readonly PublishingJob[]): boolean {
  const [, behind, before] = NAMED.exec(reference) ?? [];
  const named = (behind ?? before)?.toLowerCase();
  if (named === undefined) return false;
  const kind = KINDS[named] ?? (named.startsWith("crate") ? "crates" : "rubygems");
  return published.every(({ invocation }) => invocation.kind !== null && invocation.kind !== kind);
}

/** The same program, started again by the same job, is the same question. */
function eachOnce(unseen: readonly Unseen[]): Unseen[] {
  return [...new Map(unseen.toReversed().map((each) => [each.reference, each])).values()].toReversed();
}
