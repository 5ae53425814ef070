import { ownTable } from "../formats/own_table.ts";
import { joined } from "../formats/shell.ts";
import { get } from "../formats/located.ts";
import { plainYaml } from "../formats/yaml_plain.ts";
import type { Location } from "../problem.ts";
import type { Step } from "./model.ts";
import { commandsOf } from "./placed_commands.ts";
import { actionName } from "./publishing.ts";
import { releaseItWork } from "./release_it.ts";

/** What a release tool does to the repository, and with whose token. */
export interface ReleaseWork {
  readonly tool: string;
  /** What it makes; of a draft a person makes a release later. */
  readonly makes: "release" | "release and tag" | "draft" | "pull request" | "push";
  /** `makes a release with goreleaser` */
  readonly does: string;
  /** The variable with its token; `null`: it pushes as git does. */
  readonly variable: string | null;
  /** The token itself, where an option says it. */
  readonly given: string | null;
  /** Whether its failure is swallowed. */
  readonly tolerated: boolean;
  readonly at: Location;
}

/** What is known of the repository that a tool works in. */
export interface ToolContext {
  /** The texts of files by path. */
  readonly sources: ReadonlyMap<string, string>;
  /** `owner/repo` of the git remote, `null` when nobody knows. */
  readonly remote: string | null;
}

/** A tool as it is started. */
export interface ToolRun {
  readonly args: readonly string[];
  /** Where, relative to the root. */
  readonly directory: string | null;
  readonly byAction: boolean;
}

/** What a tool's own configuration says that it does; nothing where nobody can know. */
export type Work = Pick<ReleaseWork, "makes" | "does" | "variable"> & { readonly given?: string | null };

const TOOLS = ownTable<(run: ToolRun, context: ToolContext) => readonly Work[]>({
  goreleaser: goreleaserWork,
  "release-plz": releasePlzWork,
  lerna: lernaWork,
  "release-it": releaseItWork,
});

/** Actions that run one of them, by their owners' names, with the inputs that make up its command line. */
const ACTIONS = ownTable<string>({
  "goreleaser/goreleaser-action": "goreleaser",
  "release-plz/action": "release-plz",
  "marcoieni/release-plz-action": "release-plz",
});

/** What the release tools that a step starts do to the repository. */
export function releaseWork(step: Step, context: ToolContext): readonly ReleaseWork[] {
  const { uses, publishes } = step;
  const tool = uses ? ACTIONS[actionName(uses.value)] : undefined;
  const workOf = (name: string, run: ToolRun, tolerated: boolean, at: Location) =>
    (TOOLS[name]?.(run, context) ?? []).map((work) => ({ tool: name, given: null, ...work, tolerated, at }));
  if (tool) return workOf(tool, actionRun(tool, step), false, uses!.at);
  // Few scripts name one of them, and taking a script apart takes long.
  const commands = !/lerna|release-plz/.test(step.run?.value ?? "")
    ? []
    : commandsOf(step, context.sources).filter(({ program, args }) =>
      program === "lerna" && args[0] === "version" || program === "release-plz" && args[0] === "release-pr"
    );
  // What a local action does, its own steps say.
  return [
    ...(uses ? [] : publishes).flatMap((each) =>
      workOf(each.client, { ...each, byAction: false }, each.tolerated, each.at)
    ),
    ...commands.flatMap(({ program, args, directory, tolerated, at }) => {
      const place = step.directory === null || directory === null
        ? null
        : joined(step.directory ?? ".", directory);
      return workOf(program, { args, directory: place, byAction: false }, tolerated, at);
    }),
  ];
}

/** The command line that an action makes of its inputs. */
function actionRun(tool: string, { with: inputs }: Step): ToolRun {
  const value = (name: string) => inputs.get(name)?.value.trim() ?? "";
  if (tool === "goreleaser") {
    return { args: value("args").split(/\s+/), directory: value("workdir") || ".", byAction: true };
  }
  const option = (name: string) => value(name) === "" ? [] : [`--${name}`, value(name)];
  return {
    args: [
      ...value("command") === "" ? ["release", "release-pr"] : [value("command")],
      ...value("dry_run") === "" ? [] : ["--dry-run"],
      ...["config", "forge", "backend"].flatMap(option),
    ],
    directory: ".",
    byAction: true,
  };
}

/** The value of the last of some options that is given. */
function optionIn(args: readonly string[], ...names: readonly string[]): string | undefined {
  return args.flatMap((word, index) => {
    const [name, value] = word.split(/=(.*)/s);
    return names.includes(name!) ? [value ?? args[index + 1] ?? ""] : [];
  }).at(-1);
}

/** A file beside a tool; `undefined` where there is none, or where nobody knows where the tool works. */
function fileIn(
  { directory }: ToolRun,
  names: readonly string[],
  sources: ReadonlyMap<string, string>,
): { readonly path: string; readonly text: string } | undefined {
  for (const name of directory === null ? [] : names) {
    const path = joined(directory, name);
    const text = path === null ? undefined : sources.get(path);
    if (text !== undefined) return { path: path!, text };
  }
  return undefined;
}

