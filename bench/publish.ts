/** A whole release of examples/trio against registries that answer at once: how much of it is keyless and not the clients. */
import { fromFileUrl, join } from "@std/path";
import { flags, names } from "../src/permissions.ts";
import { type Row, row } from "./measure.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));

/** One row: wall time of the release against the time in which a client ran. */
export async function publish(): Promise<Row[]> {
  const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "keyless-bench-" }));
  try {
    const repository = await repositoryIn(place);
    const log = join(place, "clients");
    const path = await timed(place, log);
    const begin = Date.now();
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-config",
        ...flags("scoped", "run"),
        join(ROOT, "dist", "keyless.js"),
        "rehearse",
      ],
      cwd: repository,
      env: { PATH: path },
      stdout: "piped",
      stderr: "piped",
    }).output();
    const wall = Date.now() - begin;
    if (code !== 0) {
      throw new Error(
        `The rehearsal ended with ${code}:\n${new TextDecoder().decode(stdout)}${
          new TextDecoder().decode(stderr)
        }`,
      );
    }
    const clients = covered(
      (await Deno.readTextFile(log)).trim().split("\n").map((line) => line.split(" ").map(Number)),
    );
    return [row("release of examples/trio", "its clients alone", wall, clients, "ms", null)];
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

async function repositoryIn(place: string): Promise<string> {
  const repository = join(place, "trio");
  await run("cp", ["-R", join(ROOT, "examples", "trio"), repository]);
  const author = [
    "-c",
    "user.name=Bench",
    "-c",
    "user.email=bench@example.com",
    "-c",
    "commit.gpgsign=false",
  ];
  await run("git", ["-C", repository, "init", "-q", "-b", "main"]);
  await run("git", ["-C", repository, "remote", "add", "origin", "https://github.com/acme/tidy-slug.git"]);
  await run("git", ["-C", repository, "add", "-A"]);
  await run("git", ["-C", repository, ...author, "commit", "-qm", "First"]);
  return repository;
}

/**
 * A PATH on which every program of the table writes down, in milliseconds, from when to when it ran. In bash, because a plain sh
 * drops variables whose names are not its own kind, such as `npm_config_//…`.
 */
async function timed(place: string, log: string): Promise<string> {
  const directory = join(place, "bin");
  await Deno.mkdir(directory);
  const path = Deno.env.get("PATH") ?? "";
  for (const name of names("programs")) {
    const real = await find(name, path);
    if (!real) continue;
    const script = `#!/usr/bin/env bash
begin=$(date +%s%3N)
'${real}' "$@"
status=$?
echo "$begin $(date +%s%3N)" >>'${log}'
exit $status
`;
    await Deno.writeTextFile(join(directory, name), script, { mode: 0o755 });
  }
  return `${directory}:${path}`;
}

async function find(program: string, path: string): Promise<string | null> {
  for (const directory of path.split(":")) {
    const file = join(directory, program);
    if ((await Deno.stat(file).catch(() => null))?.isFile) return file;
  }
  return null;
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stderr: "piped" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** How much time the spans cover together, where they may overlap. */
function covered(spans: readonly (readonly number[])[]): number {
  let total = 0;
  let reached = -Infinity;
  for (const [begin, end] of spans.toSorted((a, b) => a[0]! - b[0]!) as [number, number][]) {
    total += Math.max(0, end - Math.max(begin, reached));
    reached = Math.max(reached, end);
  }
  return total;
}
