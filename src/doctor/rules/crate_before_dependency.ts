import type { Package } from "../../config/project.ts";
import { get, type Located, textOf } from "../../formats/located.ts";
import { asksBefore } from "../../pipelines/asking.ts";
import { jobsBefore, stepsUntil } from "../before_publishing.ts";
import { crateDependencies, type CrateDependency, editsManifests } from "../crate_dependencies.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** A crate that names the very version of its neighbour which the same workflow publishes later can be packed by nobody before. */
export const crateBeforeDependency: Rule = {
  code: "crate-before-dependency",
  severity: "error",
  confidence: "likely",
  phase: "packages",
  *check(subject) {
    const crates = subject.project.packages.filter(({ kind }) => kind === "crates");
    for (const pkg of crates) {
      for (const dependency of crateDependencies(pkg, subject.manifests)) {
        const other = crates.find(({ name }) => name === dependency.name && name !== pkg.name);
        const requirement = other && currentOnly(dependency, other);
        if (!other || !requirement) continue;
        for (const one of Map.groupBy(subject.publishing, ({ called }) => called.path).values()) {
          const report = inWorkflow(one, pkg, other, requirement, subject);
          if (report) yield report;
        }
      }
    }
  },
};

/** What a crate wants of another one, where no version before the present one will do. */
function currentOnly({ meant }: CrateDependency, { version }: Package): Located<string> | null {
  const requirement = textOf(meant, "version");
  if (!requirement || get(meant, "path") === undefined || version === null) return null;
  const lowest = /^\s*(?:=|\^|~|>=)?\s*(\d+\.\d+\.\d+(?:-[\w.-]+)?)\s*$/.exec(requirement.value)?.[1];
  return lowest === version ? requirement : null;
}

function inWorkflow(
  publishing: readonly Publishing[],
  pkg: Package,
  other: Package,
  requirement: Located<string>,
  { project }: Subject,
): Report | null {
  const cargo = publishing.filter((each) => each.invocation.client === "cargo");
  const leg = cargo.find((each) => legs(each).includes(pkg.name) && legs(each).includes(other.name));
  if (leg && isPlain(leg)) return besideInMatrix(leg, pkg, other, requirement);
  const alone = (wanted: Package) =>
    cargo.filter((each) =>
      !isOfSeveral(each) && publishesPackage(each.invocation, wanted, project) === "yes"
    );
  const [[first, ...more], [second, ...others]] = [alone(pkg), alone(other)];
  if (!first || !second || more.length > 0 || others.length > 0) return null;
  if (!isPlain(first) || !isPlain(second) || !isSameRelease(first, second)) return null;
  const order = isSamePlace(first, second) ? roundsOf(cargo, first, second) : orderOf(first, second);
  if (order === "after") return null;
  return order === "before"
    ? tooEarly(first, second, pkg, other, requirement)
    : beside(first, second, pkg, other, requirement);
}

/** What a step publishes in the legs of a matrix. */
function legs({ job, invocation: { args } }: Publishing): readonly string[] {
  const named = args.find((word, index) => ["-p", "--package"].includes(args[index - 1] ?? "") && word);
  return job.legsSideBySide === "yes" && named !== undefined ? job.byMatrix?.(named) ?? [] : [];
}

/** Whether a command names several crates, all of them, or one that its step does not tell. */
function isOfSeveral({ invocation: { args, packages } }: Publishing): boolean {
  return packages.length > 1 || args.some((word, index) =>
    /^--(?:workspace|all|exclude)(?:=|$)/.test(word) ||
    NAMING.test(word.includes("=") ? word : `${args[index - 1]}=`) && /[$\ue000]/.test(word)
  );
}

const NAMING = /^(?:-p|--package|--manifest-path)=/;

/** Whether a command runs whenever its job does, fails where cargo does, and finds the manifests as they are. */
function isPlain(each: Publishing): boolean {
  const { job, step, invocation } = each;
  return !invocation.tolerated && invocation.inScript === null && step.condition === null &&
    step.inner.length === 0 && !asksBefore(each) && !editsManifests(each) && job.continueOnError === null &&
    !stepsUntil(each).some(({ step: { run } }) => run !== null && BUMPS.test(run.value));
}

