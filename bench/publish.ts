/**
 * A whole release of examples/trio (pack, checks, uploads, proofs in one job) against registries that are up and answer at once: how much
 * of it is keyless's own share, that is, time in which no client runs.
 *
 * Clients are cargo, npm, twine and uv (or Python, where it builds instead of uv), whatever keyless asks them. Everything else counts as
 * keyless: its start, its requests, git, rustup and kill, and starting the clients. What cargo waits for its credential, which is keyless
 * too, cannot be told from outside and counts as cargo. Each client is started through a wrapper; what an empty wrapper takes beyond
 * what it notes down is left out.
 */
import { fromFileUrl, join } from "@std/path";
import { flags } from "../src/permissions.ts";
import type { Kind } from "../src/registries/registry.ts";
import { githubClaims } from "../src/rehearsal/github_claims.ts";
import { jobVariables } from "../src/rehearsal/job_variables.ts";
import { type Registries, startRegistries } from "../src/rehearsal/registries.ts";
import { median, type Row, row, wallTimes } from "./measure.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const ROUNDS = 5;
const TARGET = 0.1;

const JOB = {
  repository: "acme/tidy-slug",
  ownerId: "1000",
  repositoryId: "2000",
  workflow: "release.yml",
  environment: "release",
  ref: "refs/tags/v1.4.0",
  event: "push",
  sha: "0".repeat(40),
  runId: "1",
};

/** What examples/trio publishes. */
const PACKAGES: readonly { readonly kind: Kind; readonly name: string }[] = [
  { kind: "crates", name: "tidy-slug" },
  { kind: "crates", name: "tidy-slug-cli" },
  { kind: "pypi", name: "tidy-slug" },
  { kind: "npm", name: "@acme/tidy-slug" },
];

/** One release, in milliseconds. */
interface Share {
  readonly wall: number;
  /** Without any client running. */
  readonly own: number;
}

/** A row for the bundle under `deno run`, and one for the compiled program where dist/ has it. */
export async function publish(): Promise<Row[]> {
  const forms: Record<string, readonly string[]> = {
    "deno run": [
      Deno.execPath(),
      "run",
      "--no-config",
      ...flags("scoped", "run"),
      join(ROOT, "dist", "keyless.js"),
    ],
  };
  const program = join(ROOT, "dist", "keyless");
  if ((await Deno.stat(program).catch(() => null))?.isFile) forms["compiled"] = [program];
  const shares = Object.fromEntries(Object.keys(forms).map((form) => [form, [] as Share[]]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [form, words] of Object.entries(forms)) {
      const share = await inPlace((place) => release(place, words));
      // The first round only warms the caches.
      if (round >= 0) shares[form]!.push(share);
    }
  }
  return Object.entries(shares).map(([form, all]) => {
    const middle = median(all.map(({ own, wall }) => own / wall));
    const { own, wall } = all.toSorted((a, b) => distance(a) - distance(b))[0]!;
    function distance(share: Share): number {
      return Math.abs(share.own / share.wall - middle);
    }
    return row(`publish of the trio, ${form}: own share`, "whole release", own, wall, "ms", TARGET);
  });
}

/** Publishes once: new registries, a new repository for them, and a program that is started as CI starts it. */
async function release(place: string, words: readonly string[]): Promise<Share> {
  const homes = PACKAGES.map(({ kind, name }) => ({ registry: `local-${kind}`, name }));
  const stage = await startRegistries({
    claims: githubClaims(JOB),
    registries: [...new Set(PACKAGES.map(({ kind }) => kind))].map((kind) => ({
      name: `local-${kind}`,
      label: `local-${kind}`,
      kind,
      audience: null,
    })),
    records: homes.map(({ registry, name }) => ({
      registry,
      package: name,
      owner: "acme",
      repository: "tidy-slug",
      ownerId: JOB.ownerId,
      workflow: JOB.workflow,
      environment: JOB.environment,
    })),
    packages: homes,
  });
  try {
    const repository = await repositoryFor(place, stage);
    const log = join(place, "clients");
    const env = {
      ...jobVariables(JOB, "publish", stage.issuer),
      PATH: await timed(place, log),
      TMPDIR: place,
    };
    const overhead = await overheadIn(place);
    const [program, ...args] = [...words, "publish"];
    const begin = now();
    const { code, stdout, stderr } = await new Deno.Command(program!, { args, cwd: repository, env })
      .output();
    const end = now();
    if (code !== 0) {
      const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
      throw new Error(`The release ended with ${code}:\n${said}`);
    }
    const { total, stretches } = covered(await spansIn(log));
    const wall = end - begin - stretches * overhead;
    return { wall, own: wall - total };
  } finally {
    await stage.close();
  }
}

