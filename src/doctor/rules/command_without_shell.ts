import { allSteps } from "../../pipelines/placed_commands.ts";
import { actionName } from "../../pipelines/publishing.ts";
import type { Setting, Step } from "../../pipelines/model.ts";
import type { Report, Rule } from "../rule.ts";

/** Inputs whose command an action starts by itself, without a shell, and whether it publishes (changesets/action src/run.ts, 1.x and 2.x). */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, "publishes" | "prepares">>>> = {
  "changesets/action": {
    "publish": "publishes",
    "publish-script": "publishes",
    "version": "prepares",
    "version-script": "prepares",
  },
  "changesets/action/publish": { "script": "publishes" },
  "changesets/action/version": { "script": "prepares" },
};

/** An action that starts a program without a shell hands it `&&` and what follows as arguments. */
export const commandWithoutShell: Rule = {
  code: "command-without-shell",
  severity: "error",
  phase: "publishing jobs",
  *check({ publishing }) {
    const jobs = new Set(
      publishing.filter(({ pipeline }) => pipeline.vendor === "github").map(({ job }) => job),
    );
    const seen = new Set<Step>();
    for (const { steps } of jobs) {
      for (const step of allSteps(steps)) {
        if (!step.uses || step.live === "no" || seen.has(step)) continue;
        seen.add(step);
        const action = actionName(step.uses.value);
        for (const [input, what] of Object.entries(COMMANDS[action] ?? {})) {
          const setting = step.with.get(input);
          const sign = setting && signIn(setting);
          if (sign) yield reportOf(action, setting, sign, what);
        }
      }
    }
  },
};

/** What only a shell understands. */
interface Sign {
  readonly text: string;
  /** Whether the program itself is started all the same, with the rest as arguments. */
  readonly starts: boolean;
}

/** The first sign in a command that is meant for a shell; expressions, and what double quotes hold together, are none. */
function signIn({ value }: Setting): Sign | null {
  const command = value.replace(/\$\{\{.*?\}\}/gs, "X").replace(/"[^"]*"/g, "X").trim();
  const assignment = /^\w+=\S*/.exec(command)?.[0];
  if (assignment !== undefined) return { text: assignment, starts: false };
  const [text] = /&&|\|\|?|;(?=\s)|\n/.exec(command) ?? [];
  return text === undefined ? null : { text, starts: true };
}

function reportOf(
  action: string,
  { name, value, at }: Setting,
  { text, starts }: Sign,
  what: "publishes" | "prepares",
): Report {
  const [program] = value.trim().split(/\s+/);
  const sign = text === "\n" ? "the next line" : `\`${text}\``;
  return {
    severity: what === "publishes" ? "error" : "warning",
    message: starts
      ? `${action} runs \`${name}\` without a shell, and hands ${sign} and what follows to ${program} as arguments`
      : `${action} runs \`${name}\` without a shell, and looks for a program called ${sign}`,
    at,
    label: "one command, not a script",
    why: [
      starts
        ? `What stands behind it never runs: ${program} fails over it, or takes no notice, and then the step succeeds.`
        : "There is none, and the step fails.",
    ],
    next: [`put it into a script of package.json, and run that: \`${name}: npm run NAME\``],
  };
}
