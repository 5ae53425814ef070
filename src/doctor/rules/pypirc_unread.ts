import { scriptOf } from "../../pipelines/script.ts";
import { sourceIn } from "../../formats/positions.ts";
import type { Step } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import type { Location } from "../../problem.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** Clients that publish to PyPI and never open a `.pypirc`. */
const BLIND = ["uv", "poetry", "pdm", "pypa/gh-action-pypi-publish"];
const READERS = /\b(?:twine|flit|hatch|maturin|rye|setup\.py|build_and_upload)\b/;
const WRITTEN =
  /(?:(?:>{1,2}|\btee(?: -a)?)\s{0,20}["']?(?:~|\$HOME|\$\{HOME\}|\$\{\{[^}]{0,100}\}\})?[\w/.-]{0,100}|\b(?:cp|mv|install)\b[^\n;&|]{0,300})\.pypirc\b/;

/** A job writes a `.pypirc`, and publishes with a client that does not read one. */
export const pypircUnread: Rule = {
  code: "pypirc-unread",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    const jobs = Map.groupBy(
      subject.publishing.filter(({ invocation }) => invocation.kind === "pypi"),
      ({ job }) => job,
    );
    for (const [job, publishing] of jobs) {
      const steps = allSteps(job.steps);
      if (!publishing.every(({ invocation }) => BLIND.includes(invocation.client))) continue;
      if (steps.some(({ run, unseen }) => unseen.length > 0 || READERS.test(run?.value ?? ""))) continue;
      for (const at of steps.flatMap((step) => writes(step, subject))) yield reportOf(at, publishing[0]!);
    }
  },
};

/** Where the script of a step writes one. */
function writes({ run }: Step, { sources }: Subject): Location[] {
  const source = run && sourceIn(sources, run.at.path);
  const match = run ? WRITTEN.exec(run.value) : null;
  if (!run || !source || !match) return [];
  const script = scriptOf(source, run);
  const end = match.index + match[0].length;
  return [script.placeOf(end - ".pypirc".length, end)];
}

function reportOf(at: Location, { job, invocation }: Publishing): Report {
  return {
    message: `Job "${job.id}" writes a .pypirc, which ${invocation.client} does not read`,
    at,
    label: "nobody opens it",
    related: [{ at: invocation.at, message: "publishes here" }],
    why: ["twine, flit, hatch and maturin read it; uv, poetry, pdm and PyPI's own action do not."],
    next: [INSTEAD[invocation.client]!],
  };
}

const INSTEAD: Readonly<Record<string, string>> = {
  "uv": "set UV_PUBLISH_TOKEN in the step that publishes, or let uv use OIDC",
  "poetry": "set POETRY_PYPI_TOKEN_PYPI in the step that publishes",
  "pdm": "set PDM_PUBLISH_PASSWORD in the step that publishes, or let pdm use OIDC",
  "pypa/gh-action-pypi-publish": "give it `password`, or nothing and let it use OIDC",
};
