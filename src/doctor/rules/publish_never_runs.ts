import { plainLine } from "../../host/redact.ts";
import type { Job, Pipeline, PublishInvocation, Setting, Step } from "../../pipelines/model.ts";
import { allNeeded } from "../../pipelines/needed_jobs.ts";
import { publishers, standsAlone } from "../../pipelines/publishing_jobs.ts";
import { fitsNoName, shutsOut, takesOutAlone } from "../../pipelines/ref_filter.ts";
import type { Start } from "../../pipelines/starts.ts";
import type { Label } from "../../report/finding.ts";
import { askedInVain } from "../asked_in_vain.ts";
import { narrowFilters } from "../narrow_filters.ts";
import { type WaitsForRoot, waitsForRoot } from "../release_please.ts";
import type { Publishing, Report, Rule } from "../rule.ts";

/** A publishing step whose condition is false in every run publishes nothing, and says nothing. */
export const publishNeverRuns: Rule = {
  code: "publish-never-runs",
  severity: "warning",
  phase: "trust policy (local)",
  *check(subject) {
    const { pipelines, publishing } = subject;
    const waiting = new Map(publishing.map((job) => [job, waitsForRoot(job, subject)]));
    const arrives = (job: Publishing) => reached(job) && !waiting.get(job);
    for (const pipeline of pipelines.filter((each) => standsAlone(each, pipelines))) {
      for (const { live, invocation, chain, step } of publishers(pipeline)) {
        const { login } = invocation;
        const dead = [...chain, step].find((each) => each.live === "no") ?? login;
        const other = publishing.some((job) => job.invocation.kind === invocation.kind && arrives(job));
        if (live !== "no" || !dead?.condition || other) continue;
        // What a caller asks for is not always a release.
        if (chain.length > 1 && dead !== chain[0] && ASKS_CALLER.test(dead.condition.value)) continue;
        yield {
          message: `The step that ${
            dead === login ? "gets the token for" : "publishes with"
          } ${invocation.client} never runs`,
          at: dead.condition.at,
          label: "false in every run",
          related: [{ at: invocation.at, message: "would publish" }],
          why: [
            dead === login
              ? "Publishing fails without a token."
              : "A release would end without an error and without a package.",
          ],
          next: ["make the condition true for a release, or remove the step"],
          ...askedInVain(dead, chain, pipeline),
          ...withAbsentNeed(dead, { at: invocation.at, message: "would publish" }),
          ...heldByNeeds(
            chain[0]!,
            dead.condition,
            { at: invocation.at, message: "would publish" },
            pipeline,
          ),
        } satisfies Report;
      }
    }
    for (const job of publishing) {
      const { starts, invocation, pipeline, chain, step } = job;
      const guard = [...chain, step].find(({ condition }) => condition !== null)?.condition;
      const other = publishing.some((each) => each.invocation.kind === invocation.kind && arrives(each));
      const message =
        `The step that publishes with ${invocation.client} never runs, whatever starts ${pipeline.file}`;
      if (pipeline.vendor !== "github" || arrives(job) || other) continue;
      const waits = reached(job) && waiting.get(job);
      if (waits) {
        yield waitsInVain(waits, invocation);
        continue;
      }
      const idle = starts.find(({ refrains }) => refrains);
      const shut = starts.find(({ trigger, ref }) => shutsOut(trigger, ref));
      if (idle) yield idles(idle, job);
      else if (shut) yield { message, ...behindFilter(shut, invocation) };
      else if (guard) {
        yield {
          message,
          at: guard.at,
          label: "false in every run that these events start",
          related: [
            ...[...new Set(starts.map(({ trigger }) => trigger))].slice(0, 2).map((trigger) => ({
              at: trigger.at,
              message: `starts it: ${trigger.event}`,
            })),
            { at: invocation.at, message: "would publish" },
          ],
          why: ["A release would end without an error and without a package."],
          next: meeting(guard, job),
        } satisfies Report;
      }
    }
    yield* narrowFilters(subject);
  },
};

