import { ProgramMissing, run } from "../../host/process.ts";
import type { Problem } from "../../problem.ts";
import type { Environment } from "./environment.ts";

/**
 * A directory with nothing above it. Cargo and rustup read settings from every directory above the one they start in, also from a
 * shared temporary directory, and some of them name programs that they then run; no variable overrides all of those.
 */
export const TOP = "/";

/** The version that `PROGRAM --version` prints, or `null` when there is no such program, or it does not run. */
export async function programVersion(program: string, env: Environment): Promise<string | null> {
  try {
    const { code, stdout } = await run({ program, args: ["--version"], cwd: TOP, env, timeout: 60_000 });
    return code === 0 ? /\d+\.\d+(?:\.\d+)?[\w.+-]*/.exec(stdout)?.[0] ?? null : null;
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}

/** The problem of a client that is older than `minimum`; `null` when it is not. */
export function tooOld(client: string, version: string, minimum: string, why: string): Problem | null {
  if (!isOlder(version, minimum)) return null;
  return {
    code: "client-unfit",
    message: `${client} ${version} is too old: keyless needs ${minimum} or newer`,
    why: [why],
    next: [`update ${client}, or the step of the job that sets it up`],
  };
}

function isOlder(version: string, minimum: string): boolean {
  const [a, b] = [version, minimum].map((text) => text.split(".").map((part) => parseInt(part, 10) || 0));
  for (let i = 0; i < b!.length; i++) {
    if ((a![i] ?? 0) !== b![i]) return (a![i] ?? 0) < b![i]!;
  }
  return false;
}
