import { eq, valid } from "@renovatebot/pep440";
import type { Package } from "../../config/project.ts";
import { given } from "../../host/env.ts";
import { list, makeDirectory, privateDirectory } from "../../host/files.ts";
import { type Command, type Outcome, ProgramMissing, run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import type { PackedPackage } from "../manifest.ts";
import type { PackJob } from "./client.ts";
import { buildEnvironment, type Environment } from "./environment.ts";
import { HOUR, lastWords, packFailed, storePacked } from "./packed.ts";

/**
 * Builds sdist and wheel in isolation, with uv where there is one and with `python3 -m build` otherwise, and has twine look at them
 * where there is one. @throws {KeylessError} `pack-failed`
 */
export async function packPython(session: Session, job: PackJob): Promise<readonly PackedPackage[]> {
  const directory = await privateDirectory("python");
  try {
    const env: Environment = {
      ...buildEnvironment(session, "uv"),
      // Archives carry times; with the commit's, a second build of it gives the same bytes.
      SOURCE_DATE_EPOCH: given(session.env, "SOURCE_DATE_EPOCH") ?? String(job.committedAt),
      NO_COLOR: "1",
      ...job.extraEnv,
    };
    const packed: PackedPackage[] = [];
    for (const [index, pkg] of job.packages.entries()) {
      const out = `${directory.path}/${index}`;
      await makeDirectory(out);
      await build(job, pkg, out, env);
      packed.push(await collect(job, pkg, out, env));
    }
    return packed;
  } finally {
    await directory.remove();
  }
}

/** Programs that build, in the order in which they are tried. */
const BUILDERS: readonly { readonly program: string; readonly args: (out: string) => readonly string[] }[] = [
  { program: "uv", args: (out) => ["build", "--out-dir", out, "."] },
  { program: "python3", args: (out) => ["-m", "build", "--outdir", out, "."] },
  { program: "python", args: (out) => ["-m", "build", "--outdir", out, "."] },
];

async function build(job: PackJob, pkg: Package, out: string, env: Environment): Promise<void> {
  const cwd = pkg.path === "." ? job.worktree : `${job.worktree}/${pkg.path}`;
  for (const { program, args } of BUILDERS) {
    const outcome = await runIfThere({
      projectCode: true,
      program,
      args: args(out),
      cwd,
      env,
      timeout: HOUR,
      onLine: job.onLine,
    });
    if (outcome === null) continue;
    if (outcome.code === 0) return;
    throw packFailed(program, [pkg], lastWords(outcome));
  }
  throw packFailed(
    pkg.client,
    [pkg],
    "There is neither uv nor Python with the package build (pip install build).",
  );
}

async function collect(job: PackJob, pkg: Package, out: string, env: Environment): Promise<PackedPackage> {
  const names = (await list(out)).map((entry) => entry.name).filter((name) =>
    /\.(?:whl|tar\.gz)$/.test(name)
  );
  const version = versionOf(names);
  if (version === null) throw packFailed(pkg.client, [pkg], "Neither an sdist nor a wheel was written.");
  const paths = names.map((name) => `${out}/${name}`);
  const checked = await runIfThere({
    program: "twine",
    args: ["check", ...paths],
    cwd: out,
    env,
    onLine: job.onLine,
  });
  // An installation of twine that does not even start says nothing about the files.
  if (checked && checked.code !== 0 && /FAILED|InvalidDistribution/.test(checked.stdout + checked.stderr)) {
    throw packFailed("twine check", [pkg], checked.stdout.trim() || checked.stderr);
  }
  const same = pkg.version !== null && valid(pkg.version) && eq(pkg.version, version);
  return await storePacked(pkg, same ? pkg.version! : version, paths, job.artifacts);
}

/** From the file names: `name-1.0.tar.gz`, `name-1.0-py3-none-any.whl` (packaging.python.org, file name conventions). */
function versionOf(names: readonly string[]): string | null {
  for (const name of names) {
    const version = /^[^-]+-([^-]+)(?:-.*)?\.whl$/.exec(name)?.[1] ?? /-([^-]+)\.tar\.gz$/.exec(name)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}

async function runIfThere(command: Command): Promise<Outcome | null> {
  try {
    return await run(command);
  } catch (error) {
    if (error instanceof ProgramMissing) return null;
    throw error;
  }
}
