import { joined } from "../formats/shell.ts";
import type { ToolContext, ToolRun, Work } from "./release_tools.ts";

/** Options that bring in another configuration, or decide about git in a way that is not followed. */
const OTHER = /^(?:-c|--config|--config-dir|--configDir|--extends|--git\.pushRepo)(?:=|$)|[$\ue000]/;

/** What release-it's configuration says, as far as it is of JSON. */
type Table = Readonly<Record<string, unknown>>;

/** It pushes a commit and a tag, and makes a release where its configuration asks for one (config/release-it.json has what it does by default). */
export function releaseItWork({ args, directory }: ToolRun, { sources }: ToolContext): readonly Work[] {
  const config = directory === null || args.some((word) => OTHER.test(word))
    ? null
    : configIn(directory, sources);
  if (config === null || "extends" in config) return [];
  const git = sectionOf(config, "git");
  const pushes = git !== null && (git.push ?? true) === true && git.pushRepo === undefined &&
    !args.some((word) => /^--(?:no-git(?:\.push)?|git(?:\.push)?=false)$/.test(word));
  const github = sectionOf(config, "github");
  const releases = github !== null && !github.web && github.host === undefined &&
    (asked(args, "github.release") ?? github.release === true);
  const variable = github?.tokenRef ?? "GITHUB_TOKEN";
  return [
    ...pushes
      ? [{ makes: "push" as const, does: "pushes a commit and a tag with release-it", variable: null }]
      : [],
    ...releases && typeof variable === "string"
      ? [{ makes: "release" as const, does: "makes a release with release-it", variable }]
      : [],
  ];
}

/** Whether an option switches something on or off; `null` where none does. */
function asked(args: readonly string[], name: string): boolean | null {
  const [section] = name.split(".");
  if (args.some((word) => [`--no-${section}`, `--no-${name}`, `--${name}=false`].includes(word))) {
    return false;
  }
  return args.some((word) => word === `--${name}` || word === `--${name}=true`) ? true : null;
}

/** A section of the configuration; `null` where it is switched off, or nobody can know. */
export function sectionOf(config: Table, name: string): Table | null {
  const section = config[name] ?? {};
  return typeof section === "object" ? section as Table : null;
}

/** The configuration in a directory; `null` where it cannot be read as JSON. */
export function configIn(directory: string, sources: ReadonlyMap<string, string>): Table | null {
  const others = [...sources.keys()].some((path) =>
    joined(directory, path.split("/").at(-1)!) === path && /(?:^|\/)\.release-it\.(?!json$)\w+$/.test(path)
  );
  const manifest = tableOf(sources.get(joined(directory, "package.json") ?? ""));
  const own = sources.get(joined(directory, ".release-it.json") ?? "");
  const file = own === undefined ? {} : tableOf(own);
  const inManifest = manifest?.["release-it"];
  if (others || !manifest || !file || own !== undefined && inManifest !== undefined) return null;
  return { ...file, ...typeof inManifest === "object" ? inManifest as Table : {} };
}

function tableOf(text: string | undefined): Table | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" ? value as Table | null : null;
  } catch {
    // JSON with comments, or a mistake that release-it itself tells of.
    return null;
  }
}
