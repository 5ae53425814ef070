import { ownTable } from "../formats/own_table.ts";
import { sourceIn } from "../formats/positions.ts";
import type { PublishInvocation } from "../pipelines/model.ts";
import { scriptOf } from "../pipelines/script.ts";
import type { Location } from "../problem.ts";
import { knownRegistry } from "../registries/known.ts";
import { stepsUntil } from "./before_publishing.ts";
import { publicTarget } from "./oidc.ts";
import type { Publishing, Subject } from "./rule.ts";
import { operatorOf } from "./runners.ts";
import { variablesAt } from "./variables.ts";

/** A name with which a step logs in to PyPI, and that is not the one of all tokens. */
export interface PypiUser {
  readonly name: string;
  readonly at: Location;
}

/** Where a client looks for the name, in this order, and what sends it to another registry or makes it use no name. */
interface Naming {
  readonly options: readonly string[];
  readonly variable: string | null;
  /** Whether it reads `.pypirc`. */
  readonly filed: boolean;
  readonly unless: RegExp;
  /** Whether the variable is for PyPI alone. */
  readonly own?: true;
}

const NAMINGS = ownTable<Naming>({
  twine: {
    options: ["-u", "--username"],
    variable: "TWINE_USERNAME",
    filed: true,
    unless: /TWINE_REPOSITORY|--config-file/,
  },
  flit: { options: [], variable: "FLIT_USERNAME", filed: true, unless: /FLIT_INDEX_URL|--pypirc/ },
  hatch: {
    options: ["-u", "--user"],
    variable: "HATCH_INDEX_USER",
    filed: false,
    unless: /HATCH_INDEX_REPO|\bhatch config\b/,
  },
  poetry: {
    options: ["-u", "--username"],
    variable: "POETRY_HTTP_BASIC_PYPI_USERNAME",
    filed: false,
    unless: /PYPI_TOKEN|\bpypi-token\b|\brepositories\.pypi\b|\bhttp-basic\b/,
    own: true,
  },
  uv: {
    options: ["-u", "--username"],
    variable: "UV_PUBLISH_USERNAME",
    filed: false,
    unless: /UV_PUBLISH_(?:TOKEN|URL|INDEX)|publish-url/,
  },
  pdm: {
    options: ["-u", "--username"],
    variable: "PDM_PUBLISH_USERNAME",
    filed: false,
    unless: /PDM_PUBLISH_REPO|\bpdm config\b/,
  },
});
const ACTION = "pypa/gh-action-pypi-publish";
/** The name that goes with tokens. */
const TOKENS = "__token__";
/** A name as people have them there, or their address; not what the shell fills in, and nothing that could be a token. */
const NAME = /^(?!pypi-)[A-Za-z0-9_][\w.+-]{0,39}(?:@[\w.-]{1,60})?$/;

/** The name with which a step certainly logs in to PyPI or TestPyPI, where that is a person's or any other than `__token__`; `null` elsewhere. */
export function pypiUser(job: Publishing, subject: Subject): PypiUser | null {
  const { invocation, step } = job;
  const { kind, registryAs, registry, client } = invocation;
  if (kind !== "pypi" || registryAs !== undefined || registry?.includes("$")) return null;
  if (publicTarget(invocation) === null) return null;
  if (client === ACTION) return step.inner.length === 0 ? refused(step.with.get("user")) : null;
  const naming = NAMINGS[client];
  if (!naming) return null;
  const sure = registry !== null || naming.own === true || onPlainMachine(job);
  const texts = textsOf(job, subject);
  const set = variablesAt(job);
  if ([...texts, ...set.keys(), ...invocation.args].some((text) => naming.unless.test(text))) return null;
  const option = optionOf(invocation, naming.options);
  // Without a password beside it poetry looks for a token first.
  if (
    client === "poetry" && option !== undefined && optionOf(invocation, ["-p", "--password"]) === undefined
  ) {
    return null;
  }
  if (option !== undefined) return sure ? refused({ value: option, at: invocation.at }) : null;
  const { variable } = naming;
  if (variable !== null) {
    if (texts.some((text) => text.includes(variable))) return null;
    const setting = set.get(variable);
    if (setting) return sure ? refused(setting) : null;
  }
  return naming.filed ? filedUser(job, subject) : null;
}

function refused(user: { readonly value: string; readonly at: Location } | undefined): PypiUser | null {
  const name = user?.value.trim() ?? TOKENS;
  return name !== TOKENS && NAME.test(name) ? { name, at: user!.at } : null;
}

/** Whether nothing that no file shows can name another registry. */
function onPlainMachine({ pipeline, job }: Publishing): boolean {
  const labels = job.runner?.labels ?? [];
  return pipeline.vendor === "github" && job.container === null && labels.length > 0 &&
    labels.every((label) => operatorOf(label) === "github");
}

/** The scripts of the job until it publishes, with the one in which it does, and the settings of the project. */
function textsOf(job: Publishing, { sources, manifests }: Subject): string[] {
  const { inScript } = job.invocation;
  return [
    ...stepsUntil(job).map(({ step }) => step.run?.value ?? ""),
    inScript ? sources.get(inScript.path) ?? "" : "",
    manifests.get("pyproject.toml")?.source.text ?? "",
  ];
}

/** The value of the last of some options. */
function optionOf({ args }: PublishInvocation, names: readonly string[]): string | undefined {
  return args.flatMap((word, index) => {
    const [name, value] = word.split(/=(.*)/s);
    return names.includes(name!) ? [value ?? args[index + 1] ?? ""] : [];
  }).at(-1);
}

/** The name in the `.pypirc` that the job writes, where it writes one alone and for these two registries. */
function filedUser(job: Publishing, { sources, settings }: Subject): PypiUser | null {
  const writing = stepsUntil(job).filter(({ step }) => step.run?.value.includes(".pypirc"));
  const [only] = writing;
  const run = only?.step.run;
  const source = run && sourceIn(sources, run.at.path);
  if (!run || !source || writing.length > 1 || only.condition !== null || settings.pypirc.length > 0) {
    return null;
  }
  const text = run.value;
  const sections = [...text.matchAll(/(?<![\w\]$])\[([\w.-]{1,60})\]/g)].map(([, name]) => name!);
  const addresses = [
    ...text.matchAll(/(?:(?<![\w-])|(?<=\\n))repository\s{0,20}[=:]\s{0,20}([^\s"'\\]{1,300})/g),
  ].map((
    [, each],
  ) => each!);
  const others = sections.some((name) => !/^(?:distutils|server-login|pypi|testpypi|test)$/.test(name)) ||
    addresses.some((each) => !["pypi", "testpypi"].includes(knownRegistry(each)?.name ?? ""));
  const names = [
    ...text.matchAll(/(?:(?<![\w-])|(?<=\\n))username\s{0,20}[=:]\s{0,20}(?<name>[^\s"'\\;|&)]{1,100})/g),
  ];
  if (others || sections.length === 0 || names.length === 0) return null;
  const [first] = names;
  const name = first!.groups!.name!;
  const same = names.every(({ groups }) => groups!.name === name);
  const at = scriptOf(source, run).placeOf(first!.index, first!.index + first![0].length);
  return same ? refused({ value: name, at }) : null;
}
