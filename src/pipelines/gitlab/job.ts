import { get, isList, isTable, type Located, textOf } from "../../formats/located.ts";
import { inner, NOWHERE, type Surroundings, type Variable } from "../credentials.ts";
import { identityPermissions } from "../identity_permissions.ts";
import { afterScript, liesIn, type Line, scriptOfLines } from "../lines.ts";
import type { Answer, CalledWorkflow, Concurrency, Job, Settings, Step } from "../model.ts";
import { plainStep } from "../plain_step.ts";
import type { Interpreter } from "../script.ts";
import { readScript, type ScriptRead } from "../scripts.ts";
import { asSetting, settingOf, textAsSeen } from "../settings.ts";
import { lineOf } from "../yaml_text.ts";
import type { Assembly } from "./include.ts";
import { addIdToken, idTokensOf, tokensOfSecrets } from "./id_tokens.ts";
import { limited } from "./only.ts";
import { flattened } from "./reference.ts";
import { byHand, ruled, type Runs } from "./rules.ts";
import { expanded, secretsOf, variablesOf } from "./variables.ts";

/** What a job stands in. */
export interface JobContext {
  /** The whole configuration. */
  readonly root: Located;
  readonly assembly: Assembly;
  /** Variables of all jobs. */
  readonly env: Settings;
  /** When the pipeline runs at all; `null` when nothing limits it. */
  readonly workflow: Runs | null;
  /** The job as its file has it, without what it extends. */
  readonly written: Located;
  /** Whether it extends something that cannot be read from here. */
  readonly partial: boolean;
  /** Whether somebody has to start another job before. */
  readonly held: boolean;
  readonly calls: CalledWorkflow | null;
}

/** Tokens that are called like those to whom they are shown, and who are no registries. */
const OF_OTHERS = /^(?:VAULT|SIGSTORE|AWS|AZURE|GCP|GOOGLE)_/;

/** A job of GitLab, with what it inherits. */
export async function jobOf(id: string, job: Located, context: JobContext): Promise<Job> {
  const { assembly, written } = context;
  const variables = new Map([...variablesOf(get(job, "variables")), ...secretsOf(get(job, "secrets"))]);
  const env = inner(inner(JOB_TOKEN, inherited(job, context.env), "pipeline"), variables, "job");
  const tokens = inheritable(job, "id_tokens", context.root);
  const idTokens = idTokensOf(tokens.value, env, job);
  const oidcWith = (tokens: readonly unknown[]): Answer =>
    tokens.length > 0 ? "yes" : context.partial ? "unknown" : "no";
  const oidc = oidcWith(idTokens);
  const elsewhere = tokensOfSecrets(get(job, "secrets"));
  const publishing = oidcWith(
    idTokens.filter(({ variable }) => !OF_OTHERS.test(variable) && !elsewhere.has(variable)),
  );
  const image = inheritable(job, "image", context.root).value;
  const runs = automatic(job, context, started(job));
  const source = assembly.sources.get(written.at.path);
  return {
    id,
    at: job.keyAt ?? job.at,
    extent: written.at,
    environment: environmentOf(job, env),
    permissions: identityPermissions(oidc),
    env: variables,
    steps: context.calls ? [] : await stepsOf(job, context, env, publishing),
    runner: runnerOf(inheritable(job, "tags", context.root).value),
    container: isTable(image) ? settingOf(image, "name") : image ? asSetting("image", image) : null,
    condition: runs.condition,
    ...within(runs, context.workflow),
    needs: flattenedNames(get(job, "needs")),
    concurrency: concurrencyOf(job),
    timeout: inheritable(job, "timeout", context.root).value ? settingOf(job, "timeout") : null,
    continueOnError: allowsFailure(job),
    idTokens,
    calls: context.calls,
    addIdToken: (variable, audience) =>
      source
        ? addIdToken(
          { source, job: written, block: tokens.value, byDefault: tokens.byDefault },
          variable,
          audience,
        )
        : null,
  };
}

/** GitLab gives every job a token for its own API and registries; it is not one of the public registries. */
const JOB_TOKEN: ReadonlyMap<string, Variable> = new Map([
  ["CI_JOB_TOKEN", { value: "CI_JOB_TOKEN", scope: "pipeline", at: null }],
]);

/** What its `rules:`, or `only:` and `except:`, let a job run for. */
function started(job: Located): Runs {
  const [rules, when] = [get(job, "rules"), textOf(job, "when")?.value];
  if (rules) return ruled(rules, when);
  const runs = limited(job);
  return when === "manual" ? { ...runs, triggers: runs.triggers.map(byHand) } : runs;
}

/** Whether a job runs that somebody has to start is up to them, and what it extends elsewhere may limit it. */
function automatic(job: Located, { partial, held }: JobContext, runs: Runs): Runs {
  const started = textOf(job, "when")?.value ?? "on_success";
  const limitedElsewhere = partial && !get(job, "rules");
  const sure = !limitedElsewhere && !held && ["on_success", "always"].includes(started);
  return runs.live === "yes" && !sure ? { ...runs, live: "unknown" } : runs;
}

