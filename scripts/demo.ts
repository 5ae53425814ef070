/**
 * The main job on an embedded default: rehearses examples/trio, renames its workflow, rehearses again, and shows the refusal
 * explained. Ends with 0 only if the first went through and the second was refused for that reason.
 */
import { flags } from "../src/permissions.ts";

const root = new URL("../", import.meta.url).pathname;
const config = Deno.args[0] ?? `${root}deno.npm.json`;
const place = await Deno.makeTempDir({ prefix: "keyless-demo-" });

try {
  await prepare();
  await heading("A repository with two crates, a Python package and an npm package: does its release work?");
  const first = await keyless("rehearse");
  await heading("Now somebody renames the workflow, and forgets the registries");
  await git("mv", ".github/workflows/release.yml", ".github/workflows/ship.yml");
  await git("commit", "-qam", "Rename the workflow");
  const second = await keyless("rehearse");
  const good = first.code === 0 && second.code === 1 && second.text.includes("ship.yml") &&
    second.text.includes("does not match the workflow filename");
  heading(
    good ? "The rename was caught before anything could be uploaded." : "This demo did not go as it must.",
  );
  Deno.exitCode = good ? 0 : 1;
} finally {
  await Deno.remove(place, { recursive: true });
}

/** A repository of its own, so that nothing here is touched. */
async function prepare(): Promise<void> {
  await copy(`${root}examples/trio`, place);
  await git("init", "-q", "-b", "main");
  await git("remote", "add", "origin", "https://github.com/acme/tidy-slug.git");
  await git("add", "-A");
  await git("commit", "-qm", "tidy-slug 1.4.0");
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (["target", "dist", "node_modules", "__pycache__"].includes(entry.name)) continue;
    if (entry.isDirectory) await copy(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else await Deno.copyFile(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}

async function git(...args: string[]): Promise<void> {
  const author = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"];
  const { success } = await new Deno.Command("git", { args: [...author, ...args], cwd: place }).output();
  if (!success) throw new Error(`git ${args.join(" ")} failed`);
}

/** Runs keyless as a user would, and shows what it says while it says it. */
async function keyless(...args: string[]): Promise<{ code: number; text: string }> {
  const words = ["run", ...flags("scoped", "run"), "--config", config, `${root}main.ts`, ...args];
  await say(`$ keyless ${args.join(" ")}`);
  const child = new Deno.Command(Deno.execPath(), {
    args: words,
    cwd: place,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    await Deno.stdout.write(new TextEncoder().encode(chunk));
  }
  return { code: (await child.status).code, text };
}

async function heading(line: string): Promise<void> {
  await say(`\n── ${line}\n`);
}

async function say(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}
