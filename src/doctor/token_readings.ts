import { ownTable } from "../formats/own_table.ts";
import { joined } from "../formats/shell.ts";
import { subset, validRange } from "../formats/version_range.ts";
import type { Setting } from "../pipelines/model.ts";
import { actionName } from "../pipelines/publishing.ts";
import type { Location } from "../problem.ts";
import { stepsUntil } from "./before_publishing.ts";
import { runsNpm, toolVersion } from "./client_choice.ts";
import { npmChoices } from "./npm_choice.ts";
import type { Publishing, Subject } from "./rule.ts";
import { isSecret, mayBeGivenOutside, partsOf, withoutBindings } from "./outside_github.ts";
import { holdsSecret } from "./secret_flow.ts";
import { mayBeGivenToken } from "./unseen_hands.ts";
import { isRead, variablesAt } from "./variables.ts";

/** Where a client looks for a token, and what people call one that they mean for it. */
interface Reading {
  readonly clients: readonly string[];
  /** Variables that it reads. */
  readonly reads: RegExp;
  /** The one to use. */
  readonly name: string;
  readonly meant: RegExp;
}

const PYPI =
  /^(?:TWINE|(?:TEST_?)?PYPI|PIP|UV|POETRY|FLIT|HATCH|PDM|MATURIN)_?\w{0,60}(?:TOKEN|PASSWORD|PASS|KEY|SECRET)\w{0,60}$/;
const NPM =
  /^(?:NPM|NODE|YARN)_(?:\w{0,60}AUTH\w{0,60}_|(?:PUBLISH|API|ACCESS|DEPLOY|REGISTRY|AUTOMATION)_)?(?:TOKEN|SECRET|KEY)$/;
const READINGS: readonly Reading[] = [
  { clients: ["npm", "pnpm"], reads: /^p?npm_config_/i, name: "NODE_AUTH_TOKEN", meant: NPM },
  { clients: ["yarn"], reads: /^YARN_NPM_AUTH_/, name: "YARN_NPM_AUTH_TOKEN", meant: NPM },
  // What looks like one of twine's or cargo's own is the matter of client-variable-unread.
  { clients: ["twine"], reads: /^TWINE_\w*(?:PASS|TOKEN|KEY)/, name: "TWINE_PASSWORD", meant: PYPI },
  {
    clients: ["uv"],
    reads: /^UV_(?:PUBLISH_(?:TOKEN|PASSWORD)|KEYRING_PROVIDER)$/,
    name: "UV_PUBLISH_TOKEN",
    meant: PYPI,
  },
  {
    clients: ["poetry"],
    reads: /^POETRY_(?:PYPI_TOKEN_|HTTP_BASIC_\w+_PASSWORD)/,
    name: "POETRY_PYPI_TOKEN_PYPI",
    meant: PYPI,
  },
  { clients: ["flit"], reads: /^FLIT_PASSWORD$/, name: "FLIT_PASSWORD", meant: PYPI },
  { clients: ["hatch"], reads: /^HATCH_INDEX_AUTH$/, name: "HATCH_INDEX_AUTH", meant: PYPI },
  { clients: ["pdm"], reads: /^PDM_PUBLISH_PASSWORD$/, name: "PDM_PUBLISH_PASSWORD", meant: PYPI },
  {
    clients: ["maturin"],
    reads: /^MATURIN_(?:PYPI_TOKEN|PASSWORD)$/,
    name: "MATURIN_PYPI_TOKEN",
    meant: PYPI,
  },
  {
    clients: ["cargo", "cargo-release", "cargo-workspaces", "release-plz"],
    reads: /^CARGO_REGISTR(?:Y|IES_\w+)_(?:TOKEN|CREDENTIAL_PROVIDER)$/,
    name: "CARGO_REGISTRY_TOKEN",
    meant: /^(?:CARGO|CRATES?)\w{0,60}(?:TOKEN|KEY|SECRET)\w{0,60}$/,
  },
];

/** A token in a variable from which the client does not get it. */
export interface HandedInVain {
  readonly setting: Setting;
  /** The variable that the client reads. */
  readonly name: string;
  /** The line of a file that names the variable, and that the client leaves out; absent where nothing names it. */
  readonly ignored?: Location;
}

/** The variable with a token that is meant for the client of a step, and that neither it nor anything else reads; `null` where the client has one. */
export function handedInVain(job: Publishing, subject: Subject): HandedInVain | null {
  const reading = readingOf(job);
  if (!reading || job.step.inner.length > 0) return null;
  if (job.job.permissions.allows("id-token", "write") !== "no" && !isOldNpm(job, subject)) return null;
  const ignored = ignoredLine(job, reading, subject);
  if (ignored) return ignored;
  const setting = unreadIn(job, reading, subject);
  return setting && !hasAnother(job, reading, subject) ? { setting, name: reading.name } : null;
}

/** Whether a publishing step may read a variable: its client by itself, or whatever names it in a text. */
export function mayRead(job: Publishing, name: string, { sources }: Subject): boolean {
  const reading = readingOf(job);
  const itself = reading
    ? reads(job, reading, name)
    : job.invocation.credentials.some((each) => each.source === "variable" && each.name === name);
  return itself || isRead(name, sources);
}

/** The variable from which a client takes its token; `null` for one that takes it from a file alone, `undefined` where that is not known. */
export function variableReadBy(job: Publishing): string | null | undefined {
  const name = readingOf(job)?.name;
  return name === "NODE_AUTH_TOKEN" ? null : name;
}

