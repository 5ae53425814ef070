import { githubClaims, type GithubJob } from "../../src/rehearsal/github_claims.ts";
import { jobVariables } from "../../src/rehearsal/job_variables.ts";
import { type Registries, startRegistries } from "../../src/rehearsal/registries.ts";
import { Canary } from "./canary.ts";
import type { Form } from "./forms.ts";
import { writeRepository } from "./repository.ts";

export interface WorldOptions {
  /** Names of the packages to publish; default: all four. */
  readonly only?: readonly string[];
  readonly pypiClient?: "twine" | "uv";
  /** What `pack` made in another world of the same packages. */
  readonly artifacts?: string;
  /** Claims that differ from what is registered. */
  readonly job?: Partial<GithubJob>;
  readonly lag?: number;
}

/** How a run of the program ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository, registries that know its publisher, and a CI job around it; everything is gone afterwards. */
export interface World {
  readonly root: string;
  readonly registries: Registries;
  readonly canary: Canary;
  /** Variables of the CI job, without those of the machine. */
  readonly job: Readonly<Record<string, string>>;
  /** Starts keyless in the repository, as the CI job. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same, without waiting. */
  start(args: readonly string[], options?: RunOptions): Deno.ChildProcess;
  /** What was stored, e.g. `local-npm @acme/e2e 1.0.0 acme-e2e-1.0.0.tgz`, once for each time. */
  stored(): string[];
}

export interface RunOptions {
  readonly form?: Form;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

const JOB: GithubJob = {
  repository: "acme/e2e",
  ownerId: "1000",
  repositoryId: "2000",
  workflow: "release.yml",
  environment: "release",
  ref: "refs/tags/v1.0.0",
  event: "push",
  sha: "0".repeat(40),
  runId: "4711",
};

const KINDS = { "local-crates": "crates", "local-pypi": "pypi", "local-npm": "npm" } as const;

/** Builds a world for one test. */
export async function inWorld(
  form: Form,
  options: WorldOptions,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const place = await Deno.makeTempDir({ prefix: "keyless-e2e-" });
  const root = `${place}/repository`;
  const job = { ...JOB, ...options.job };
  const names = [["local-crates", "e2e-core"], ["local-crates", "e2e-cli"], ["local-pypi", "e2e"], [
    "local-npm",
    "@acme/e2e",
  ]];
  const registries = await startRegistries({
    claims: githubClaims(job),
    registries: Object.entries(KINDS).map(([name, kind]) => ({ name, label: name, kind, audience: null })),
    records: names.map(([registry, name]) => ({
      registry: registry!,
      package: name!,
      owner: "acme",
      repository: "e2e",
      ownerId: JOB.ownerId,
      workflow: JOB.workflow,
      environment: "release",
    })),
    packages: names.map(([registry, name]) => ({ registry: registry!, name: name! })),
    ...(options.lag ? { lag: options.lag } : {}),
  });
  try {
    const sha = await writeRepository(root, registries.registries, options);
    if (options.artifacts) await copyDirectory(options.artifacts, `${root}/artifacts`);
    registries.issuer.claims = githubClaims({ ...job, sha });
    const canary = await Canary.plant(place);
    const variables = jobVariables({ ...job, sha }, "publish", registries.issuer);
    const env = {
      ...machine(),
      ...canary.variables,
      ...variables,
      HOME: canary.home,
      CARGO_HOME: `${canary.home}/.cargo`,
      TMPDIR: canary.temporary,
      PATH: `${canary.shims}:${Deno.env.get("PATH")}`,
    };
    const start = (args: readonly string[], run: RunOptions = {}) => {
      const [program, ...words] = (run.form ?? form).words;
      return new Deno.Command(program!, {
        args: [...words, ...args],
        cwd: run.cwd ?? root,
        env: { ...env, ...run.env },
        clearEnv: true,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    };
    await test({
      root,
      job: variables,
      registries,
      canary,
      start,
      async run(args, run) {
        const { code, stdout, stderr } = await start(args, run).output();
        const ran = {
          code,
          stdout: new TextDecoder().decode(stdout),
          stderr: new TextDecoder().decode(stderr),
        };
        await canary.assertUnseen(ran, root, args);
        return ran;
      },
      stored() {
        return registries.recorder.of("upload").filter((event) => event.status < 300)
          .map((event) => `${event.registry} ${event.package} ${event.version} ${event.file}`).sort();
      },
    });
  } finally {
    await registries.close();
    await Deno.remove(place, { recursive: true });
  }
}

/** What a CI machine has: programs and network settings. */
function machine(): Record<string, string> {
  const kept: Record<string, string> = {
    LANG: "C.UTF-8",
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`,
  };
  for (const name of ["RUSTUP_HOME", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "UV_CACHE_DIR"]) {
    const value = Deno.env.get(name);
    if (value) kept[name] = value;
  }
  kept.RUSTUP_HOME ??= `${Deno.env.get("HOME")}/.rustup`;
  return kept;
}

async function copyDirectory(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (entry.isDirectory) await copyDirectory(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else await Deno.copyFile(`${from}/${entry.name}`, `${to}/${entry.name}`);
  }
}
