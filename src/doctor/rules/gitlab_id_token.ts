import { literally } from "../../formats/literally.ts";
import type { IdToken, Job } from "../../pipelines/model.ts";
import type { Registry } from "../../registries/registry.ts";
import {
  accepts,
  hasNoToken,
  isDeclared,
  targetsOf,
  type TokenVariable,
  tokenVariable,
  wantsProvenance,
} from "../identities.ts";
import { startsOwnFiles } from "../own_files.ts";
import type { Publishing, Report, Rule, Subject } from "../rule.ts";

/** GitLab gives a job only the OIDC tokens that its `id_tokens` name, and each client looks for its own variable and audience. */
export const gitlabIdToken: Rule = {
  code: "gitlab-id-token",
  severity: "error",
  phase: "trust policy (local)",
  *check(subject) {
    for (const publishing of subject.publishing) {
      if (publishing.pipeline.vendor !== "gitlab") continue;
      for (const registry of targetsOf(subject, publishing.invocation)) {
        const report = accepts(registry, "gitlab") === "yes" ? exchange(subject, publishing, registry) : null;
        if (report) yield report;
      }
      const signing = provenance(subject, publishing);
      if (signing) yield signing;
    }
  },
};

/** Clients that exchange the token of one variable by themselves; for others a script of the job may do it with any. */
const READERS = ["npm", "pnpm", "yarn", "lerna", "semantic-release", "uv", "twine", "pdm", "keyless"];
/** Clients whose library takes an audience that is a text and no list. */
const STRICT = ["twine", "pdm"];

function exchange(subject: Subject, publishing: Publishing, registry: Registry): Report | null {
  const { job, invocation } = publishing;
  const wanted = tokenVariable(registry);
  const named = job.idTokens.find(({ variable }) => variable === wanted.variable);
  const fitting = job.idTokens.find(({ audiences }) => audiences?.includes(wanted.audience));
  const near = named || fitting ? undefined : meantFor(subject, job, wanted);
  const declared = isDeclared(subject, publishing, registry);
  const meant = invocation.keyless === "yes" || declared ||
    invocation.keyless === "unknown" && hasNoToken(invocation) && (named ?? fitting ?? near) !== undefined;
  const exchanged = invocation.credentials.some(({ holds }) => holds === "minted");
  if (!meant || exchanged || invocation.keyless === "no") return null;
  // A script that names a token does with it whatever it does.
  const other = named ? undefined : fitting ?? near;
  if ([wanted.variable, ...other ? [other.variable] : []].some((name) => isUsed(subject, job, name))) {
    return null;
  }
  // A script of the project may read any variable.
  const reads = READERS.includes(invocation.client) && invocation.inScript === null;
  if (named) return badAudience(publishing, registry, wanted, named);
  if (other) {
    if (!reads) return null;
    const found = otherVariable(publishing, registry, wanted, other);
    // What a file of the project does with a token is not known.
    return job.steps.some(({ run }) => run && startsOwnFiles(run.value))
      ? { ...found, severity: "unverified", fix: null }
      : found;
  }
  return invocation.keyless === "yes" || hasNoToken(invocation)
    ? missing(publishing, registry, wanted, invocation.keyless === "yes")
    : null;
}

/** A token that by its audience, or by its name where it has none, is for the registry; not where a file may bring another credential. */
function meantFor({ settings }: Subject, { idTokens }: Job, wanted: TokenVariable): IdToken | undefined {
  if (settings.npmrc.some(({ credentials }) => credentials.length > 0)) return undefined;
  const name = new RegExp(`(?<![a-z])${wanted.variable.split("_")[0]}`, "i");
  const host = literally(wanted.audience.split(":").at(-1)!);
  const service = new RegExp(`(?<![\\w.-])${host}(?:\\.org)?(?![\\w.-])`);
  return idTokens.find(({ variable, audiences }) =>
    audiences?.some((each) => service.test(each)) ||
    name.test(variable) && audiences?.every((each) => OWN_NAME.test(each))
  );
}

/** What people write as a registry's audience, beside what it asks for. */
const OWN_NAME = /^(?:https:\/\/)?(?:www\.)?(?:npm|npmjs|pypi|crates)(?:\.com|\.org|\.io)?\/?$/;

/** Whether the job's script, the script of a file, or a store of secrets is given the variable. */
function isUsed({ sources }: Subject, { steps }: Job, variable: string): boolean {
  const named = new RegExp(`\\b${literally(variable)}\\b`);
  const given = new RegExp(`\\btoken:\\s{0,20}["']?\\$\\{?${literally(variable)}\\b`);
  return steps.some(({ run }) => run && named.test(run.value)) ||
    [...sources].some(([path, text]) => (/\.ya?ml$/.test(path) ? given : named).test(text));
}

