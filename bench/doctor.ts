/**
 * How long doctor takes, against the linters that people know, on real workflows. They lie in the directory KEYLESS_CORPUS, or in
 * ../shared/corpus/workflows; without them, or without a linter, the rows that need it are left out.
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { flags } from "../src/permissions.ts";
import { residentSet, type Row, row, type Start, wallTimes } from "./measure.ts";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const CORPUS = Deno.env.get("KEYLESS_CORPUS") ?? join(ROOT, "../shared/corpus/workflows");
const LINTERS = [join(ROOT, ".cache/bin"), join(ROOT, ".cache/lint/bin")];
const ROUNDS = 5;
const MEMORY_LIMIT = 150 * 1024;

/** What may publish, by the words in it: the part of the corpus that every tool reads whole. */
const PUBLISHING =
  /\b(?:npm|pnpm|yarn|cargo|uv|poetry|hatch|flit|pdm|maturin|lerna|changeset)\s+(?:\S+\s+)*publish\b|twine upload|gh-action-pypi-publish|semantic-release/;

/** Rows of the corpus as one repository, of its publishing workflows, and of an ordinary repository. */
export async function doctor(): Promise<Row[]> {
  const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "keyless-bench-" }));
  try {
    const program = await keyless();
    const ordinary = await repository(join(place, "ordinary"), ordinaryWorkflows());
    const rows = [await againstStart(program, ordinary)];
    const workflows = await corpus();
    if (workflows.size === 0) return rows;
    const publishing = new Map([...workflows].filter(([, text]) => PUBLISHING.test(text)));
    const all = await repository(join(place, "corpus"), workflows);
    const some = await repository(join(place, "publishing"), publishing);
    return [
      ...rows,
      ...await against(program, "actionlint", ["-shellcheck=", "-pyflakes="], "corpus", all, 1.0),
      ...await againstZizmor(program, join(place, "parts"), workflows),
      ...await against(program, "zizmor", ZIZMOR, "publishing workflows", some, 1.0),
      ...await memory(program, all),
    ];
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

type Program = readonly [command: string, args: readonly string[]];

/** The compiled program where dist/ has one, else the bundle. */
async function keyless(): Promise<Program> {
  const compiled = join(ROOT, "dist", "keyless");
  return await isFile(compiled) ? [compiled, []] : [Deno.execPath(), [
    "run",
    "--no-config",
    ...flags("scoped", "run"),
    join(ROOT, "dist", "split", "main.js"),
  ]];
}

/** The report that people get when they ask for no other one, as with the linters. */
function diagnosing([command, args]: Program, cwd: string): Start {
  return { command, args: [...args, "doctor", "--format", "terminal"], code: [0, 1, 3], cwd };
}

async function againstStart(program: Program, cwd: string): Promise<Row> {
  const [command, args] = program;
  const times = await wallTimes({
    start: { command, args: [...args, "--version"], code: 0 },
    doctor: diagnosing(program, cwd),
  }, 15);
  return row("doctor, 6 workflows, 2 publish", "keyless --version", times.doctor, times.start, "ms", 2.0);
}

async function against(
  program: Program,
  linter: string,
  args: readonly string[],
  name: string,
  cwd: string,
  target: number,
): Promise<Row[]> {
  const command = await find(linter);
  if (command === null) return [];
  const times = await wallTimes({
    doctor: diagnosing(program, cwd),
    linter: { command, args, code: CODES[linter]!, cwd },
  }, ROUNDS);
  return [row(`doctor, ${name}`, linter, times.doctor, times.linter, "ms", target)];
}

const ZIZMOR = ["--offline", "--quiet", "."];
/** How a linter ends that has looked at everything; zizmor's 1 is for files that it cannot read. */
const CODES: Readonly<Record<string, readonly number[]>> = {
  actionlint: [0, 1],
  zizmor: [0, 11, 12, 13, 14],
};

/** The corpus without the files at which zizmor ends: it looks at nothing then, so there would be nothing to compare with. */
async function againstZizmor(
  program: Program,
  place: string,
  workflows: ReadonlyMap<string, string>,
): Promise<Row[]> {
  const command = await find("zizmor");
  if (command === null) return [];
  const readable: [string, string][] = [];
  let count = 0;
  // A part that zizmor reads as a whole is taken as a whole; of another one its halves are looked at.
  const take = async (part: [string, string][]): Promise<void> => {
    const cwd = await repository(join(place, String(count++)), new Map(part));
    const { code } = await new Deno.Command(command, { args: ZIZMOR, cwd, stdout: "null", stderr: "null" })
      .output();
    if (CODES.zizmor!.includes(code)) readable.push(...part);
    else if (part.length > 1) {
      const half = part.length >> 1;
      await take(part.slice(0, half));
      await take(part.slice(half));
    }
  };
  await take([...workflows]);
  if (readable.length === 0) return [];
  const cwd = await repository(join(place, "readable"), new Map(readable));
  return await against(program, "zizmor", ZIZMOR, `corpus (${readable.length} files)`, cwd, 0.3);
}

async function memory(program: Program, cwd: string): Promise<Row[]> {
  const size = await residentSet(diagnosing(program, cwd), 3);
  return size === null ? [] : [row("doctor, corpus, memory", "150 MiB", size, MEMORY_LIMIT, "KiB", 1.0)];
}

async function corpus(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (!(await Deno.stat(CORPUS).catch(() => null))?.isDirectory) return found;
  for await (const { name, isFile } of Deno.readDir(CORPUS)) {
    if (isFile && /\.ya?ml$/.test(name)) found.set(name, await Deno.readTextFile(join(CORPUS, name)));
  }
  return found;
}

/** Four workflows that test, one that publishes with OIDC, and one with a token. */
function ordinaryWorkflows(): Map<string, string> {
  const steps = (...runs: string[]) =>
    ["      - uses: actions/checkout@v4", ...runs.map((run) => `      - run: ${run}`)].join("\n");
  const workflow = (on: string, extra: string, body: string) =>
    `name: ${on}\non: ${on}\npermissions:\n  contents: read\njobs:\n  main:\n    runs-on: ubuntu-latest\n${extra}    steps:\n${body}\n`;
  const tests = ["lint", "test", "docs", "build"].map((name): [string, string] => [
    `${name}.yml`,
    workflow("push", "", steps("npm ci", `npm run ${name}`, "npm test -- --coverage")),
  ]);
  return new Map([
    ...tests,
    [
      "release.yml",
      workflow(
        "release",
        "    environment: release\n    permissions:\n      id-token: write\n      contents: read\n",
        steps("npm ci", "npm publish"),
      ),
    ],
    ["python.yml", workflow("release", "", steps("python -m build", "twine upload dist/*"))],
  ]);
}

async function repository(root: string, workflows: ReadonlyMap<string, string>): Promise<string> {
  for (const [name, text] of workflows) {
    const path = join(root, ".github", "workflows", name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
  await new Deno.Command("git", { args: ["init", "-q", root] }).output();
  return root;
}

async function find(program: string): Promise<string | null> {
  for (const directory of [...LINTERS, ...(Deno.env.get("PATH") ?? "").split(":")]) {
    if (await isFile(join(directory, program))) return join(directory, program);
  }
  return null;
}

async function isFile(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}
