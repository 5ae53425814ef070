import type { Setting } from "../pipelines/model.ts";
import { namingInput } from "../pipelines/maven_settings.ts";
import { actionName } from "../pipelines/publishing.ts";
import { stepsUntil } from "./before_publishing.ts";
import type { Publishing, Report } from "./rule.ts";
import { holdsSecret } from "./secret_flow.ts";

/** The inputs of `actions/setup-java` that take the name of a variable, and what people call that. */
const NAMES = [
  ["server-password", "MAVEN_PASSWORD"],
  ["server-username", "MAVEN_USERNAME"],
  ["gpg-passphrase", "MAVEN_GPG_PASSPHRASE"],
] as const;

/** A secret where the name of a variable is asked for. */
interface Given {
  readonly setting: Setting;
  readonly secret: string;
  /** A name for the variable. */
  readonly variable: string;
}

/** What to say where `actions/setup-java` is given a secret and wants the name of a variable, for the Maven of a job; `null` where it is not. */
export function valueForName(job: Publishing): Report | null {
  const given = givenTo(job);
  return given && reportOf(job, given);
}

function givenTo(job: Publishing): Given | null {
  const { client, args } = job.invocation;
  // Other settings than those that it writes.
  if (!/^mvnw?$/.test(client) || args.some((word) => /^(?:-s|--settings)(?:$|=)/.test(word))) return null;
  const inputs = stepsUntil(job).findLast(({ step: { uses } }) =>
    uses && actionName(uses.value) === "actions/setup-java"
  )?.step.with;
  for (const [name, variable] of inputs ? NAMES : []) {
    const setting = namingInput(inputs!, name);
    const secret = /\bsecrets\.([\w-]+)/i.exec(setting?.value ?? "")?.[1];
    if (setting && secret && holdsSecret(setting.value, secret)) return { setting, secret, variable };
  }
  return null;
}

function reportOf({ job, invocation }: Publishing, { setting, secret, variable }: Given): Report {
  const signs = setting.name.startsWith("gpg-passphrase");
  return {
    ...signs ? { severity: "warning" } : {},
    message:
      `Job "${job.id}" gives actions/setup-java the secret ${secret} as ${setting.name}, which takes the name of a variable`,
    at: setting.at,
    label: "the secret itself",
    related: [{ at: invocation.at, message: `gets no ${signs ? "passphrase" : "password"} from it` }],
    why: [
      `setup-java writes "\${env.…}" around it into settings.xml: ${invocation.client} knows no such variable, and the secret is in that file in clear.`,
    ],
    next: [
      `write \`${setting.name}: ${variable}\``,
      `and give the step that runs ${invocation.client} \`${variable}: \${{ secrets.${secret} }}\` in its \`env:\``,
    ],
  };
}
