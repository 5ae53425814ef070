import { SourceText } from "../../formats/positions.ts";
import { type CredentialFile, filed, type FiledCredential } from "./filed_credential.ts";

const COMMENT = /<!--(?:(?!<!--)[\s\S])*?-->/g;
const OPENED = /<([\w.-]{1,200})(?![\w.-])[^<>]*>/g;
const ADD = /<add\b([^<>]*)>/gi;

/**
 * Reads a `nuget.config`: passwords of package sources that stand there in the open. Encrypted ones work on one machine alone.
 * https://learn.microsoft.com/en-us/nuget/reference/nuget-config-file
 */
export function readNugetConfig(text: string, path: string): CredentialFile {
  const source = new SourceText(text, path);
  const body = source.body.replace(COMMENT, (comment) => " ".repeat(comment.length));
  const sources = [...body.matchAll(OPENED)].filter(([, name]) => name!.toLowerCase() !== "add");
  const credentials = [...body.matchAll(ADD)].flatMap(
    ({ 0: all, 1: attributes, index }): FiledCredential[] => {
      const key = /\bkey\s*=\s*(["'])(.*?)\1/i.exec(attributes!);
      const written = /\bvalue\s*=\s*(["'])(.*?)\1/i.exec(attributes!);
      if (key?.[2] !== "ClearTextPassword" || !written) return [];
      const offset = index + all.indexOf(attributes!);
      const value = written[2]!;
      const start = offset + written.index + written[0].length - 1 - value.length;
      const keyStart = offset + key.index;
      return [filed(source, {
        key: key[2],
        owner: ownerOf(sources, index),
        value,
        variables: [...value.matchAll(/%(\w+)%/g)].map(([, name]) => name!),
        start,
        end: start + value.length,
        keyStart,
        keyEnd: keyStart + key[0].length,
      })];
    },
  );
  return { path, credentials };
}

/** The package source is the last element that was opened before; its blanks are written as `_x0020_`. */
function ownerOf(opened: readonly RegExpExecArray[], offset: number): string | null {
  const last = opened.findLast(({ index }) => index < offset);
  return last === undefined ? null : last[1]!.replaceAll("_x0020_", " ");
}
