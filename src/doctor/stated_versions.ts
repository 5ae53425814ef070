import { textOf } from "../formats/located.ts";
import { parseJson } from "../formats/json.ts";
import { SourceText } from "../formats/positions.ts";
import { KeylessError, type Location } from "../problem.ts";

/** A version of a tool that the repository asks for. */
export interface StatedVersion {
  /** `node`, `npm`, `pnpm`, `yarn`, `bun`. */
  readonly tool: string;
  /** As written: a version, a range, or a word such as `lts/*`. */
  readonly version: string;
  /** Whether exactly this one is used, and not any of a range. */
  readonly exact: boolean;
  readonly at: Location;
}

/** What such a file, a `.yarnrc.yml` or a `package.json` asks for; nothing of one that is broken, which whoever reads it otherwise says. */
export function statedVersions(text: string, path: string): StatedVersion[] {
  if (path.endsWith(".yarnrc.yml")) return ofYarn(text, path);
  if (path.endsWith(".tool-versions")) return inToolVersions(text, path);
  if (!path.endsWith("package.json")) return inVersionFile(text, path);
  try {
    return inManifest(text, path);
  } catch (error) {
    if (error instanceof KeylessError) return [];
    throw error;
  }
}

function inVersionFile(text: string, path: string): StatedVersion[] {
  const source = new SourceText(text, path);
  const match = /^[ \t]*(?!#)(\S+)/m.exec(source.body);
  if (!match) return [];
  const start = match.index + match[0].length - match[1]!.length;
  return [stated("node", match[1]!.replace(/^v/, ""), source.span(start, start + match[1]!.length))];
}

/** https://asdf-vm.com/manage/configuration.html#tool-versions */
function inToolVersions(text: string, path: string): StatedVersion[] {
  const source = new SourceText(text, path);
  const lines = source.body.matchAll(/^(node|npm|pnpm|yarn|bun)(?:js)?[ \t]+([^\s#]+)/gm);
  return [...lines].map(({ 0: line, 1: tool, 2: version, index }) => {
    const end = index + line.length;
    return stated(tool!, version!, source.span(end - version!.length, end));
  });
}

/** The release that `yarnPath` names, which every other yarn hands over to. */
function ofYarn(text: string, path: string): StatedVersion[] {
  const source = new SourceText(text, path);
  const match = /^yarnPath:[^\r\n]{0,300}?\byarn-(\d+\.\d+\.\d+)\.cjs/m.exec(source.body);
  if (!match) return [];
  const end = match.index + match[0].length - ".cjs".length;
  return [stated("yarn", match[1]!, source.span(end - match[1]!.length, end))];
}

function inManifest(text: string, path: string): StatedVersion[] {
  const { root } = parseJson(text, path);
  const manager = textOf(root, "packageManager");
  const [, name, version] = /^(\w+)@([^+\s]+)/.exec(manager?.value ?? "") ?? [];
  const from = (table: string) =>
    ["node", "npm", "pnpm", "yarn", "bun"].flatMap((tool) => versionAt(tool, textOf(root, table, tool)));
  const development = (key: string) => {
    const tool = textOf(root, "devEngines", key, "name")?.value;
    return tool === undefined ? [] : versionAt(tool, textOf(root, "devEngines", key, "version"));
  };
  return [
    ...manager && name !== undefined ? [stated(name, version!, manager.at)] : [],
    ...development("packageManager"),
    ...from("volta"),
    ...development("runtime"),
    ...from("engines"),
  ];
}

function versionAt(tool: string, found: ReturnType<typeof textOf>): StatedVersion[] {
  return found ? [stated(tool, found.value, found.at)] : [];
}

function stated(tool: string, version: string, at: Location): StatedVersion {
  return { tool, version, exact: /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version), at };
}
