import { sourceIn } from "../../formats/positions.ts";
import type { Step } from "../../pipelines/model.ts";
import { allSteps } from "../../pipelines/placed_commands.ts";
import { scriptOf } from "../../pipelines/script.ts";
import type { Location } from "../../problem.ts";
import type { Report, Rule, Subject } from "../rule.ts";

/** Paths of the exchanges, and the registry that keyless would be asked for. */
const EXCHANGES: readonly { readonly path: RegExp; readonly label: string; readonly name: string }[] = [
  { path: /\/_\/oidc\/(?:github\/)?mint-token\b/, label: "PyPI", name: "pypi" },
  { path: /\/oidc\/token\/exchange\b/, label: "npm", name: "npm --package NAME" },
  { path: /\/trusted_publishing\/tokens\b/, label: "crates.io", name: "crates.io" },
];

/** A script that speaks to an exchange itself is easily a little wrong: the audience, the mask, the second try. */
export const handMadeExchange: Rule = {
  code: "hand-made-exchange",
  severity: "info",
  phase: "publishing jobs",
  *check(subject) {
    for (const pipeline of subject.pipelines) {
      for (const job of pipeline.jobs.filter(({ live }) => live !== "no")) {
        for (const step of allSteps(job.steps)) {
          const found = step.live === "no" ? null : exchangeIn(step, subject);
          if (found) yield reportOf(job.id, found);
        }
      }
    }
  },
};

interface Found {
  readonly label: string;
  readonly name: string;
  readonly at: Location;
  /** Whether the script hides the token from the log. */
  readonly masks: boolean;
}

function exchangeIn({ run }: Step, { sources }: Subject): Found | null {
  const source = run && sourceIn(sources, run.at.path);
  if (!run || !source) return null;
  for (const { path, ...exchange } of EXCHANGES) {
    const match = path.exec(run.value);
    if (!match || /^\s*#/.test(run.value.slice(run.value.lastIndexOf("\n", match.index) + 1))) continue;
    const { placeOf } = scriptOf(source, run);
    const at = placeOf(match.index, match.index + match[0].length);
    return { ...exchange, at, masks: run.value.includes("add-mask") };
  }
  return null;
}

function reportOf(job: string, { label, name, at, masks }: Found): Report {
  return {
    message: `Job "${job}" exchanges its OIDC token at ${label} by hand`,
    at,
    label: masks ? "asks for a token" : "asks for a token, and the log may show it: nothing masks it",
    why: [
      "What such scripts forget: to ask the registry for its audience, to mask both tokens before anything can print them, to ask for a new OIDC token before a second try (each counts once), and to burn the token.",
    ],
    next: [
      `let keyless do it: keyless exchange ${name}`,
      ...label === "npm" ? [] : [
        `or ${
          label === "PyPI" ? "pypa/gh-action-pypi-publish, uv or twine" : "rust-lang/crates-io-auth-action"
        }`,
      ],
    ],
  };
}