/** The example, with its packages at the embedded registries. */
async function repositoryFor(place: string, stage: Registries): Promise<string> {
  const repository = join(place, "trio");
  await run("cp", ["-R", join(ROOT, "examples", "trio"), repository]);
  await edit(
    join(repository, "keyless.toml"),
    (text) =>
      text.replace(/^kind = "(.*)"$/gm, '$&\nregistry = "local-$1"') +
      [...stage.registries.values()].map(({ name, kind, endpoints }) =>
        [
          "",
          `[registry.${name}]`,
          `kind = "${kind}"`,
          `index = "${kind === "crates" ? "sparse+" : ""}${endpoints.index}"`,
          ...kind === "pypi" ? [`upload = "${endpoints.upload}"`] : [],
          `exchange = "${endpoints.exchange}"`,
          "",
        ].join("\n")
      ).join(""),
  );
  for (const crate of ["tidy-slug", "tidy-slug-cli"]) {
    await edit(
      join(repository, "crates", crate, "Cargo.toml"),
      (text) =>
        text.replace("version.workspace = true", '$&\npublish = ["local-crates"]')
          .replace('version = "1.4.0"', '$&, registry = "local-crates"'),
    );
  }
  const author = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"];
  const commands = [
    ["init", "-q", "-b", "main"],
    ["remote", "add", "origin", "https://github.com/acme/tidy-slug.git"],
    ["add", "-A"],
    [...author, "-c", "commit.gpgsign=false", "commit", "-qm", "First"],
  ];
  for (const args of commands) await run("git", ["-C", repository, ...args]);
  return repository;
}

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await Deno.writeTextFile(path, change(await Deno.readTextFile(path)));
}

/**
 * A PATH on which every client writes down when it began and ended, in microseconds since the epoch. In bash, because a plain sh drops
 * variables whose names are not its own kind, such as `npm_config_//…`.
 */
async function timed(place: string, log: string): Promise<string> {
  const directory = join(place, "bin");
  await Deno.mkdir(directory);
  const path = Deno.env.get("PATH") ?? "";
  const builder = await find("uv", path) ? "uv" : "python3";
  for (const name of ["cargo", "npm", "twine", builder]) {
    const real = await find(name, path);
    if (!real) throw new Error(`The release needs ${name}`);
    await wrap(real, join(directory, name), log);
  }
  return `${directory}:${path}`;
}

async function wrap(real: string, wrapper: string, log: string): Promise<void> {
  const script = `#!${await find("bash", Deno.env.get("PATH") ?? "")}
begin=\${EPOCHREALTIME/[.,]/}
'${real}' "$@"
status=$?
echo "$begin \${EPOCHREALTIME/[.,]/}" >>'${log}'
exit $status
`;
  await Deno.writeTextFile(wrapper, script, { mode: 0o755 });
}

/** Milliseconds that a wrapper takes before it notes the beginning and after it has noted the end. */
async function overheadIn(place: string): Promise<number> {
  const real = await find("true", Deno.env.get("PATH") ?? "");
  const [wrapper, log] = [join(place, "wrapped"), join(place, "wrapped-spans")];
  await wrap(real!, wrapper, log);
  const starts = {
    real: { command: real!, args: [], code: 0 },
    wrapped: { command: wrapper, args: [], code: 0 },
  };
  const times = await wallTimes(starts, 15);
  const inside = median((await spansIn(log)).map(([begin, end]) => end - begin));
  return Math.max(0, times.wrapped - inside - times.real);
}

/** Beginnings and ends in milliseconds since the epoch. */
async function spansIn(log: string): Promise<[number, number][]> {
  return (await Deno.readTextFile(log)).trim().split("\n").map((line) => {
    const [begin, end] = line.split(" ").map((time) => Number(time) / 1000);
    return [begin!, end!];
  });
}

async function find(program: string, path: string): Promise<string | null> {
  for (const directory of path.split(":")) {
    const file = join(directory, program);
    if ((await Deno.stat(file).catch(() => null))?.isFile) return file;
  }
  return null;
}

async function inPlace<T>(work: (place: string) => Promise<T>): Promise<T> {
  const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "keyless-bench-" }));
  try {
    return await work(place);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

async function run(program: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stderr: "piped" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** Milliseconds since the epoch, as exact as the clients' own times. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** How much time the spans cover together, where they may overlap, and in how many separate stretches. */
function covered(spans: readonly (readonly [number, number])[]): { total: number; stretches: number } {
  let [total, stretches, reached] = [0, 0, -Infinity];
  for (const [begin, end] of spans.toSorted(([a], [b]) => a - b)) {
    if (begin > reached) stretches++;
    total += Math.max(0, end - Math.max(begin, reached));
    reached = Math.max(reached, end);
  }
  return { total, stretches };
}
