import type { Job, Step } from "../pipelines/model.ts";
import { allSteps } from "../pipelines/placed_commands.ts";
import type { Publishing, Subject } from "./rule.ts";
import { isRead } from "./variables.ts";

/** The steps of some jobs that publish with a variable, or read it, also in a file that they run; where none is seen to, the one that publishes. */
export function needingSteps(
  name: string,
  { step }: Publishing,
  jobs: readonly Job[],
  { publishing, sources }: Subject,
): readonly Step[] {
  const publishers = new Set(
    publishing.filter(({ invocation }) => {
      const used = invocation.credentials.find(({ holds }) => holds === "token");
      return used?.source === "variable" && used.name === name;
    }).map((each) => each.step),
  );
  const files = [...sources].filter(([path, text]) =>
    !/\.ya?ml$|\.json$/.test(path) && isRead(name, new Map([[path, text]]))
  ).map(([path]) => path.slice(path.lastIndexOf("/") + 1));
  const found = jobs.flatMap(({ steps }) => steps).filter((one) =>
    one.live !== "no" && allSteps([one]).some((each) => publishers.has(each) || reads(each, name, files))
  );
  return found.length > 0 ? found : [step];
}

function reads({ run, with: inputs, env }: Step, name: string, files: readonly string[]): boolean {
  const script = run?.value ?? "";
  const values = [...inputs.values(), ...env.values()].map(({ value }) => value);
  return isRead(name, new Map([["", script]])) || files.some((file) => script.includes(file)) ||
    // The name alone is a setting for a step that comes later: `server-password: MAVEN_PASSWORD`.
    values.some((value) => isRead(name, new Map([["", value]])) && /\benv\.|\$[\w{]/.test(value));
}