function common({ job, invocation }: Publishing, registry: Registry, { variable, audience }: TokenVariable) {
  return {
    related: [{ at: invocation.at, message: `publishes to ${registry.label}` }],
    next: [`give job "${job.id}" the token: \`id_tokens: { ${variable}: { aud: "${audience}" } }\``],
    fix: job.addIdToken?.(variable, audience) ?? null,
  };
}

function missing(
  publishing: Publishing,
  registry: Registry,
  wanted: TokenVariable,
  certain: boolean,
): Report {
  const { job, invocation } = publishing;
  // What the job extends and cannot be read may bring it.
  const open = job.permissions.allows("id-token", "write") === "unknown";
  return {
    ...open || !certain ? { severity: "unverified" } : {},
    message:
      `Job "${job.id}" publishes with ${invocation.client} and has no OIDC token for ${registry.label}`,
    at: job.at,
    label: open
      ? "no `id_tokens:` is seen for it"
      : job.idTokens.length > 0
      ? "its `id_tokens:` are for others"
      : "no `id_tokens:`",
    ...common(publishing, registry, wanted),
    why: [
      `GitLab puts a token into ${wanted.variable} only where \`id_tokens\` says so; no job can ask for one later.`,
    ],
  };
}

function otherVariable(
  publishing: Publishing,
  registry: Registry,
  wanted: TokenVariable,
  token: IdToken,
): Report {
  const { client } = publishing.invocation;
  return {
    message:
      `The OIDC token for ${registry.label} is in ${token.variable}, and ${client} looks into ${wanted.variable}`,
    at: token.at,
    label: `${client} does not know this variable`,
    ...common(publishing, registry, wanted),
    why: ["The variable's name is fixed: without it there is no token for the client."],
    next: [
      token.audiences?.includes(wanted.audience)
        ? `call it ${wanted.variable}`
        : `call it ${wanted.variable}, with the audience "${wanted.audience}"`,
    ],
  };
}

function badAudience(
  publishing: Publishing,
  registry: Registry,
  wanted: TokenVariable,
  token: IdToken,
): Report | null {
  const { audiences, variable } = token;
  if (audiences === null) return null;
  const { client } = publishing.invocation;
  const at = token.audienceAt ?? token.at;
  const shared = common(publishing, registry, wanted);
  if (!audiences.includes(wanted.audience)) {
    const written = audiences.map((each) => `"${each}"`).join(" and ") || "none";
    return {
      message: `${variable} has the audience ${written}, and ${registry.label} accepts "${wanted.audience}"`,
      at,
      label: "the token's `aud`",
      ...shared,
      why: [`${registry.label} refuses tokens that are meant for others.`],
      next: [`write \`aud: "${wanted.audience}"\``],
    };
  }
  if (audiences.length === 1 || !(STRICT.includes(client) || registry.kind === "crates")) return null;
  return {
    message: `${variable} has several audiences, and ${
      registry.kind === "crates" ? registry.label : client
    } accepts a token with one`,
    at,
    label: "a list becomes a list in the token",
    ...shared,
    why: ["The claim is compared as a text."],
    next: [
      `give ${variable} the audience "${wanted.audience}" alone, and other services a variable of their own`,
    ],
  };
}

const SIGNING = { variable: "SIGSTORE_ID_TOKEN", audience: "sigstore" };

/** Provenance is signed with a token of its own. */
function provenance(subject: Subject, publishing: Publishing): Report | null {
  const { job, invocation } = publishing;
  if (!wantsProvenance(publishing) || isUsed(subject, job, SIGNING.variable)) return null;
  const token = job.idTokens.find(({ variable }) => variable === SIGNING.variable);
  if (token && (token.audiences === null || token.audiences.includes(SIGNING.audience))) return null;
  if (!token && job.permissions.allows("id-token", "write") === "unknown") return null;
  return {
    message: token
      ? `${SIGNING.variable} has another audience than "${SIGNING.audience}", so nothing can be signed with it`
      : `Job "${job.id}" publishes with provenance and has no ${SIGNING.variable} to sign it with`,
    at: token ? token.audienceAt ?? token.at : job.at,
    label: token ? "the token's `aud`" : "no such token among its `id_tokens:`",
    related: [{ at: invocation.inScript ?? invocation.at, message: "provenance is asked for here" }],
    why: ["npm stops before the upload when provenance is asked for and cannot be made."],
    next: [`give job "${job.id}" ${SIGNING.variable} with the audience "${SIGNING.audience}"`],
    fix: job.addIdToken?.(SIGNING.variable, SIGNING.audience) ?? null,
  };
}