/** Where goreleaser looks (cmd/config.go). */
const GORELEASER_FILES = [".goreleaser.yml", ".goreleaser.yaml", "goreleaser.yml", "goreleaser.yaml"];
/** Options with which it makes no release; those of the edition that is sold, too. */
const GORELEASER_DRY = /^--(?:snapshot|split|prepare|nightly|skip-publish)(?:=(?!false).*)?$/;
/** Options whose values say nothing of that. */
const GORELEASER_TEXTS = /--(?:release-(?:notes|header|footer)(?:-tmpl)?|timeout)[= ](?:\$\{\{.*?\}\}|\S+)/g;
/** Settings that send its release to another server, or bring in what nobody here has read. */
const GORELEASER_ELSEWHERE = [
  "github_urls",
  "gitlab_urls",
  "gitea_urls",
  "force_token",
  "env_files",
  "includes",
];

/** It makes the release of a tag that is there. */
function goreleaserWork(run: ToolRun, { sources, remote }: ToolContext): readonly Work[] {
  const { args } = run;
  const unknown = /[$\ue000]/.test(args.join(" ").replace(GORELEASER_TEXTS, ""));
  if (args[0] !== "release" || unknown || args.some((word) => GORELEASER_DRY.test(word))) return [];
  const skipped = args.flatMap((word, index) =>
    word === "--skip" ? args[index + 1] ?? "" : /^--skip=(.*)$/.exec(word)?.[1] ?? []
  );
  if (skipped.some((each) => each.split(",").includes("publish"))) return [];
  const named = optionIn(args, "-f", "--config");
  const file = fileIn(run, named === undefined ? GORELEASER_FILES : [named], sources);
  const root = file && plainYaml(file.text, file.path)?.root;
  if (!root || GORELEASER_ELSEWHERE.some((key) => get(root, key))) return [];
  const release = get(root, "release");
  const disabled = get(release, "disable")?.value ?? false;
  const github = get(release, "github");
  const place = [get(github, "owner")?.value, get(github, "name")?.value].join("/").toLowerCase();
  const here = !github || place === remote?.toLowerCase() && !get(github, "token");
  const elsewhere = !here || get(release, "gitlab") || get(release, "gitea");
  if (elsewhere || disabled !== false && disabled !== "false") return [];
  const draft = [get(release, "draft"), get(release, "prerelease")].some((each) =>
    each !== undefined && each.value !== false && each.value !== "auto"
  );
  return [{
    makes: draft ? "draft" : "release",
    does: "makes a release with goreleaser",
    variable: "GITHUB_TOKEN",
  }];
}

const TAG_OFF = /^[ \t]*git_tag_enable[ \t]*=[ \t]*false\b/m;
const DRAFTS = /^[ \t]*git_release_(?:draft|type)\b/m;
const RELEASE_OFF = /^[ \t]*git_release_enable[ \t]*=[ \t]*false\b/m;

/** It tags and makes releases of what it has published, and opens a pull request for what is to be. */
function releasePlzWork(run: ToolRun, { sources }: ToolContext): readonly Work[] {
  const { args, byAction } = run;
  const forge = optionIn(args, "--forge", "--backend") ?? "github";
  if (run.directory !== "." || forge !== "github" || optionIn(args, "--repo-url") !== undefined) return [];
  const named = optionIn(args, "--config");
  const config = fileIn(
    run,
    named === undefined ? ["release-plz.toml", ".release-plz.toml"] : [named],
    sources,
  )
    ?.text;
  if (named !== undefined && config === undefined || /^[ \t]*repo_url\b/m.test(config ?? "")) return [];
  const token = {
    variable: byAction ? "GITHUB_TOKEN" : "GIT_TOKEN",
    given: optionIn(args, "--git-token") ?? null,
  };
  const silent = TAG_OFF.test(config ?? "") && RELEASE_OFF.test(config ?? "");
  const releases = args.includes("release") && !args.includes("--dry-run") && !silent;
  const plain = !TAG_OFF.test(config ?? "") && !RELEASE_OFF.test(config ?? "") && !DRAFTS.test(config ?? "");
  return [
    ...releases
      ? [{
        makes: plain ? "release and tag" as const : "draft" as const,
        does: "tags what it publishes with release-plz",
        ...token,
      }]
      : [],
    ...args.includes("release-pr")
      ? [{
        makes: "pull request" as const,
        does: "pushes the branch of a pull request with release-plz",
        ...token,
      }]
      : [],
  ];
}

/** Options with which lerna pushes nothing; the last ones publish what is there. */
const LERNA_QUIET =
  /^(?:--no-(?:push|git-tag-version)|--(?:push|git-tag-version)=false|--amend|--skip-git|--canary|-c|from-git|from-package|--help)$/;

/** It pushes a commit and its tags, and makes releases where it is asked to. */
function lernaWork(run: ToolRun, { sources }: ToolContext): readonly Work[] {
  const { args } = run;
  const config = fileIn(run, ["lerna.json"], sources)?.text;
  // What it takes from elsewhere, or sets itself, nobody has to guess.
  if (config === undefined || /"(?:push|gitTagVersion|amend|skipGit|extends)"/.test(config)) return [];
  if (args.some((word) => LERNA_QUIET.test(word) || /[$\ue000]\{?\{?/.test(word))) return [];
  const client = optionIn(args, "--create-release") ?? /"createRelease"\s*:\s*"(\w+)"/.exec(config)?.[1];
  return [
    { makes: "push", does: "pushes a commit and tags with lerna", variable: null },
    ...client === "github"
      ? [{ makes: "release" as const, does: "makes releases with lerna", variable: "GH_TOKEN" }]
      : [],
  ];
}
