import { kindOf } from "../../host/files.ts";
import { run } from "../../host/process.ts";
import type { Environment } from "./environment.ts";

/** By manifest: what was asked when packing need not be asked again when uploading, because trees are private to a run. */
const roots = new Map<string, Promise<string | null>>();

/** Absolute path of the workspace's manifest, with cargo's settings as `cwd` sees them; `null` when cargo cannot read it. */
export async function workspaceRoot(manifest: string, env: Environment, cwd: string): Promise<string | null> {
  const asked = roots.get(manifest) ?? locate(manifest, env, cwd);
  roots.set(manifest, asked);
  const root = await asked;
  // With other settings cargo may be able to.
  if (root === null) roots.delete(manifest);
  return root;
}

async function locate(manifest: string, env: Environment, cwd: string): Promise<string | null> {
  const args = ["locate-project", "--workspace", "--message-format", "plain", "--manifest-path", manifest];
  const { code, stdout } = await run({ program: "cargo", args, cwd, env, timeout: 120_000 });
  return code === 0 ? stdout.trim() : null;
}

/** Holds cargo to the lock file, where one is committed: a worktree has no other. */
export async function locked(root: string): Promise<string[]> {
  return await kindOf(`${parent(root)}/Cargo.lock`) === "file" ? ["--locked"] : [];
}

/** The directory of a file. */
export function parent(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
