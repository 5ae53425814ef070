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

/** Leaves a secret as an output of a GitHub Actions step; `file` is what GITHUB_OUTPUT names. */
export async function outputSecret(file: string, name: string, secret: Secret): Promise<void> {
  await capableAsync(
    { name: "write", path: file },
    () => Deno.writeTextFile(file, `${name}=${secret.reveal()}\n`, { append: true }),
  );
}
