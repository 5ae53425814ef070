/** Git repositories for tests: what is in them, and a git that nothing of this machine steers. */

/** Writes files, and the directories that they need. */
export async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${root}/${path}`, text);
  }
}

/** Commits everything. */
export async function commit(root: string, message: string): Promise<void> {
  await git(root, "add", "-A");
  await git(root, "-c", "user.name=Test", "-c", "user.email=test@example.com", "commit", "-qm", message);
}

/** Runs git without any of this machine's configuration. @throws when it fails */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  // With fixed dates the same files give the same commit, and with it the same bytes of a crate.
  const date = "2026-01-01T00:00:00Z";
  const env = {
    PATH: Deno.env.get("PATH")!,
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  const { success, stdout, stderr } = await new Deno.Command("git", { args, cwd, env, clearEnv: true })
    .output();
  if (!success) throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}
