import { holdsSecret } from "../../host/secret_names.ts";
import { sourceIn } from "../../formats/positions.ts";
import type { Job, Step } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { scriptOf } from "../../pipelines/script.ts";
import type { Location } from "../../problem.ts";
import { publishesAt } from "../clients.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

const GAP = String.raw`[ \t]{1,20}`;
/** Programs that fetch a secret, or have one made; and any that logs in with one that is stored here, for another. */
const FETCHES = [
  String
    .raw`aws\b[^\n|;&)]{0,200}[ \t](?:codeartifact${GAP}get-authorization-token|secretsmanager${GAP}get-secret-value|ssm${GAP}get-parameters?${GAP}[^\n|;&]{0,200}--with-decryption|ecr(?:-public)?${GAP}get-login-password)`,
  String.raw`gcloud${GAP}(?:auth${GAP}print-(?:access|identity)-token|secrets${GAP}versions${GAP}access)`,
  String.raw`az${GAP}(?:keyvault${GAP}secret${GAP}show|account${GAP}get-access-token)`,
  String
    .raw`(?:vault${GAP}(?:kv${GAP}get|read)|op${GAP}read|(?:doppler|infisical)${GAP}secrets${GAP}get|chamber${GAP}read|bw${GAP}get)`,
  String
    .raw`(?!(?:echo|printf|cat)\b)[\w@./-]{1,80}(?:[ \t][^\n|;&)$]{0,200})?[ \t]--[\w-]{0,20}(?:token|key|secret|password)(?:=|${GAP})["']?\$\{\{[ \t]{0,9}secrets\.`,
].join("|");
/** A variable that is given what such a program says. What stands in single quotes the shell leaves as it is. */
const FETCHED = new RegExp(
  String.raw`(?<![\w$.'-])([A-Za-z_]\w{0,80})=["']?(?:\$\(|\x60)[ \t]{0,9}(?:${FETCHES})\b`,
  "g",
);
/** Nobody fetches more of them in one script. */
const MOST = 20;

/** The runner prints a step's variables at the head of its log, and stars only what it knows to be secret. */
export const fetchedTokenUnmasked: Rule = {
  code: "fetched-token-unmasked",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    const jobs = new Set<Job>();
    for (const each of [...subject.publishing, ...subject.suspected]) {
      if (each.pipeline.vendor !== "github" || jobs.has(each.job)) continue;
      jobs.add(each.job);
      yield* leftIn(each, subject);
    }
  },
};

function* leftIn(each: Publishing, subject: Subject): Iterable<Report> {
  const steps = allSteps(each.job.steps).filter(({ live, run, uses }) => live !== "no" && (run || uses));
  for (const [index, step] of steps.entries()) {
    // Whoever masks anything has thought of it.
    if (step.run?.value.includes("add-mask")) return;
    const next = steps[index + 1];
    const left = next && leftBy(step, subject);
    if (left) yield reportOf(each, left, next);
  }
}

interface Left {
  readonly name: string;
  readonly at: Location;
}

/** The first variable with a fetched secret that a script leaves for later steps. */
function leftBy({ run }: Step, { sources }: Subject): Left | null {
  const source = run?.value.includes("GITHUB_ENV") && sourceIn(sources, run.at.path);
  if (!source) return null;
  // Commands that go on in the next line are one command.
  const script = run!.value.replace(/\\\r?\n/g, (end) => " ".repeat(end.length));
  for (const { 1: variable, index } of script.matchAll(FETCHED).take(MOST)) {
    const start = script.lastIndexOf("\n", index) + 1;
    const before = script.slice(start, index);
    if (/(?:^|\s)#/.test(before)) continue;
    const found = goesOn(script, index)
      ? { name: variable!, index }
      : /^\s*(?:export\s{1,9})?$/.test(before)
      ? handedOn(script, variable!)
      : null;
    if (!found || !holdsSecret(found.name)) continue;
    return {
      name: found.name,
      at: scriptOf(source, run!).placeOf(found.index, found.index + found.name.length),
    };
  }
  return null;
}

/** Whether the line around a place writes into the file of variables. */
function goesOn(script: string, index: number): boolean {
  const end = script.indexOf("\n", index);
  return /(?:>|\btee\b)[^\n>]{0,40}\bGITHUB_ENV\b/.test(script.slice(index, end < 0 ? undefined : end));
}

/** Where a variable of the shell is written there. */
function handedOn(script: string, variable: string) {
  const places = script.matchAll(
    new RegExp(String.raw`(?<![\w$.'-])([A-Za-z_]\w{0,80})=["']?\$(?:${variable}\b|\{${variable}\})`, "g"),
  );
  const place = places.take(MOST).find(({ index }) => goesOn(script, index));
  return place ? { name: place[1]!, index: place.index } : null;
}

function reportOf(each: Publishing, { name, at }: Left, next: Step): Report {
  return {
    message:
      `${name} is fetched, and GitHub prints it in the log of every later step of job "${each.job.id}"`,
    at,
    label: "nothing masks it",
    related: [
      { at: next.at, message: "printed at the head of this step's log" },
      ...each.suspected ? [] : [publishesAt(each)],
    ],
    why: [
      "The runner lists the variables of a step in its log, and stars what it knows to be secret: what is stored at GitHub, and what `::add-mask::` has named.",
      "Of a public repository everybody can read the log.",
    ],
    next: [
      'mask it before: fetch it into a variable of the shell, then echo "::add-mask::$VARIABLE"',
      "or fetch it in the step that needs it, and leave $GITHUB_ENV alone",
    ],
  };
}
