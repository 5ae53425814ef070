import { inDirectory } from "./project_files.ts";
import type { Answer } from "./model.ts";
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
  client: string,
  directory: string | null,
  files: Files,
): Promise<Answer> {
  const known = SETTINGS[client];
  if (!known || directory === null) return "yes";
  const text = await settingsText(known, directory, files);
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

async function settingsText(
  { files: names, key }: (typeof SETTINGS)[string],
  directory: string,
  files: Files,
): Promise<string | null> {
  const manifest = await files.peek(inDirectory(directory, "package.json"));
  const at = manifest?.search(key) ?? -1;
  if (at >= 0) return manifest!.slice(at, closing(manifest!, at));
  for (const name of names) {
    const text = await files.peek(inDirectory(directory, name));
    if (text !== null) return text;
  }
  return null;
}

/** Where the object ends whose key stands at `at`. */
function closing(text: string, at: number): number {
  let depth = 0;
  for (let index = text.indexOf("{", at); index < text.length; index++) {
    if (text[index] === "{") depth++;
    else if (text[index] === "}" && --depth === 0) return index;
  }
  return text.length;
}