/** What may write other versions. */
const BUMPS =
  /\bset-version\b|\bcargo[ -](?:release|workspaces|ws|smart-release)\b|\bbump|\bversion\b.*\.(?:sh|py|[cm]?js|ts)\b/i;

function isSameRelease(one: Publishing, other: Publishing): boolean {
  return one.pipeline === other.pipeline && one.called === other.called &&
    one.invocation.registry === other.invocation.registry &&
    one.job.condition?.value === other.job.condition?.value;
}

function orderOf(one: Publishing, other: Publishing): "before" | "after" | "beside" {
  if (one.job === other.job) {
    const [first, second] = [one, other].map(({ job, step }) => job.steps.indexOf(step)) as [number, number];
    const isBefore = first === second
      ? one.invocation.at.start.offset < other.invocation.at.start.offset
      : first < second;
    return isBefore ? "before" : "after";
  }
  // What other vendors' jobs wait for is not all in `needs`.
  if (one.pipeline.vendor !== "github") return "after";
  if (jobsBefore(other).includes(one.job)) return "before";
  return jobsBefore(one).includes(other.job) ? "after" : "beside";
}

/** Whether both are one command, in two rounds of a loop. */
function isSamePlace(one: Publishing, other: Publishing): boolean {
  return one.step === other.step && one.invocation.at.start.offset === other.invocation.at.start.offset;
}

/** The rounds of a loop stand in their order. */
function roundsOf(all: readonly Publishing[], one: Publishing, other: Publishing): "before" | "after" {
  return all.indexOf(one) < all.indexOf(other) ? "before" : "after";
}

const PACKS = "cargo takes dependencies from the registry when it packs a crate, with `--no-verify` too";
const ORDERED = "or let cargo find the order (1.90 or newer): `cargo publish --workspace`";

function tooEarly(
  first: Publishing,
  second: Publishing,
  pkg: Package,
  other: Package,
  requirement: Located<string>,
): Report {
  return {
    message: `${pkg.name} is published before ${other.name}, which it depends on`,
    at: first.invocation.at,
    label: isSamePlace(first, second) ? `${pkg.name} in an earlier round than ${other.name}` : "too early",
    related: [
      ...isSamePlace(first, second) ? [] : [{ at: second.invocation.at, message: `publishes ${other.name}` }],
      { at: requirement.at, message: `only ${other.version} will do, the version that comes later` },
    ],
    package: pkg.name,
    why: [
      `${PACKS}, and stops where it finds none. If ${other.name} ${other.version} is there already, the later command fails.`,
    ],
    next: [`publish ${other.name} first`, ORDERED],
  };
}

function beside(
  first: Publishing,
  second: Publishing,
  pkg: Package,
  other: Package,
  requirement: Located<string>,
): Report {
  return {
    severity: "warning",
    message: `${pkg.name} is published beside ${other.name}, which it depends on`,
    at: first.invocation.at,
    label: "may be too early",
    related: [
      { at: second.invocation.at, message: `publishes ${other.name}, at the same time` },
      { at: requirement.at, message: `only ${other.version} will do` },
    ],
    package: pkg.name,
    why: [`${PACKS}, and stops where it finds none; which job is first is chance.`],
    next: [`let job "${first.job.id}" wait: \`needs: ${second.job.id}\``],
  };
}

function besideInMatrix(
  { job, invocation }: Publishing,
  pkg: Package,
  other: Package,
  requirement: Located<string>,
): Report {
  return {
    severity: "warning",
    message: `The matrix of job "${job.id}" publishes ${pkg.name} beside ${other.name}, which it depends on`,
    at: invocation.at,
    label: "in several jobs at the same time",
    related: [{ at: requirement.at, message: `only ${other.version} will do` }],
    package: pkg.name,
    why: [`${PACKS}, and stops where it finds none; which job is first is chance.`],
    next: [
      "publish the crates one after the other in one job, each behind those that it depends on",
      ORDERED,
    ],
  };
}