const ASKS_CALLER = /(?<![\w.-])inputs\s*[.[]/i;

/** What to say of a job of GitLab that needs one which is never in the same pipeline. */
function withAbsentNeed(dead: Job | Step, publishes: Label): Partial<Report> {
  if (!("absentNeed" in dead) || !dead.absentNeed) return {};
  const { name: { value, at }, condition } = dead.absentNeed;
  const name = plainLine(value, 60);
  return {
    at,
    label: `"${name}" is in none of its pipelines`,
    related: [{ at: condition.at, message: `lets "${name}" run` }, {
      at: dead.condition!.at,
      message: `lets "${plainLine(dead.id, 60)}" run`,
    }, publishes],
    why: ["GitLab makes no pipeline at all where a job needs one that is not in it."],
    next: [
      `let "${name}" run for what "${plainLine(dead.id, 60)}" runs for`,
      `or do without it there: \`needs: [{ job: ${name}, optional: true }]\``,
    ],
  };
}

/** Whether any way in which the workflow starts may come to the step. */
function reached({ starts }: Publishing): boolean {
  return starts.length === 0 || starts.some(({ publishes }) => publishes !== "no");
}

/** What to say of a condition that asks release-please for a release of the root. */
function waitsInVain({ condition, output, paths, at }: WaitsForRoot, invocation: PublishInvocation): Report {
  const [step, name] = output.split(/\.(?=[^.]+$)/) as [string, string];
  const [first] = paths.map((path) => plainLine(path, 60)) as [string, ...string[]];
  return {
    confidence: "likely",
    message: `The step that publishes with ${invocation.client} never runs`,
    at: condition.at,
    label: "empty in every run",
    related: [
      { at, message: `releases ${first}${paths.length > 1 ? " and others" : ""}, not the root` },
      { at: invocation.at, message: "would publish" },
    ],
    why: [
      `release-please sets ${name} for the root of the repository; of another directory it is called ${first}--${name}.`,
      "A release would end without an error and without a package.",
    ],
    next: [
      `read \`${step}['${first}--${name}']\``,
      ...paths.length > 1 ? [`or \`${step}.releases_created == 'true'\`, which is of all of them`] : [],
    ],
  };
}

/** What to say of semantic-release where no run for a branch comes to it (its index.js, and env-ci's services/github.js). */
function idles({ trigger, ref }: Start, { pipeline, invocation, job }: Publishing): Report {
  const [whose, says] = ref === "tag"
    ? [
      "a tag",
      "This test run was triggered on the branch refs/tags/…, while semantic-release is configured to only publish from …",
    ]
    : [
      "a pull request",
      "This run was triggered by a pull request and therefore a new version won't be published.",
    ];
  return {
    message: `Job "${job.id}" releases nothing with ${invocation.client}, whatever starts ${pipeline.file}`,
    at: trigger.at,
    label: `a run for ${whose}`,
    related: [{ at: invocation.at, message: "would publish" }],
    why: [`In such a run it says "${says}", and the job is green. It makes the tags itself.`],
    next: ["start it for the branch of your releases: `on: { push: { branches: [main] } }`"],
  };
}

/** What to say of a filter through which no name gets. */
function behindFilter({ trigger, ref }: Start, invocation: PublishInvocation): Omit<Report, "message"> {
  const all = ref === "tag" ? trigger.tags : trigger.branches;
  const patterns = all?.filter(fitsNoName) ?? [];
  const negative = takesOutAlone(all);
  return {
    at: trigger.at,
    label: `its filter lets no ${ref === "pull" ? "pull request" : ref} through`,
    related: [{ at: invocation.at, message: "would publish" }],
    why: [
      negative
        ? "Patterns with `!` take out of what those before them let in, and here none lets anything in."
        : patterns.length > 0
        ? "GitHub holds a filter against the name alone, without refs/heads/ or refs/tags/, and it is a glob, not a regular expression."
        : `\`**\` ignores every ${ref}.`,
      "A release would end without an error and without a package.",
    ],
    next: [
      negative
        ? `put one without \`!\` before them: \`${ref === "tag" ? "tags" : "branches"}: ["**", …]\``
        : patterns.length > 0
        ? `write ${ref === "tag" ? "`tags: ['v*']`" : "the branch's name alone, e.g. `branches: [main]`"}`
        : `let the ${ref === "tag" ? "tags" : "branches"} of releases through`,
    ],
  };
}

/** How a condition and what starts the workflow can be brought together. */
function meeting({ value }: Setting, { starts, pipeline }: Publishing): string[] {
  const misread = refMisread(value) ?? inputMisread(value, starts);
  if (misread) return [misread];
  const [, branch] = /\bgithub\.ref\s*==\s*'refs\/heads\/([\w./-]+)'/.exec(value) ?? [];
  const tags = /'refs\/tags\/|\bgithub\.ref_type\s*==\s*'tag'/.test(value);
  const [, event] = /\bgithub\.event_name\s*==\s*'(\w+)'/.exec(value) ?? [];
  const missing = event && !pipeline.triggers.some((trigger) => trigger.event === event)
    ? event
    : tags
    ? "push: { tags: ['v*'] }"
    : branch
    ? `push: { branches: [${branch}] }`
    : null;
  const other = !tags && starts.every(({ ref }) => ref === "tag");
  return [
    ...other
      ? ["ask for a tag in the condition, as that is what starts the workflow: `github.ref_type == 'tag'`"]
      : [],
    `${other ? "or " : ""}let the workflow start for what the condition asks for${
      missing === null ? "" : `: \`${missing}\``
    }`,
  ];
}

/** How to ask what a condition wants to know of `github.ref`, where it takes it for a pattern or a short name; `null` where it does not. */
function refMisread(condition: string): string | null {
  const [, pattern] = /\bgithub\.ref\s*==\s*'(refs\/[\w./-]*)[*?[+]/.exec(condition) ?? [];
  if (pattern !== undefined) {
    return `\`==\` compares letter by letter: ask \`startsWith(github.ref, '${pattern}')\``;
  }
  const [, name] = /(?<!endsWith\(\s*)\bgithub\.ref\s*(?:==|,)\s*'(?!refs)([\w.-]+)/i.exec(condition) ?? [];
  return name === undefined
    ? null
    : `\`github.ref\` is \`refs/heads/…\` or \`refs/tags/…\`: ask about \`github.ref_name\`, which is without it`;
}

/** How to ask for a switch that is off, where a condition takes its text for it; `null` where it does not. */
function inputMisread(condition: string, starts: Publishing["starts"]): string | null {
  const [, name] = /!\s*github\.event\.inputs\.([\w-]+)/.exec(condition) ?? [];
  const isText = starts.some(({ trigger: { filled } }) => filled?.includes(name?.toLowerCase() ?? ""));
  return isText ? `\`github.event.inputs\` has texts, and 'false' is one too: ask \`!inputs.${name}\`` : null;
}

/** What to say of a job of CircleCI that lets no branch through, and of those that it needs and that run for no tag. */
function heldByNeeds(job: Job, filters: Setting, publishes: Label, pipeline: Pipeline): Partial<Report> {
  const written = filters.name === "filters" ? blockAt(filters, pipeline.text) : "";
  if (job.triggers?.length !== 0 || !/\bignore\b/.test(written)) return {};
  const held = [...allNeeded(job, pipeline.jobs)].filter(runsForBranchesAlone);
  const without = [.../\btags\b/.test(written) ? [] : [job], ...held];
  const names = without.map(({ id }) => `"${id}"`).join(" and ");
  const shut: Label = { at: filters.at, message: "lets no branch through" };
  const places = held.map(({ triggers }): Label => ({ at: triggers![0]!.at, message: "runs for no tag" }));
  const [main = shut, ...others] = places;
  return {
    at: main.at,
    label: main.message,
    related: [...others, ...main === shut ? [] : [shut], publishes],
    why: [
      "CircleCI runs a job for a tag only where its filters name tags, and those of every job that it requires.",
      "A release would end without an error and without a package.",
    ],
    next: [
      `give ${
        names || "every job that it requires"
      } a filter for tags, e.g. \`filters: { tags: { only: /^v.*/ } }\``,
    ],
  };
}

function runsForBranchesAlone({ triggers }: Job): boolean {
  return triggers?.some(({ event }) => event === "push") === true &&
    !triggers.some(({ event }) => event === "tag");
}

/** The lines of the block that begins with a key. */
function blockAt({ at: { start } }: Setting, text: string): string {
  const [first, ...rest] = text.slice(start.offset).split("\n");
  const end = rest.findIndex((line) => line.trim() !== "" && line.search(/\S/) < start.column);
  return [first, ...rest.slice(0, end < 0 ? undefined : end)].join("\n");
}
