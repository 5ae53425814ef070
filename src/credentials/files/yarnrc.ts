import { entriesOf, get, isText, type Located } from "../../formats/located.ts";
import { SourceText } from "../../formats/positions.ts";
import { locatedYaml, parseYaml } from "../../formats/yaml.ts";
import { type CredentialFile, filed, type FiledCredential, held } from "./filed_credential.ts";

/** A credential of a `.yarnrc.yml`. */
export interface YarnCredential extends FiledCredential {
  /** What it becomes when its variable is not set (`${VAR:-default}`); `null` where yarn stops then. */
  readonly otherwise: string | null;
}

/** A `.yarnrc.yml`, as yarn 2 and later read it. https://yarnpkg.com/configuration/yarnrc */
export interface Yarnrc extends CredentialFile {
  readonly credentials: readonly YarnCredential[];
}

const KEYS = ["npmAuthToken", "npmAuthIdent"];
const VARIABLE = /\$\{([\d\w_]+)(?::?-([^}]{0,300}))?\}/g;

/** Reads a `.yarnrc.yml`: its own credentials, and those of scopes and registries. @throws {UsageError} what `parseYaml` does */
export function readYarnrc(text: string, path: string): Yarnrc {
  const { root } = locatedYaml(parseYaml(text, path));
  const blocks: [owner: string | null, block: Located][] = [
    [null, root],
    ...entriesOf(root, "npmScopes").map(([scope, block]): [string, Located] => [`@${scope}`, block]),
    ...entriesOf(root, "npmRegistries"),
  ];
  return {
    path,
    credentials: blocks.flatMap(([owner, block]) =>
      KEYS.flatMap((key) => {
        const value = get(block, key);
        return value && isText(value) ? [credential(key, owner, value)] : [];
      })
    ),
  };
}

function credential(
  key: string,
  owner: string | null,
  { value, at, keyAt }: Located<string>,
): YarnCredential {
  const variables = [...value.matchAll(VARIABLE)];
  return {
    key,
    owner,
    ...held(value, variables.map(([, name]) => name!), key),
    otherwise: variables.length > 0 && variables.every(([, , otherwise]) => otherwise !== undefined)
      ? variables.map(([, , otherwise]) => otherwise).join("")
      : null,
    at,
    keyAt: keyAt ?? at,
  };
}

/** Reads a `.yarnrc` of yarn 1: a key and a value on each line, either of them in quotes or not. */
export function readClassicYarnrc(text: string, path: string): CredentialFile {
  const source = new SourceText(text, path);
  const lines = source.body.matchAll(
    /^[ \t]*"?([^\s"#]*:_(?:authToken|auth|password))"?[ \t]+"?([^"\s]+)"?[ \t\r]*$/gm,
  );
  return {
    path,
    credentials: [...lines].map(({ 0: line, 1: key, 2: value, index }) => {
      const keyStart = index + line.indexOf(key!);
      const start = index + line.lastIndexOf(value!);
      return filed(source, {
        key: key!,
        value: value!,
        variables: [],
        start,
        end: start + value!.length,
        keyStart,
        keyEnd: keyStart + key!.length,
      });
    }),
  };
}
