import { sorted } from "../../pipelines/arguments.ts";
import { allSteps, commandsOf, type PlacedCommand } from "../../pipelines/placed_commands.ts";
import { commandsBefore, stepsUntil } from "../before_publishing.ts";
import { publishesAt } from "../clients.ts";
import { fewOf } from "../few_places.ts";
import { meantForOidc } from "../oidc.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";
import { operatorOf } from "../runners.ts";
import type { Step } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import { sourceIn } from "../../formats/positions.ts";

/** A script from the network that runs as it comes. */
const PIPED = /\b(?:curl|wget)\b[^\n|;&]{0,500}\|\s{0,20}(?:sudo\s+)?(?:ba|z|da)?sh\b/g;

/** What only runs where a program is missing that is on every machine of GitHub's: github.com/actions/runner-images. */
const MISSING =
  /(?:\bif\s{1,9}!\s{1,9}(?:command -v|which|type|hash)\s{1,9}(?:rustup|cargo|node|npm|python3|pipx?|gh|aws|az|helm)\b[^\n]{0,80}\s{0,9}then\s{0,80}|(?:command -v|which|type|hash)\s{1,9}(?:rustup|cargo|node|npm|python3|pipx?|gh|aws|az|helm)\b[^\n|]{0,80}\|\|\s{0,9}[({]?\s{0,9})$/;
const NEAR = 200;

/** A program that is fetched when the job runs, in whatever version is there then, runs beside the token. */
export const mutableTool: Rule = {
  code: "mutable-tool",
  severity: "warning",
  phase: "publishing jobs",
  *check(subject) {
    for (const each of subject.publishing) {
      const { job, invocation } = each;
      const token = invocation.credentials.some(({ holds }) => holds === "token" || holds === "minted");
      if (!token && meantForOidc(subject, each) === "no") continue;
      const steps = allSteps(job.steps).filter(({ live }) => live !== "no");
      const before = new Set(stepsUntil(each).map(({ step }) => step));
      const all = steps.flatMap((step) => [
        ...piped(step, each, subject),
        ...latest(step, subject),
        ...before.has(step) ? installed(commandsBefore(step, each, subject.sources)) : [],
      ]);
      const found = all.find(({ script }) => script) ?? all[0];
      if (!found) continue;
      const others = all.filter((one) => one !== found);
      const named = all.flatMap(({ names }) => names);
      yield {
        severity: found.script ? "warning" : "info",
        message: `Job "${job.id}" publishes, and ${
          found.script
            ? "runs a script from the network"
            : `${found.installs ? "installs" : "runs"} the newest ${found.names.join(" and ")}`
        }`,
        at: found.at,
        label: found.script ? "whatever is there at that moment" : "whatever version is there at that moment",
        related: [
          ...fewOf(others.map(({ at, script, names }) => ({
            at,
            message: script ? "and another script" : `and the newest ${names.join(" and ")}`,
          }))),
          publishesAt(each),
        ],
        why: ["Its code runs in the job that can publish; nobody has looked at the version of the day."],
        next: [
          ...found.script
            ? ["fetch a fixed version and check its SHA-256, or do it in a job without the token"]
            : [],
          ...named.length > 0
            ? [`name a version${new Set(named).size > 1 ? " of each" : ""}: ${named[0]}@1.2.3`]
            : [],
        ],
      } satisfies Report;
    }
  },
};

interface Found {
  readonly script: boolean;
  readonly names: readonly string[];
  /** Whether it is there for the whole job. */
  readonly installs?: true;
  readonly at: Location;
}

function piped({ run }: Step, { job: { runner, container } }: Publishing, { sources }: Subject): Found[] {
  const source = run && sourceIn(sources, run.at.path);
  if (!run || !source) return [];
  const raw = source.textAt(run.at);
  const begin = run.at.start.offset - (source.text.length - source.body.length);
  const hasTools = container === null && !!runner?.labels?.length &&
    runner.labels.every((label) => operatorOf(label) === "github");
  return [...raw.matchAll(PIPED)].filter(({ index }) =>
    !raw.slice(raw.lastIndexOf("\n", index) + 1, index).trimStart().startsWith("#") &&
    !(hasTools && MISSING.test(raw.slice(Math.max(0, index - NEAR), index)))
  ).map(({ 0: { length }, index }) => ({
    script: true,
    names: [],
    at: source.span(begin + index, begin + index + length),
  }));
}

const MANAGER = /^(?:npm|pnpm|yarn|bun)$/;
/** What a package manager only looks up or says of a package. */
const ASKS = /^(?:view|info|show|v|dist-tags?|tag|deprecate|undeprecate|outdated|why|explain|diff)$/;

function latest(step: Step, { sources }: Subject): Found[] {
  return commandsOf(step, sources).flatMap(({ program, args, at }) => {
    if (MANAGER.test(program) && ASKS.test(args.find((each) => !each.startsWith("-")) ?? "")) return [];
    // npm's own documentation says so, because older ones cannot use OIDC.
    const words = args.filter((each) =>
      /^(?:@[\w.-]+\/)?[\w.-]+@(?:latest|next)$/.test(each) && !each.startsWith("npm@")
    );
    return foundIn({ script: false, names: words.map((word) => word.replace(/@[^@]*$/, "")), at });
  });
}

/** What was found, where it names anything. */
function foundIn(found: Found): Found[] {
  return found.names.length > 0 ? [found] : [];
}

/** A name without a version, a path, a file or anything that only the shell knows. */
const BARE = /^(?:@[a-z\d][\w.-]*\/)?[a-z\d][\w.-]*$/;
/** Options of `cargo install` that name a version, or another place than the registry. */
const NAMES_CRATE = /^--(?:version|vers|path|git)(?:=|$)/;
const CARGO_VALUED = [
  "--features",
  "-F",
  "--bin",
  "--root",
  "--index",
  "--registry",
  "--target",
  "--target-dir",
  "--profile",
  "--config",
  "-j",
  "--jobs",
];

/** A tool that is installed for the machine without a version. */
function installed(commands: readonly PlacedCommand[]): Found[] {
  return commands.flatMap(({ program, args, at }) => {
    const words = program === "cargo" ? crates(args) : MANAGER.test(program) ? globals(program, args) : [];
    const names = words.filter((each) => BARE.test(each) && each !== "npm" && !each.endsWith(".tgz"));
    return foundIn({ script: false, installs: true, names, at });
  });
}

function crates(args: readonly string[]): readonly string[] {
  const { words } = sorted(args.filter((word) => !word.startsWith("+")), CARGO_VALUED);
  return /^b?install$/.test(words[0] ?? "") && !args.some((word) => NAMES_CRATE.test(word))
    ? words.slice(1)
    : [];
}

function globals(program: string, args: readonly string[]): readonly string[] {
  const { words } = sorted(args, ["--registry", "--prefix", "--loglevel", "--cache"]);
  if (program === "yarn") return words[0] === "global" && words[1] === "add" ? words.slice(2) : [];
  const isGlobal = args.some((word) => /^(?:-g|--global|--location=global)$/.test(word));
  return isGlobal && /^(?:i|in|install|add)$/.test(words[0] ?? "") ? words.slice(1) : [];
}
