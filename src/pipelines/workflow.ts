import {
  entriesOf,
  get,
  isList,
  isTable,
  isText,
  type Located,
  type Parsed,
  textOf,
  textsOf,
} from "../formats/located.ts";
import { commentedOut } from "./commented.ts";
import { liveness } from "./conditions.ts";
import { environmentOf } from "./environment.ts";
import type { CalledWorkflow, Job, Permissions, Pipeline, Trigger } from "./model.ts";
import { permissionsOf } from "./permissions.ts";
import { type Files, stepsOf, texts } from "./steps.ts";

/** Who calls a workflow: a job with its permissions, inputs and secrets. */
export interface Caller {
  readonly permissions: Permissions;
  readonly inputs: ReadonlyMap<string, string>;
  /** `null`: it hands over all of them. */
  readonly secrets: ReadonlySet<string> | null;
  /** Paths of the workflows on the way here, so that a circle ends. */
  readonly path: readonly string[];
}

/** The directory of workflows; GitHub looks into no other. */
export const WORKFLOWS = ".github/workflows";

/** GitHub allows ten levels. */
const DEEPEST = 10;

/** A workflow file as a pipeline; as the part of its caller when there is one. */
export async function pipelineOf(file: Parsed, files: Files, caller: Caller | null): Promise<Pipeline> {
  const { source, root } = file;
  const triggers = triggersOf(root);
  const onlyCalled = triggers.length > 0 && triggers.every((trigger) => trigger.event === "workflow_call");
  const jobs: Job[] = [];
  for (const [id, body] of entriesOf(root, "jobs")) {
    if (isTable(body)) jobs.push(await jobOf(id, body, file, files, caller, onlyCalled));
  }
  return {
    vendor: "github",
    path: source.path,
    file: source.path.split("/").at(-1)!,
    name: textOf(root, "name")?.value ?? null,
    text: source.text,
    triggers,
    jobs,
    commentedOut: commentedOut(source),
  };
}

/** `on:` in each of its three forms; a parser of YAML 1.1 would have made `true` of it. */
function triggersOf(root: Located): Trigger[] {
  const on = get(root, "on") ?? get(root, "true");
  const bare = (event: Located<string>): Trigger => ({
    event: event.value,
    tags: null,
    branches: null,
    tagsIgnored: null,
    branchesIgnored: null,
    at: event.at,
  });
  if (isText(on)) return [bare(on)];
  if (isList(on)) return on.value.filter(isText).map(bare);
  return entriesOf(on).map(([event, filters]) => ({
    event,
    tags: patterns(filters, "tags"),
    branches: patterns(filters, "branches"),
    tagsIgnored: patterns(filters, "tags-ignore"),
    branchesIgnored: patterns(filters, "branches-ignore"),
    at: filters.keyAt ?? filters.at,
  }));
}

function patterns(filters: Located, key: string): readonly string[] | null {
  const single = textOf(filters, key);
  if (single) return [single.value];
  return get(filters, key) ? textsOf(filters, key).map((each) => each.value) : null;
}

async function jobOf(
  id: string,
  body: Located,
  { source, root }: Parsed,
  files: Files,
  caller: Caller | null,
  onlyCalled: boolean,
): Promise<Job> {
  const permissions = permissionsOf({
    text: source.text,
    workflow: get(root, "permissions"),
    job: get(body, "permissions"),
    jobBody: body.at,
    caller: caller ? caller.permissions : onlyCalled ? "nobody" : null,
  });
  const shell = textOf(body, "defaults", "run", "shell") ?? textOf(root, "defaults", "run", "shell");
  return {
    id,
    at: body.keyAt ?? body.at,
    environment: environmentOf(body),
    permissions,
    steps: await stepsOf(get(body, "steps"), {
      source,
      files,
      around: {
        env: new Map([...texts(root, "env"), ...texts(body, "env")]),
        inputs: caller ? caller.inputs : new Map(),
        secrets: caller ? caller.secrets : null,
        minting: new Set(),
        scripts: "",
        oidc: permissions.allows("id-token", "write"),
      },
      shell: shell?.value ?? null,
      depth: 0,
    }),
    runsOn: textOf(body, "runs-on")?.value ?? null,
    live: await liveness(get(body, "if")),
    calls: await callOf(body, source.path, files, permissions, caller),
  };
}

async function callOf(
  body: Located,
  path: string,
  files: Files,
  permissions: Permissions,
  caller: Caller | null,
): Promise<CalledWorkflow | null> {
  const uses = textOf(body, "uses");
  if (!uses) return null;
  const reference = uses.value;
  const target = /^[.$]\/(\.github\/workflows\/[^/]+\.ya?ml)$/.exec(reference)?.[1];
  const way = [...caller?.path ?? [], path];
  if (target === undefined || way.includes(target) || way.length >= DEEPEST) {
    return { reference, at: uses.at, pipeline: null };
  }
  const called = await files.parsed([target]);
  const secrets = get(body, "secrets");
  const handed: Caller = {
    permissions,
    inputs: calledInputs(called, texts(body, "with")),
    secrets: isText(secrets)
      ? caller?.secrets ?? null
      : new Set(entriesOf(secrets).map(([name]) => name.toUpperCase())),
    path: way,
  };
  return { reference, at: uses.at, pipeline: called && await pipelineOf(called, files, handed) };
}

function calledInputs(
  called: Parsed | null,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const on = called ? get(called.root, "on") ?? get(called.root, "true") : undefined;
  const declared = entriesOf(on, "workflow_call", "inputs").map(([name, input]): [string, string] => {
    const preset = get(input, "default")?.value;
    return [name, preset === undefined || preset === null ? "" : String(preset)];
  });
  return new Map([...declared, ...given]);
}
