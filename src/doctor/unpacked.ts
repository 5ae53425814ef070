import type { Setting, Settings, Step } from "../pipelines/model.ts";
import { commandsOf } from "../pipelines/placed_commands.ts";
import { actionName } from "../pipelines/publishing.ts";
import {
  type Artifacts,
  directoryOf,
  literalParts,
  majorOf,
  mayBeCalled,
  namesLike,
  neededBy,
} from "./artifacts.ts";
import { stepsUntil } from "./before_publishing.ts";
import type { Publishing, Report, Subject } from "./rule.ts";

const PYPI_ACTION = "pypa/gh-action-pypi-publish";
/** Actions that make no directory with packages. */
const MAKES_NONE =
  /^(?:actions\/(?:checkout|setup-[\w-]+|attest[\w-]*|create-github-app-token)|astral-sh\/setup-uv|step-security\/harden-runner)$/;
/** Programs that only show something. */
const SHOWS = /^(?:ls|echo|pwd|tree|cat|file|du)$/;

/** Where a step unpacks artifacts. */
interface Unpacked {
  readonly step: Step;
  readonly uses: Setting;
  /** Directory for what it takes, with a directory of its own for each artifact inside where `apart`. */
  readonly directory: string;
  readonly apart: boolean;
}

/** The report on a job whose artifacts are unpacked, and none of them where PyPI's action looks; `null` unless that is sure. */
export function unpackedElsewhere(
  publishing: Publishing,
  artifacts: Artifacts,
  { sources }: Subject,
): Report | null {
  const { step: publisher, invocation, job } = publishing;
  if (invocation.client !== PYPI_ACTION || publisher.inner.length > 0) return null;
  const wanted = directoryOf(firstOf(publisher.with, ["packages-dir", "packages_dir"]) ?? "dist");
  const before = stepsUntil(publishing).slice(0, -1).map(({ step }) => step);
  const downloads = before.filter(isDownload);
  if (wanted === null || downloads.length === 0) return null;
  if (!before.every((step) => isDownload(step) || makesNothing(step, sources))) return null;
  const unpacked = downloads.map((step) => unpackedBy(step, publishing, artifacts, sources));
  if (!unpacked.every((each) => each !== null && misses(each, wanted, artifacts))) return null;
  const { uses, directory, apart } = unpacked[0]!;
  return {
    // A directory of that name may be in the repository itself.
    confidence: before.some(({ uses }) => uses && actionName(uses.value) === "actions/checkout")
      ? "likely"
      : "certain",
    message: `Job "${job.id}" publishes what is in ${wanted}/, and its artifact is unpacked ${
      apart
        ? `into a directory of its own in ${directory === "." ? "the working directory" : `${directory}/`}`
        : directory === "."
        ? "into the working directory"
        : `into ${directory}/`
    }`,
    at: uses.at,
    label: apart ? "makes one directory for each artifact" : `unpacks ${place(directory)}`,
    related: [{ at: invocation.at, message: `looks into ${wanted}/` }],
    why: ["The action finds no packages there, and the step fails."],
    next: [
      apart
        ? `add \`path: ${wanted}/\` and \`merge-multiple: true\` to the download`
        : `add \`path: ${wanted}/\` to the download`,
    ],
  };
}

function place(directory: string): string {
  return directory === "." ? "here, without `path:`" : `into ${directory}/`;
}

function isDownload({ uses }: Step): boolean {
  return uses !== null && actionName(uses.value) === "actions/download-artifact";
}

function makesNothing(step: Step, sources: ReadonlyMap<string, string>): boolean {
  if (step.uses) return MAKES_NONE.test(actionName(step.uses.value));
  return commandsOf(step, sources).every(({ program }) => SHOWS.test(program)) &&
    !step.run?.value.includes(">");
}

function firstOf(inputs: Settings, names: readonly string[]): string | undefined {
  return names.map((name) => inputs.get(name)?.value).find((value) => value !== undefined && value !== "");
}

/** Where a download puts things; `null` where nobody can know. */
function unpackedBy(
  step: Step,
  publishing: Publishing,
  { uploads }: Artifacts,
  sources: ReadonlyMap<string, string>,
): Unpacked | null {
  const { uses, with: inputs } = step;
  const directory = directoryOf(firstOf(inputs, ["path"]) ?? ".");
  const merges = inputs.get("merge-multiple")?.value ?? "false";
  if (
    ["run-id", "github-token", "repository", "artifact-ids", "skip-decompress"].some((key) => inputs.has(key))
  ) return null;
  const major = majorOf(uses!, sources);
  if (directory === null || !["true", "false"].includes(merges) || major !== null && major < 4) return null;
  const name = firstOf(inputs, ["name"]);
  if (name !== undefined || merges === "true") {
    const taken = uploads.filter((upload) => name === undefined || mayBeCalled(upload, name));
    // What is at the top of an artifact depends on what it was made of.
    return taken.length > 0 &&
        taken.every(({ step: { with: made } }) => isFlat(made.get("path")?.value ?? ""))
      ? { step, uses: uses!, directory, apart: false }
      : null;
  }
  const like = namesLike(firstOf(inputs, ["pattern"]) ?? "*");
  if (!like) return null;
  const needed = neededBy(publishing);
  const legs = uploads.filter(({ always, job, name }) =>
    always && needed.has(job) && like(literalParts(name).join("x"))
  ).map(({ name, job }) => name.includes("${{") && job.severalLegs ? 2 : 1);
  // Since v5 a single artifact gets no directory of its own.
  const several = legs.reduce((sum, each) => sum + each, 0) > 1;
  return major === 4 || several ? { step, uses: uses!, directory, apart: true } : null;
}

/** Whether the packages are at the top of an artifact that is made of this: one directory for packages, or files of one directory. */
function isFlat(path: string): boolean {
  const lines = path.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const parts = lines.map((line) => /^((?:[\w.-]+\/)*?)([\w.-]+)(?:\/?|\/\*[\w.*]*)$/.exec(line));
  const directories = new Set(parts.map((part) => part ? part[1]! + part[2]! : ""));
  return directories.size === 1 &&
    parts.every((part) => part && /^(?:dist|wheelhouse|wheels)$/.test(part[2]!));
}

/** Whether nothing of what was unpacked can be where it is looked for. */
function misses({ directory, apart }: Unpacked, wanted: string, { uploads, complete }: Artifacts): boolean {
  if (!apart) return directory !== wanted;
  if (directory === wanted) return true;
  const inside = directory === "."
    ? wanted
    : wanted.startsWith(`${directory}/`)
    ? wanted.slice(directory.length + 1)
    : null;
  const [own] = inside?.split("/") ?? [];
  return own === undefined || complete && !uploads.some((upload) => mayBeCalled(upload, own));
}