function readingOf({ invocation }: Publishing): Reading | undefined {
  return READINGS.find(({ clients }) => clients.includes(invocation.client));
}

function reads(job: Publishing, reading: Reading, name: string): boolean {
  return reading.reads.test(name) ||
    (reading.name === "NODE_AUTH_TOKEN" && name === reading.name && setsUpRegistry(job));
}

/** Whether the npm that publishes knows no OIDC, so that the permission to ask for a token gives it none. */
function isOldNpm(job: Publishing, subject: Subject): boolean {
  const choices = runsNpm(job, subject) === true ? npmChoices(job, subject) : null;
  return Array.isArray(choices) && choices.length > 0 && choices.every(({ fits }) => !fits);
}

/** The token that is meant for the client and read by nobody; `null` where there is none, or where any other one is. */
function unreadIn(job: Publishing, reading: Reading, { sources }: Subject): Setting | null {
  const { vendor } = job.pipeline;
  const texts = withoutBindings(job, sources);
  const variables = [...variablesAt(job).values()];
  const meant = variables.filter((each) => reading.meant.test(each.name) && isSecret(each, vendor));
  const used = variables.some(({ name }) => reads(job, reading, name)) ||
    meant.some(({ name }) => partsOf(name, vendor).some((each) => isRead(each, texts)));
  return used ? null : meant.at(-1) ?? null;
}

/** Since this version pnpm replaces no variable in the line for a token of a project's own `.npmrc`: it warns, and has none. */
const PNPM_IGNORES = ">=11.5.3";

/** The token that only such a line names; `null` where there is another one, or another pnpm. */
function ignoredLine(job: Publishing, reading: Reading, subject: Subject): HandedInVain | null {
  const { invocation } = job;
  const range = invocation.client === "pnpm"
    ? validRange(toolVersion("pnpm", job, subject)?.version ?? null)
    : null;
  if (range === null || !subset(range, PNPM_IGNORES)) return null;
  const set = variablesAt(job);
  const places = [".npmrc", joined(invocation.directory, ".npmrc")];
  const lines = subject.settings.npmrc.filter(({ path }) => places.includes(path))
    .flatMap(({ credentials }) => credentials);
  const named = lines.flatMap(({ at, variables }) =>
    variables.flatMap((name) => {
      const setting = set.get(name);
      return setting && holdsSecret(setting.value) ? [{ setting, name: reading.name, ignored: at }] : [];
    })
  );
  const another = lines.some(({ holds }) => holds === "literal") || mayBeGivenToken(job) ||
    [...set.keys()].some((name) => reads(job, reading, name)) ||
    invocation.credentials.some(({ source }) => source !== "variable") ||
    configures(job, reading, subject);
  return another ? null : named[0] ?? null;
}

/** Whether setup-node has written the line that reads NODE_AUTH_TOKEN. */
export function setsUpRegistry(job: Publishing): boolean {
  return stepsUntil(job).some(({ step }) =>
    step.uses !== null && actionName(step.uses.value) === "actions/setup-node" &&
    (step.with.get("registry-url")?.value ?? "") !== ""
  );
}

/** Whether the client may find a token that is not in a variable. */
function hasAnother(job: Publishing, reading: Reading, subject: Subject): boolean {
  const { settings, project } = subject;
  const { invocation } = job;
  if (job.pipeline.vendor === "github" ? mayBeGivenToken(job) : mayBeGivenOutside(job)) return true;
  if (invocation.credentials.some(({ source }) => source !== "variable")) return true;
  const set = variablesAt(job);
  const files = invocation.kind === "npm"
    ? [...settings.npmrc, ...settings.yarnrc]
    : invocation.kind === "pypi"
    ? settings.pypirc
    : settings.cargo;
  const filed = files.some(({ credentials }) =>
    credentials.some(({ holds, variables }) => holds === "literal" || variables.some((name) => set.has(name)))
  );
  const places = [".", ...project.packages.map((pkg) => pkg.path)];
  // A settings file of another directory has not been read.
  const elsewhere = invocation.kind === "npm" && !places.includes(invocation.directory ?? "");
  return filed || elsewhere || configures(job, reading, subject);
}

/** Whether a script may set up a credential for the client. */
function configures(job: Publishing, { name }: Reading, { sources }: Subject): boolean {
  return CONFIGURES[name]?.test([...textsOf(job, sources)].join("\n")) === true;
}

/** What scripts do that set up a credential in a way that is not followed. */
const CONFIGURES = ownTable<RegExp>({
  NODE_AUTH_TOKEN:
    /npmrc|_auth|\bnpm (?:login|adduser|config|set)\b|\bpnpm (?:login|config)\b|npm-cli-login|npm-auth/,
  YARN_NPM_AUTH_TOKEN: /yarnrc|\byarn (?:npm login|config set)|npmAuth/,
  CARGO_REGISTRY_TOKEN: /\bcargo login\b|\.cargo\/(?!(?:registry|git|bin|env)\b)|credential/,
});

/** The scripts of the job, and those of the project. */
function* textsOf({ job }: Publishing, sources: ReadonlyMap<string, string>): Iterable<string> {
  for (const { run } of job.steps) if (run) yield run.value;
  for (const [path, text] of sources) if (!/\.ya?ml$|(?:^|\/)\.\w+rc$/.test(path)) yield text;
}
