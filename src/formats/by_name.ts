import { parseIni } from "./ini.ts";
import { parseJson } from "./json.ts";
import type { Parsed } from "./located.ts";
import { parseToml } from "./toml.ts";
import { locatedYaml, parseYaml } from "./yaml.ts";

type Parse = (text: string, path: string) => Parsed;

const PARSERS: readonly (readonly [name: RegExp, parse: Parse])[] = [
  [/\.ya?ml$/, (text, path) => locatedYaml(parseYaml(text, path))],
  [/\.toml$|(?:^|\/)\.cargo\/(?:config|credentials)$/, parseToml],
  [/\.json$/, parseJson],
  [/\.(?:cfg|pypirc)$/, parseIni],
];

/** How a file of this name is read; `null` where its format is none that all its readers agree on, as in `.npmrc` or a script. */
export function parserOf(path: string): Parse | null {
  return PARSERS.find(([name]) => name.test(path))?.[1] ?? null;
}
