import { plainLine, redact } from "../host/redact.ts";
import type { Finding } from "./finding.ts";

/**
 * What stays the same of each finding while lines move around it: a hash of its code, its file, the text of its line and its message,
 * and a counter where several are equal (`9f2c…:2` is the second in the file). In the order of the findings.
 */
export async function fingerprints(
  findings: readonly Finding[],
  sources: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const lines = new Map(
    [...new Set(findings.map(({ at }) => at.path))].map((path) =>
      [path, sources.get(path)?.split("\n")] as const
    ),
  );
  const hashes = await Promise.all(findings.map(({ code, at, message }) => {
    const line = lines.get(at.path)?.[at.start.line - 1] ?? "";
    return hash(JSON.stringify([code, at.path, withoutSecrets(line.trim()), plainLine(message)]));
  }));
  const places = findings.map((_, index) => index)
    .sort((a, b) => findings[a]!.at.start.offset - findings[b]!.at.start.offset || a - b);
  const counters = new Map<string, number>();
  const named: string[] = [];
  for (const index of places) {
    const count = (counters.get(hashes[index]!) ?? 0) + 1;
    counters.set(hashes[index]!, count);
    named[index] = `${hashes[index]}:${count}`;
  }
  return named;
}

/** Of a name that means a secret what follows it is left out: a hash of a short password can be guessed. */
const SECRET = /(?:pass|token|secret|auth|credential|api_?key)\w{0,60}["']?\s{0,20}[:=][^]*$|:\/\/[^/@\s]+@/i;

function withoutSecrets(line: string): string {
  return redact(line).replace(SECRET, "");
}

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
