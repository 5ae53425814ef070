import { commandsOf, type PlacedCommand } from "../../pipelines/placed_commands.ts";
import type { Report, Rule } from "../rule.ts";

/** A step's variables are there for every command of it, also for the ones that run code of other people. */
export const installBesideToken: Rule = {
  code: "install-beside-token",
  severity: "warning",
  phase: "credentials",
  *check({ publishing, sources }) {
    for (const { step, invocation } of publishing) {
      const token = invocation.credentials.find(({ holds, scope, source }) =>
        holds === "token" && scope === "step" && source === "variable"
      );
      const install = token && commandsOf(step, sources).find(installs);
      if (!install || install.at.start.offset >= invocation.at.start.offset) continue;
      yield {
        message: `${install.program} installs packages in the step that holds ${token.secret ?? token.name}`,
        at: install.at,
        label: "their install scripts see the token",
        related: [{ at: token.at, message: "for every command of this step" }, {
          at: invocation.at,
          message: "needed here",
        }],
        why: ["Install scripts and build back ends of every package run with the step's variables."],
        next: ["install in a step of its own, before the one that has the token"],
      } satisfies Report;
    }
  },
};

function installs({ program, args }: PlacedCommand): boolean {
  const [verb] = args.filter((word) => !word.startsWith("-"));
  if (args.includes("--ignore-scripts")) return false;
  if (["npm", "pnpm", "yarn", "bun"].includes(program)) {
    return ["install", "i", "ci", "add"].includes(verb ?? (program === "yarn" ? "install" : ""));
  }
  return (["pip", "pip3", "pipx"].includes(program) && verb === "install") ||
    (program === "uv" && (verb === "sync" || (verb === "pip" && args.includes("install")))) ||
    (program === "poetry" && verb === "install") || (program === "bundle" && verb === "install");
}
