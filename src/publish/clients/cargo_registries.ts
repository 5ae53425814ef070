import { get, isTable, textOf } from "../../formats/located.ts";
import { parseToml } from "../../formats/toml.ts";
import { readText } from "../../host/files.ts";
import { parent } from "./cargo_workspace.ts";
import type { Environment } from "./environment.ts";

/**
 * Where the repository's cargo settings say that other registries are, as variables: an upload starts where those settings are not found,
 * and a dependency may come from one of them. Nothing else of the settings is taken over. Nearer files count more.
 */
export async function declaredIndexes(manifest: string, top: string): Promise<Environment> {
  const found: Record<string, string> = {};
  for (let directory = parent(manifest); directory.length >= top.length; directory = parent(directory)) {
    for (const path of [`${directory}/.cargo/config.toml`, `${directory}/.cargo/config`]) {
      const text = await readText(path);
      if (text === null) continue;
      const registries = get(parseToml(text, path).root, "registries");
      for (const [name, registry] of isTable(registries) ? registries.value : []) {
        const index = textOf(registry, "index")?.value;
        if (index && /^[A-Za-z0-9_-]+$/.test(name)) found[variable(name)] ??= index;
      }
    }
    if (directory === "/") break;
  }
  return found;
}

function variable(name: string): string {
  return `CARGO_REGISTRIES_${name.toUpperCase().replaceAll("-", "_")}_INDEX`;
}
