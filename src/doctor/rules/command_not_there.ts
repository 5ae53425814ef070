import { get } from "../../formats/located.ts";
import { joined } from "../../formats/shell.ts";
import { isOlder, type StatedTool, toolVersion } from "../client_choice.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** Yarn publishes with `yarn publish` up to version 1, and with `yarn npm publish` from 2 on; no version has both. */
export const commandNotThere: Rule = {
  code: "command-not-there",
  severity: "error",
  phase: "publishing jobs",
  *check(subject) {
    for (const job of subject.publishing) {
      const { client } = job.invocation;
      if (client !== "yarn" && client !== "yarn 1") continue;
      const stated = toolVersion("yarn", job, subject);
      const isOld = client === "yarn 1";
      if (!stated || !/^v?\d+\.\d+\.\d+/.test(stated.version) || isOlder(stated, "2.0.0") === isOld) continue;
      // Where there is no such command, yarn runs the script of that name.
      if (!hasScript(isOld ? "publish" : "npm", job, subject)) yield reportOf(job, stated, isOld);
    }
  },
};

function hasScript(name: string, { invocation: { directory } }: Publishing, { manifests }: Subject): boolean {
  return directory === null ||
    get(manifests.get(joined(directory, "package.json") ?? "")?.root, "scripts", name) !== undefined;
}

function reportOf({ job, invocation }: Publishing, { version, at }: StatedTool, isOld: boolean): Report {
  const [has, lacks] = isOld ? ["yarn npm publish", "yarn publish"] : ["yarn publish", "yarn npm publish"];
  return {
    message: `Job "${job.id}" runs \`${lacks}\`, which yarn ${version} does not have`,
    at: invocation.inScript ?? invocation.at,
    label: "stops: there is no such command",
    related: at === invocation.at ? [] : [{ at, message: "the yarn of the project" }],
    why: [
      isOld
        ? "Yarn has it up to version 1. A newer one looks for a script of that name; and yarn 1 refuses a project that asks for a newer one."
        : "Yarn has it from version 2 on.",
    ],
    next: [
      isOld
        ? `write \`${has}\`: it reads YARN_NPM_AUTH_TOKEN or .yarnrc.yml, no .npmrc and no NODE_AUTH_TOKEN`
        : `write \`${has}\`, or ask for a newer yarn`,
    ],
  };
}
