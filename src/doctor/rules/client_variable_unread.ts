import type { Setting, Settings } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import type { Report, Rule, Subject } from "../rule.ts";
import { isRead, variableBlocks } from "../variables.ts";
import { yamlFix } from "../yaml_fix.ts";

/** Variables that look as if a client read them. */
const UNREAD: readonly {
  readonly name: RegExp;
  readonly client: string;
  readonly next: (name: string) => string;
  /** The name that was meant for sure. */
  readonly meant?: (name: string) => string;
}[] = [
  {
    name:
      /^TWINE_(?!(?:USERNAME|PASSWORD|REPOSITORY|REPOSITORY_URL|CERT|NON_INTERACTIVE)$)\w{0,60}(?:USER|PASS|TOKEN|KEY|REPO|URL|INDEX)\w{0,60}$/,
    client: "twine",
    next: (name) =>
      /TEST/.test(name)
        ? "give TWINE_PASSWORD and TWINE_REPOSITORY=testpypi to the step that uploads to TestPyPI, and to no other"
        : "use TWINE_USERNAME, TWINE_PASSWORD, TWINE_REPOSITORY or TWINE_REPOSITORY_URL",
  },
  {
    name: /^CARGO_REGISTRIES_CRATES_IO_(?:TOKEN|CREDENTIAL_PROVIDER)$/,
    client: "cargo",
    next: (name) => `call it ${ofCratesIo(name)}`,
    meant: ofCratesIo,
  },
];

function ofCratesIo(name: string): string {
  return name.replace("REGISTRIES_CRATES_IO", "REGISTRY");
}

/** A variable that a client never asks for gives it nothing: the upload has no credential, or another one than was meant. */
export const clientVariableUnread: Rule = {
  code: "client-variable-unread",
  severity: "warning",
  phase: "credentials",
  *check(subject) {
    for (const { name, keyAt } of variablesOf(subject)) {
      const known = UNREAD.find((each) => each.name.test(name));
      if (!known || isRead(name, subject.sources)) continue;
      const meant = known.meant?.(name);
      yield {
        message: `${known.client} does not read ${name}, and nothing else here does`,
        at: keyAt,
        label: "has no effect",
        why: ["What was meant to be used is not; a variable that is read, or a file, decides instead."],
        next: [known.next(name)],
        fix: meant === undefined ? null : () =>
          yamlFix(
            keyAt,
            subject,
            { safe: false, description: `call ${name} ${meant}` },
            (file) => file.rename(keyAt, meant),
          ),
      } satisfies Report;
    }
  },
};

function variablesOf({ pipelines, settings }: Subject): { name: string; keyAt: Location }[] {
  return [
    ...variableBlocks(pipelines).flatMap(({ env }) =>
      [...env.values()].filter((each) => !madeByJenkins(each, env))
    ),
    ...settings.env.flatMap(({ variables }) => variables),
  ];
}

/** Whether nobody wrote it: Jenkins makes NAME_USR and NAME_PSW of a NAME that holds a credential. */
function madeByJenkins({ name, keyAt }: Setting, env: Settings): boolean {
  const written = /^(.+)_(?:USR|PSW)$/.exec(name)?.[1];
  return written !== undefined && env.get(written)?.keyAt === keyAt;
}
