import type { Package } from "../../config/project.ts";
import { get } from "../../formats/located.ts";
import { joined } from "../../formats/shell.ts";
import type { PlacedCommand } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import { commandsBefore, stepsUntil } from "../before_publishing.ts";
import { manifestsAbove } from "../manifests.ts";
import { publishesPackage } from "../published_packages.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** cargo packs no crate whose files differ from the last commit, unless it is told to. */
export const crateWithChanges: Rule = {
  code: "crate-with-changes",
  severity: "warning",
  phase: "packages",
  *check(subject) {
    const crates = subject.project.packages.filter(({ kind }) => kind === "crates");
    if (crates.length === 0) return;
    for (const job of subject.publishing) {
      const { invocation, step } = job;
      if (
        invocation.client !== "cargo" || invocation.inScript !== null || step.inner.length > 0 ||
        invocation.args.includes("--allow-dirty")
      ) continue;
      const crate = crates.find((pkg) => publishesPackage(invocation, pkg, subject.project) === "yes");
      const report = crate && changed(job, crate, subject);
      if (report) yield report;
    }
  },
};

/** A command that writes into a manifest. */
interface Edit {
  readonly command: PlacedCommand;
  readonly path: string;
}

function changed(job: Publishing, crate: Package, subject: Subject): Report | null {
  let edit: Edit | null = null;
  let isRepository = job.pipeline.vendor !== "github";
  for (const { step, condition } of stepsUntil(job)) {
    const { uses, run, unseen, started = [], directory = null } = step;
    const name = uses ? actionName(uses.value) : "";
    if (name === "actions/checkout") isRepository = condition === null;
    // Whoever may commit, by whatever way, and what is run in some cases only.
    const isOpen = unseen.length > 0 || started.length > 0 || COMMITS.test(name) ||
      run !== null && ASKS.test(run.value);
    if (isOpen) edit = null;
    if (isOpen || condition !== null || directory === null) continue;
    for (const command of commandsBefore(step, job, subject.sources)) {
      if (command.program === "git" && command.args.some((word) => KEEPS.test(word))) edit = null;
      else {
        const path = edited(command, directory, crate, subject);
        if (path !== null) edit = { command, path };
      }
    }
  }
  return edit && isRepository ? asReport(job, crate, edit) : null;
}

const ASKS = /\b(?:if|case|while|until|for)\b|\|\||&&|\bexit\b|\bgit-\w/;
const COMMITS = /commit|git(?!hub)|push|bump|version|release/i;
/** What of git commits changes, or takes them back. */
const KEEPS = /^(?:commit|stash|checkout|restore|reset|switch|update-index)$/;

/** The manifest of a crate that a command writes into, or that of its workspace: `sed -i … Cargo.toml`, `cargo set-version`. */
function edited(
  { program, args, directory }: PlacedCommand,
  from: string,
  crate: Package,
  { manifests }: Subject,
): string | null {
  const place = directory === null ? null : joined(from, directory);
  if (place === null) return null;
  const own = decisive(crate, manifests);
  const inPlace = /^(?:sed|gsed|perl)$/.test(program) &&
    args.some((word) => /^(?:-[a-zA-Z]*i|--in-place)/.test(word));
  const named = args.findIndex((word) => /^(?:-p|--package)$/.test(word));
  const paths = inPlace
    ? args.filter((word) => /(?:^|\/)Cargo\.toml$/.test(word)).map((word) => joined(place, word))
    : program !== "cargo" || args[0] !== "set-version"
    ? []
    : named < 0 && !args.includes("--workspace")
    ? [joined(place, "Cargo.toml")]
    : named < 0 || args[named + 1] === crate.name
    ? [crate.manifest]
    : [];
  return own.find((path) => paths.includes(path)) ?? null;
}

/** Its own manifest, and that of the workspace from which it takes its version. */
function decisive(crate: Package, manifests: Subject["manifests"]): readonly string[] {
  const inherits =
    get(manifests.get(crate.manifest)?.root, "package", "version", "workspace")?.value === true;
  return [crate.manifest, ...inherits ? manifestsAbove(crate) : []];
}

function asReport(job: Publishing, crate: Package, { command, path }: Edit): Report {
  // A version that nobody releases is replaced in every run.
  const isPlaceholder = /^0\.0\.0(?:$|-)/.test(crate.version ?? "") &&
    (command.program === "cargo" || command.args.some((word) => /version|0\.0\.0/.test(word)));
  return {
    ...isPlaceholder ? { severity: "error", confidence: "likely" } : {},
    message: `cargo publishes ${crate.name} after ${path} was changed, and nothing commits that`,
    at: job.invocation.at,
    label: isPlaceholder ? "refuses to pack it" : "refuses to pack it where that changes anything",
    related: [{ at: command.at, message: "writes into the manifest" }],
    package: crate.name,
    why: [
      'cargo packs what is committed, and says "… contain changes that were not yet committed into git".',
    ],
    next: ["add `--allow-dirty` to the command, or commit the change before"],
  };
}
