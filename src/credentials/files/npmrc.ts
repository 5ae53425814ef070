import { SourceText } from "../../formats/positions.ts";
import { isLoopback } from "../../host/http.ts";
import { type CredentialFile, filed, type FiledCredential } from "./filed_credential.ts";

/** A credential of an `.npmrc`. */
export interface NpmrcCredential extends FiledCredential {
  /** Host and path that it is for, `registry.npmjs.org/`; `null` for a key that names none, which npm refuses. */
  readonly registry: string | null;
  readonly name: "_authToken" | "_auth" | "_password";
  /** Whether every variable in it becomes nothing when it is not set (`${VAR?}`); otherwise an unset one stays as it is written. */
  readonly optional: boolean;
}

/** An `.npmrc`, as npm reads it. https://docs.npmjs.com/cli/configuring-npm/npmrc */
export interface Npmrc extends CredentialFile {
  readonly credentials: readonly NpmrcCredential[];
}

const CREDENTIAL = /^(?:\/\/(.+?):)?(_authToken|_auth|_password)$/;
/** As npm replaces them; behind a backslash they stay. */
const VARIABLE = /(?<!\\)\$\{([^${}?]+)(\?)?\}/g;

/** Reads an `.npmrc`; lines that it does not understand are none. Credentials for this machine are left out: they open nothing else. */
export function readNpmrc(text: string, path: string): Npmrc {
  const source = new SourceText(text, path);
  const credentials: NpmrcCredential[] = [];
  for (
    const { 0: line, 1: key, 2: raw, index } of source.body.matchAll(
      /^[ \t]*([^\s;#[=](?:[^=\r\n]*[^\s=])?)[ \t]*=[ \t]*(.*)$/gm,
    )
  ) {
    const [, registry = null, name] = CREDENTIAL.exec(key!) ?? [];
    if (name === undefined || (registry !== null && isAtHome(registry))) continue;
    const { value, length } = unquoted(raw!);
    const start = index + line.length - raw!.length;
    const keyStart = index + line.indexOf(key!);
    const variables = [...value.matchAll(VARIABLE)];
    credentials.push({
      ...filed(source, {
        key: key!,
        value,
        variables: variables.map(([, variable]) => variable!),
        start,
        end: start + length,
        keyStart,
        keyEnd: keyStart + key!.length,
      }),
      registry,
      name: name as NpmrcCredential["name"],
      optional: variables.length > 0 && variables.every(([, , mark]) => mark === "?"),
    });
  }
  return { path, credentials };
}

/** A value without its quotes, or without the comment behind it, and how much of the line it takes. */
function unquoted(raw: string): { value: string; length: number } {
  const quoted = /^(["'])(.*)\1[ \t\r]*$/.exec(raw);
  if (quoted) return { value: quoted[2]!, length: raw.trimEnd().length };
  const value = (/^(?:\\.|[^;#\\])*/.exec(raw)?.[0] ?? raw).trimEnd();
  return { value, length: value.length };
}

/** Whether nobody beyond this machine, or this network, can ever be reached by that name. */
function isAtHome(registry: string): boolean {
  if (!URL.canParse(`https://${registry}`)) return false;
  const { hostname } = new URL(`https://${registry}`);
  return isLoopback(hostname) || hostname === "0.0.0.0" || !/[.$]/.test(hostname);
}
