import { intersects } from "../../formats/version_range.ts";
import { type NpmChoice, type NpmInstalled, npmInstalls, unfitLegs } from "../npm_choice.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** The versions of Node on which a line of npm runs, by its `engines`; `latest` is the first one. */
const NEEDS: readonly { readonly npm: string; readonly node: string; readonly said: string }[] = [
  { npm: "12", node: "^22.22.2 || ^24.15.0 || >=26.0.0", said: "Node 22.22.2, 24.15 or 26" },
  { npm: "11", node: "^20.17.0 || >=22.9.0", said: "Node 20.17 or 22.9" },
  { npm: "10", node: "^18.17.0 || >=20.5.0", said: "Node 18.17 or 20.5" },
];

/** npm refuses to put a version of itself beside a Node on which it does not run. */
export const npmNeedsNewerNode: Rule = {
  code: "npm-needs-newer-node",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      for (const installed of npmInstalls(job, subject)) {
        // A range is filled with the newest version that is in it.
        const line = NEEDS.find(({ npm }) => intersects(installed.npm.range, npm));
        if (!line) continue;
        const runs = ({ range }: NpmChoice) => intersects(range, line.node);
        const legs = unfitLegs(job, installed.nodes, runs);
        const nodes = legs.length > 0 || installed.nodes.some(runs) ? legs : installed.nodes;
        if (nodes.length > 0) yield reportOf(job, { ...installed, nodes }, line);
      }
    }
  },
};

function reportOf(
  { job, invocation }: Publishing,
  { npm, nodes }: NpmInstalled,
  line: (typeof NEEDS)[number],
): Report {
  const names = [...new Set(nodes.map(({ name }) => name))].join(" or ");
  return {
    message: `Job "${job.id}" installs ${npm.name} beside ${names}, on which it does not run`,
    at: npm.at,
    label: `npm ${line.npm} needs ${line.said}, or a newer one`,
    related: [{ at: nodes[0]!.at, message: names }, { at: invocation.at, message: "never comes to this" }],
    why: ["npm stops with EBADENGINE, and the job ends before it publishes."],
    next: [
      "use Node 24, which has an npm that is new enough",
      "or install an npm that runs here: npm install -g npm@11",
    ],
  };
}