/** A job runs only in pipelines that `workflow: rules:` let start, for branches and tags that it names itself or else they. */
function within(runs: Runs, workflow: Runs | null): Pick<Job, "live" | "triggers"> {
  if (!workflow) return { live: runs.live, triggers: runs.triggers };
  if (workflow.live === "unknown") {
    return { live: runs.live === "yes" ? "unknown" : runs.live, triggers: runs.triggers };
  }
  const triggers = runs.triggers.flatMap((trigger) => {
    const outer = workflow.triggers.filter(({ event }) => event === trigger.event);
    const open = outer.some(({ branches, tags }) => !branches && !tags);
    const narrowed = outer.length === 0 || open || trigger.branches || trigger.tags
      ? outer.slice(0, 1).map(() => trigger)
      : trigger.manual
      ? outer.map(byHand)
      : outer;
    const guarded = trigger.protectedOnly || outer.every((each) => each.protectedOnly);
    return guarded ? narrowed.map((each) => ({ ...each, protectedOnly: true as const })) : narrowed;
  });
  return { live: triggers.length === 0 ? "no" : runs.live, triggers };
}

/** Variables of the pipeline, as far as `inherit: variables:` lets them in. */
function inherited(job: Located, env: Settings): Settings {
  const wanted = get(job, "inherit", "variables");
  if (!wanted || wanted.value === true) return env;
  const names = flattened(wanted).map(textAsSeen);
  return new Map([...env].filter(([name]) => names.includes(name)));
}

/** A keyword of the job, else of `default:`, else of the file as people wrote it before there was `default:`. */
function inheritable(
  job: Located,
  key: string,
  root: Located,
): { readonly value: Located | undefined; readonly byDefault: boolean } {
  const own = get(job, key);
  if (own) return { value: own, byDefault: false };
  const wanted = get(job, "inherit", "default");
  const shut = wanted && wanted.value !== true && !flattened(wanted).some(({ value }) => value === key);
  const value = shut
    ? undefined
    : get(root, "default", key) ?? (GLOBAL.includes(key) ? get(root, key) : undefined);
  return { value, byDefault: value !== undefined };
}

const GLOBAL = ["image", "before_script", "after_script"];

async function stepsOf(
  job: Located,
  context: JobContext,
  env: ReadonlyMap<string, Variable>,
  oidc: Answer,
): Promise<Step[]> {
  const { assembly, root } = context;
  const lines = (section: string): Line[] =>
    flattened(inheritable(job, section, root).value).map((item) => ({
      setting: asSetting(section, item),
      source: assembly.sources.get(item.at.path)!,
    })).filter(({ source }) => source !== undefined);
  // `before_script` and `script` are one shell, `after_script` is another, whose failure nobody sees.
  const shells = [
    [...lines("before_script"), ...lines("script")],
    lines("after_script"),
    ...ranSteps(job, assembly),
  ].filter((each) => each.length > 0);
  let around: Surroundings = { ...NOWHERE, env, oidc };
  const steps: Step[] = [];
  for (const shell of shells) {
    const script = scriptOfLines(shell);
    around = afterScript(script, around);
    const found = await readScript(script, { files: assembly.repository, around, ...RUNNER, directory: "." });
    for (const line of shell) steps.push(stepOf(line, found));
  }
  return steps;
}

/** Steps written as `run:`, as far as they are scripts. */
function ranSteps(job: Located, { sources }: Assembly): Line[][] {
  const steps = get(job, "run");
  return (isList(steps) ? steps.value : []).flatMap((step) => {
    const script = settingOf(step, "script");
    const source = script && sources.get(script.at.path);
    return script && source ? [[{ setting: script, source }]] : [];
  });
}

/** How GitLab's runner starts a script; one that is set up with PowerShell cannot be told from here. */
const RUNNER: Interpreter = { shell: "posix", options: { stopsAtErrors: true, pipefail: true } };

function stepOf({ setting, source }: Line, { publishes, unseen }: ScriptRead): Step {
  const here = publishes.filter(({ at }) => liesIn(at, setting.at));
  return plainStep(lineOf(source, setting.at), setting, {
    name: setting.name,
    publishes: setting.name === "after_script" ? here.map((each) => ({ ...each, tolerated: true })) : here,
    unseen: unseen.filter(({ at }) => liesIn(at, setting.at)),
    // Of the shell; what an entry changes is for those behind it.
    directory: ".",
  });
}

function environmentOf(job: Located, env: ReadonlyMap<string, Variable>): Job["environment"] {
  const setting = get(job, "environment");
  const name = isTable(setting) ? get(setting, "name") : setting;
  const text = textAsSeen(name);
  if (!name || text === "") return null;
  const names = expanded(text, env, job);
  return { name: names?.length === 1 ? names[0]! : null, names, at: name.at };
}

function runnerOf(tags: Located | undefined): Job["runner"] {
  if (!isList(tags)) return null;
  const labels = flattened(tags).map(textAsSeen);
  return { labels: labels.some((label) => label.includes("$")) ? null : labels, group: null, at: tags.at };
}

function flattenedNames(needs: Located | undefined): readonly string[] {
  if (!isList(needs)) return [];
  return needs.value.map((need) => textOf(need, "job")?.value ?? textAsSeen(need)).filter((name) =>
    name !== ""
  );
}

/** `resource_group:` lets one job at a time run; `interruptible:` lets a newer pipeline end it, where the project wants that. */
function concurrencyOf(job: Located): Concurrency | null {
  const group = settingOf(job, "resource_group");
  const interruptible = settingOf(job, "interruptible");
  if (!group && interruptible?.value !== "true") return null;
  return {
    group: group?.value ?? null,
    cancels: interruptible?.value === "true" ? "unknown" : "no",
    cancelsAt: interruptible,
    at: (group ?? interruptible)!.keyAt,
  };
}

function allowsFailure(job: Located): Job["continueOnError"] {
  const written = get(job, "allow_failure");
  if (!written) return null;
  return isTable(written)
    ? { ...asSetting("allow_failure", written), value: "exit_codes" }
    : asSetting("allow_failure", written);
}
