import { KeylessError, type Problem } from "../problem.ts";
import { makeDirectory, writeAtomic } from "./files.ts";
import { capableAsync } from "./permission.ts";
import type { Secret } from "./secret.ts";
import { writeRaw } from "./terminal.ts";

/** Gives a secret to whoever reads stdout; the caller asked for exactly that. */
export function printSecret(secret: Secret): void {
  writeRaw("stdout", secret.reveal() + "\n");
}

/** Writes a secret to a file that only its owner can read. */
export async function writeSecret(path: string, secret: Secret): Promise<void> {
  const directory = path.replace(/[/\\][^/\\]*$/, "");
  if (directory && directory !== path) await makeDirectory(directory);
  await writeAtomic(path, secret.reveal() + "\n", { mode: 0o600 });
}

/**
 * Leaves a secret as an output of a GitHub Actions step; `file` is what GITHUB_OUTPUT names.
 * @throws {KeylessError} `token-malformed` when it would be more than one line, and with that more than one output
 */
export async function outputSecret(file: string, name: string, secret: Secret): Promise<void> {
  const line = `${name}=${secret.reveal()}`;
  if (/[\r\n]/.test(line)) throw new KeylessError(severalLines(secret));
  await capableAsync(
    { name: "write", path: file },
    () => Deno.writeTextFile(file, `${line}\n`, { append: true }),
  );
}

function severalLines({ label }: Secret): Problem {
  return {
    code: "token-malformed",
    message: `The ${label} was not written to GITHUB_OUTPUT: it has more than one line`,
    next: ["hand it over as a file: --output FILE"],
  };
}
