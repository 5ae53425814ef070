import type { Secret } from "./secret.ts";
import { writeRaw } from "./terminal.ts";

/** A runner that masks shorter values replaces letters all over its log. */
const SHORTEST = 8;

let enabled = false;

/** Turns masking on or off; the program does so at its start when it runs in GitHub Actions. */
export function enableMasking(on = true): void {
  enabled = on;
}

/**
 * Tells the runner of GitHub Actions to hide a secret in everything that it logs from now on, in the encodings that it knows.
 * Written to stderr, which the runner reads for commands too, so that stdout stays the result.
 */
export function mask(secret: Secret): void {
  if (!enabled || secret.length < SHORTEST || isFile()) return;
  const value = secret.reveal();
  // The whole value first; then each line, because the runner's own splitting leaves it to chance what a log shows of it.
  const parts = new Set([value, ...value.split(/\r\n|\r|\n/).map((line) => line.trim())]);
  for (const part of parts) {
    if (part.length >= SHORTEST) writeRaw("stderr", `::add-mask::${escapeData(part)}\n`);
  }
}

/** Whether stderr goes into a file, where no runner reads commands and the token would stay. The runner itself reads a pipe. */
function isFile(): boolean {
  const { process } = globalThis as unknown as Runtime;
  return process.getBuiltinModule("node:fs").fstatSync(2).isFile();
}

/** The way to a stat of an open stream; Deno has none of its own, and opening it again needs more permission. */
interface Runtime {
  readonly process: {
    getBuiltinModule(name: "node:fs"): { fstatSync(descriptor: number): { isFile(): boolean } };
  };
}

/** A workflow command ends with its line, and `%` starts an escape. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
