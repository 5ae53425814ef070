import { closingBrace } from "../formats/braces.ts";
import { get } from "../formats/located.ts";
import { gradleUploads } from "./gradle_places.ts";
import { withBuild } from "./jvm_builds.ts";
import type { Answer, PublishInvocation } from "./model.ts";
import { inDirectory, parsedJson } from "./project_files.ts";
import type { Files } from "./repository.ts";

/** Where the settings of clients stand that can do everything but publish; `package.json` has them under a key. */
const SETTINGS: Readonly<Record<string, { readonly files: readonly string[]; readonly key: RegExp }>> = {
  "release-it": {
    files: [
      ".release-it.json",
      ".release-it.yaml",
      ".release-it.yml",
      ".release-it.toml",
      ".release-it.js",
      ".release-it.cjs",
      ".release-it.ts",
    ],
    key: /"release-it"\s*:\s*\{/,
  },
  "semantic-release": {
    files: [
      ".releaserc",
      ".releaserc.json",
      ".releaserc.yaml",
      ".releaserc.yml",
      ".releaserc.js",
      ".releaserc.cjs",
      ".releaserc.mjs",
      "release.config.js",
      "release.config.cjs",
      "release.config.mjs",
      "release.config.ts",
    ],
    key: /"release"\s*:\s*\{/,
  },
};

/** Whether a client that its own settings can keep from it publishes packages, as far as their text tells. */
export async function settingsLetPublish(
  { client, directory, args }: Pick<PublishInvocation, "client" | "directory" | "args">,
  files: Files,
): Promise<Answer> {
  if (client === "gradle") return await gradleUploads({ directory, args }, files);
  const known = SETTINGS[client];
  if (!known || directory === null) return "yes";
  const text = await settingsText(known, directory, files);
  // Settings of others, commands and directories that they name may publish something else than the package beside them.
  const others = [text ?? "", ...args].some((each) => OTHERS.test(each));
  if (!others && await isPrivateAlone(directory, files)) return "no";
  if (text === null) return "yes";
  if (client === "release-it") {
    return /\bnpm["']?\s{0,20}[:=]\s{0,20}(?:false|\{[^}]{0,2000}\bpublish["']?\s{0,20}[:=]\s{0,20}false|\n\s{1,20}publish:\s{0,20}false)/
        .test(
          text,
        )
      ? "no"
      : "yes";
  }
  if (/npmPublish["']?\s*:\s*false/.test(text)) return "no";
  // Without a list of its own, it has the npm plugin.
  if (!/\bplugins\b/.test(text) || /@semantic-release\/npm|\bextends\b/.test(text)) return "yes";
  return /semantic-release\/exec|publishCmd|pypi|pnpm|yarn|lerna|cargo|gem|nuget|maven/.test(text)
    ? "unknown"
    : "no";
}

const OTHERS =
  /pkgRoot|workspaces|publishCmd|\bexec\b|\bextends\b|\b(?:npm|pnpm|yarn|bun)\b[^"'\n]{0,200}\bpublish\b(?!["']?\s*[:=])|^(?:-[ecp]|--(?:extends|config|plugins)(?:=.*)?)$/;

/** Whether both clients leave a package out because it is private, and there are no others that one of them may be about. */
async function isPrivateAlone(directory: string, files: Files): Promise<boolean> {
  const path = inDirectory(directory, "package.json");
  const text = await files.peek(path);
  if (text === null || !/"private"\s*:\s*true/.test(text)) return false;
  const manifest = await parsedJson(text, path);
  if (get(manifest?.root, "private")?.value !== true || get(manifest?.root, "workspaces")) return false;
  for (const name of ["pnpm-workspace.yaml", "lerna.json"]) {
    if (await files.peek(inDirectory(directory, name)) !== null) return false;
  }
  return true;
}

/** A publisher with what the files of the project say of it, beside what its command does. */
export async function withSettings(publish: PublishInvocation, files: Files): Promise<PublishInvocation> {
  const { client, directory } = publish;
  if (client !== "semantic-release" || directory === null) return await withBuild(publish, files);
  const text = await settingsText(SETTINGS[client]!, directory, files);
  return text !== null && IGNORES_CI.test(text) ? { ...publish, ignoresCi: true } : publish;
}

/** How semantic-release is told to work as if no CI ran it. */
const IGNORES_CI = /(?<![\w/.-])(?:ci|noCi)["']?\s{0,9}[:=]/;

async function settingsText(
  { files: names, key }: (typeof SETTINGS)[string],
  directory: string,
  files: Files,
): Promise<string | null> {
  const manifest = await files.peek(inDirectory(directory, "package.json"));
  const at = manifest?.search(key) ?? -1;
  if (at >= 0) return manifest!.slice(at, closingBrace(manifest!, at));
  for (const name of names) {
    const text = await files.peek(inDirectory(directory, name));
    if (text !== null) return text.replace(/^[ \t]*(?:#|\/\/).*$/gm, "");
  }
  return null;
}
