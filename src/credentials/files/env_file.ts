import { SourceText } from "../../formats/positions.ts";
import type { Location } from "../../problem.ts";
import { type CredentialFile, filed, type FiledCredential } from "./filed_credential.ts";

/** A variable that a file sets. */
export interface FiledVariable {
  readonly name: string;
  /** What stands there, without quotes; of a credential nothing. */
  readonly value: string;
  readonly at: Location;
  readonly keyAt: Location;
}

/** An `.envrc` of direnv, or a `.env` of whatever loads one. */
export interface EnvFile extends CredentialFile {
  readonly variables: readonly FiledVariable[];
}

/** Variables in which the clients of registries, and people who use them, keep a credential. */
const CREDENTIAL = new RegExp(
  `^(?:${
    [
      "CARGO_REGISTRY_TOKEN",
      "CARGO_REGISTRIES_\\w+_TOKEN",
      "CRATES_IO_TOKEN",
      "(?:TEST_?)?PYPI_(?:API_)?(?:TOKEN|PASSWORD)",
      "TWINE_\\w*(?:PASSWORD|TOKEN)\\w*",
      "UV_(?:PUBLISH|INDEX_\\w+)_(?:TOKEN|PASSWORD)",
      "POETRY_PYPI_TOKEN_\\w+",
      "POETRY_HTTP_BASIC_\\w+_PASSWORD",
      "FLIT_PASSWORD",
      "HATCH_INDEX_AUTH",
      "PDM_PUBLISH_PASSWORD",
      "MATURIN_(?:PYPI_TOKEN|PASSWORD)",
      "(?:NPM|NODE|YARN_NPM)_(?:AUTH_)?TOKEN",
      "NPM_CONFIG_TOKEN",
      "YARN_NPM_AUTH_IDENT",
      "GEM_HOST_API_KEY",
      "(?:RUBYGEMS|NUGET|CLOUDSMITH|HEX)_API_KEY",
      "(?:JSR|CLOJARS)_TOKEN",
      "(?:VSCE|OVSX)_PAT",
    ].join("|")
  })$`,
  "i",
);

/** Reads lines that set a variable; all others are none. `shell`: commands in values are run, as in an `.envrc`. */
export function readEnvFile(text: string, path: string, { shell }: { readonly shell: boolean }): EnvFile {
  const source = new SourceText(text, path);
  const variables: FiledVariable[] = [];
  const credentials: FiledCredential[] = [];
  const lines = source.body.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(.*)$/gm);
  for (const { 0: line, 1: name, 2: raw, index } of lines) {
    const { value, quote } = unquoted(raw!.replace(/\r$/, ""));
    const start = index + line.length - raw!.length + quote.length;
    const end = start + value.length;
    const keyStart = index + line.indexOf(name!);
    const at = source.span(start, end);
    const keyAt = source.span(keyStart, keyStart + name!.length);
    const secret = CREDENTIAL.test(name!);
    variables.push({
      name: name!,
      value: secret && !isReference(value, quote, shell) ? "" : value,
      at,
      keyAt,
    });
    if (!secret) continue;
    credentials.push(filed(source, {
      key: name!,
      value,
      variables: isReference(value, quote, shell) ? namesIn(value) : [],
      start,
      end,
      keyStart,
      keyEnd: keyStart + name!.length,
    }));
  }
  return { path, credentials, variables };
}

function unquoted(raw: string): { value: string; quote: string } {
  const [, quote, inner] = /^(["'])(.*?)\1[ \t]*(?:#.*)?$/.exec(raw) ?? [];
  return quote === undefined
    ? { value: raw.replace(/(?:^|\s)#.*$/, "").trimEnd(), quote: "" }
    : { value: inner!, quote };
}

/** Whether the value comes from elsewhere: a variable, a command, a reference that a password manager resolves. */
function isReference(value: string, quote: string, shell: boolean): boolean {
  if (/^[a-z][a-z0-9-]*:\/\//.test(value)) return true;
  return quote !== "'" && (/\$\{?\w/.test(value) || (shell && /\$\(|`/.test(value)));
}

function namesIn(value: string): string[] {
  const names = [...value.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
  // A command, or a store.
  return names.length > 0 ? names : [value.replace(/^\$\(|`/g, "").split(/[\s:]/)[0]!];
}
