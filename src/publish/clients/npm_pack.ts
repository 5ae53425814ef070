import type { Package } from "../../config/project.ts";
import { readMember } from "../../formats/tarball.ts";
import { kindOf, list, makeDirectory, privateDirectory, readBytes, readText } from "../../host/files.ts";
import { run } from "../../host/process.ts";
import type { Session } from "../../host/session.ts";
import { plainLine } from "../../host/redact.ts";
import { KeylessError } from "../../problem.ts";
import type { PackedPackage } from "../manifest.ts";
import type { PackJob } from "./client.ts";
import { buildEnvironment } from "./environment.ts";
import { emptyNpmSettings } from "./npm_settings.ts";
import { HOUR, lastWords, packFailed, storePacked } from "./packed.ts";

/**
 * Packs npm packages, each in its own directory, so that a member of a workspace is packed as npm itself would. The project's scripts
 * (`prepack`, `prepare`) run, without credentials; what they need is installed from the lock file before, where there is one.
 *
 * @throws {KeylessError} `pack-failed`
 */
export async function packNpm(session: Session, job: PackJob): Promise<readonly PackedPackage[]> {
  const directory = await privateDirectory("npm");
  try {
    const npm = new Npm(session, job, await emptyNpmSettings(directory.path));
    const packed: PackedPackage[] = [];
    for (const [index, pkg] of job.packages.entries()) {
      const source = pkg.path === "." ? job.worktree : `${job.worktree}/${pkg.path}`;
      const locked = await needsInstall(source, job.worktree);
      if (locked !== null) await npm.run(pkg, locked, ["ci", "--no-audit", "--no-fund"]);
      const out = `${directory.path}/${index}`;
      await makeDirectory(out);
      await npm.run(pkg, source, ["pack", "--dry-run=false", "--pack-destination", out]);
      packed.push(await collect(pkg, out, job.artifacts));
    }
    return packed;
  } finally {
    await directory.remove();
  }
}

const NO_LOCK =
  "A script's dependencies are installed from package-lock.json or npm-shrinkwrap.json, where one is committed.";

class Npm {
  constructor(
    readonly session: Session,
    readonly job: PackJob,
    readonly settings: Readonly<Record<string, string>>,
  ) {}

  async run(pkg: Package, cwd: string, args: readonly string[]): Promise<void> {
    const outcome = await run({
      projectCode: true,
      program: "npm",
      args,
      cwd,
      // Without the user's settings, because they may hold a token that the project's scripts could use.
      env: { ...buildEnvironment(this.session, "npm"), ...this.settings, ...this.job.extraEnv },
      timeout: HOUR,
      onLine: this.job.onLine,
    });
    if (outcome.code !== 0) throw packFailed("npm", [pkg], lastWords(outcome, 40), NO_LOCK);
  }
}

/** What a `package.json` has to do with packing. */
interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly peerDependencies?: Readonly<Record<string, unknown>>;
  readonly optionalDependencies?: Readonly<Record<string, unknown>>;
  readonly bundleDependencies?: unknown;
  readonly bundledDependencies?: unknown;
}

/**
 * The directory in which to install before packing: that of the nearest lock file of npm, when a script runs or dependencies are
 * bundled, and nothing is installed yet. Otherwise `null`: there is nothing to install from.
 */
async function needsInstall(source: string, top: string): Promise<string | null> {
  const manifest = parse(await readText(`${source}/package.json`));
  const runs = ["prepack", "prepare", "prepublish"].some((name) => manifest.scripts?.[name] !== undefined);
  if (!runs && !manifest.bundleDependencies && !manifest.bundledDependencies) return null;
  for (let directory = source;; directory = directory.slice(0, directory.lastIndexOf("/"))) {
    for (const lock of ["npm-shrinkwrap.json", "package-lock.json"]) {
      if (await kindOf(`${directory}/${lock}`) !== "file") continue;
      return await kindOf(`${directory}/node_modules`) === null ? directory : null;
    }
    if (directory === top || directory.length <= top.length) return null;
  }
}

/**
 * Ranges that only a workspace understands; pnpm, yarn and bun replace them when they pack, npm leaves them in.
 * @throws {KeylessError} `workspace-range`
 */
function assertInstallable(pkg: Package, manifest: Manifest): void {
  for (const kind of ["dependencies", "peerDependencies", "optionalDependencies"] as const) {
    for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
      const protocol = /^(?:workspace|catalog|link|portal|file):/.exec(String(range))?.[0];
      if (protocol === undefined) continue;
      throw new KeylessError({
        code: "workspace-range",
        message: `${pkg.name} would ship with a dependency that nobody can install: "${plainLine(name)}": "${
          plainLine(String(range))
        }"`,
        why: [
          `npm packs ${protocol} ranges as they are; only the package manager of the workspace replaces them.`,
        ],
        next: ["write a version range for it in package.json, e.g. ^1.2.0"],
        package: pkg.name,
        at: pkg.at,
      });
    }
  }
}

async function collect(pkg: Package, directory: string, artifacts: string): Promise<PackedPackage> {
  const names = (await list(directory)).map((entry) => entry.name);
  if (names.length > 1) {
    throw packFailed(
      "npm",
      [pkg],
      `Beside npm, something else wrote to its destination: ${plainLine(names.join(", "))}`,
    );
  }
  const [name] = names;
  const bytes = name === undefined ? null : await readBytes(`${directory}/${name}`);
  if (bytes === null) throw packFailed("npm", [pkg], "npm wrote no .tgz file.");
  const manifest = parse(await readMember(bytes, "package/package.json"));
  const { version } = manifest;
  if (typeof version !== "string") {
    throw packFailed("npm", [pkg], "The .tgz file holds no package.json with a version.");
  }
  assertInstallable(pkg, manifest);
  return await storePacked(pkg, version, [`${directory}/${name}`], artifacts);
}

function parse(text: string | null): Manifest {
  try {
    return JSON.parse(text ?? "{}") ?? {};
  } catch {
    // npm says what is wrong with it.
    return {};
  }
}
