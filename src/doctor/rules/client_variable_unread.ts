import { subset, validRange } from "../../formats/version_range.ts";
import type { Setting, Settings } from "../../pipelines/model.ts";
import type { Location } from "../../problem.ts";
import { toolVersion } from "../client_choice.ts";
import type { Report, Rule, Subject } from "../rule.ts";
import { isRead, variableBlocks, variablesAt } from "../variables.ts";
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
    yield* provenanceOfPnpm(subject);
  },
};

/** pnpm since 11 publishes by itself and reads none of npm's variables; with OIDC it makes provenance without being asked. */
function* provenanceOfPnpm(subject: Subject): Iterable<Report> {
  const seen = new Set<Setting>();
  for (const job of subject.publishing) {
    const { client, credentials, args } = job.invocation;
    const set = variablesAt(job);
    const setting = [...set.values()].find(({ name, value }) =>
      /^npm_config_provenance$/i.test(name) && value === "true"
    );
    if (client !== "pnpm" || !setting || seen.has(setting)) continue;
    const range = validRange(toolVersion("pnpm", job, subject)?.version ?? null);
    const asked = args.some((word) => /^--(?:no-)?provenance/.test(word)) ||
      [...set.keys()].some((name) => /^pnpm_config_provenance$/i.test(name)) ||
      /^provenance:/m.test(subject.sources.get("pnpm-workspace.yaml") ?? "");
    const helps = subject.publishing.some((other) =>
      other.invocation.client !== "pnpm" && [...variablesAt(other).values()].includes(setting)
    );
    if (range === null || !subset(range, ">=11.0.0") || asked || helps) continue;
    if (credentials.every(({ holds }) => holds !== "token")) continue;
    seen.add(setting);
    yield {
      confidence: "likely",
      message:
        `pnpm since 11 does not read ${setting.name}, and job "${job.job.id}" publishes without provenance`,
      at: setting.keyAt,
      label: "has no effect",
      related: [{ at: job.invocation.at, message: "publishes here" }],
      why: ["It publishes by itself, not with npm. Only with OIDC it makes provenance without being asked."],
      next: ["ask for it: pnpm publish --provenance", "or publish with OIDC"],
    };
  }
}

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
