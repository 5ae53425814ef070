import type { Package } from "../../src/config/project.ts";
import { defer } from "../../src/host/cleanup.ts";
import { systemClock } from "../../src/host/clock.ts";
import { type Env, envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { Secret } from "../../src/host/secret.ts";
import { type Session, silent } from "../../src/host/session.ts";
import type { Client, CredentialSource, PackJob, UploadJob } from "../../src/publish/clients/client.ts";
import type { PackedPackage } from "../../src/publish/manifest.ts";
import type { Kind, Registry } from "../../src/registries/registry.ts";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import { type Registries, startRegistries } from "../../src/rehearsal/registries.ts";
import { packageOf } from "../publish/samples.ts";
import { JOB } from "../rehearsal/stage.ts";
import { commit, git, writeFiles } from "../repository.ts";

// The program listens to signals from its first clean-up task on and for good; a test that begins it would be said to leak.
defer(() => {})();

/** Long-lived tokens that the embedded registries accept. */
export const TOKENS: Readonly<Record<Kind, string>> = {
  crates: "cioCANARYgoodTokenOfTheUploadTests00",
  pypi: "pypi-CANARYgoodTokenOfTheUploadTests",
  npm: "npm_CANARYgoodTokenOfTheUploadTests000000",
};

const NAMES: Readonly<Record<Kind, string>> = { crates: "crates.io", pypi: "pypi", npm: "npm" };

/** Embedded registries, a directory, and everything that a client needs. */
export interface Bench {
  /** Empty, private, with a repository at `tree`. */
  readonly place: string;
  /** The project: a git repository whose files are committed by {@link write}. */
  readonly tree: string;
  readonly registries: Registries;
  /** Minted or handed out so far. */
  readonly tokensGiven: () => number;
  readonly session: Session;
  registry(kind: Kind): Registry;
  /** Writes files below the tree and commits them. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  packJob(packages: readonly Package[], differs?: Partial<PackJob>): PackJob;
  uploadJob(pkg: Package, packed: PackedPackage, differs?: Partial<UploadJob>): UploadJob;
  /** `name version status`, one for each attempt that reached the kind's registry. */
  uploads(kind: Kind): string[];
  readonly lines: string[];
}

/** Variables of this machine that stay; everything else is the test's. */
const MACHINE = [
  "PATH",
  "CARGO_HOME",
  "RUSTUP_HOME",
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "UV_CACHE_DIR",
  "PIP_FIND_LINKS",
  "PIP_INDEX_URL",
];

/** A bench for one test; gone when the test ends. */
export async function onBench(
  variables: Readonly<Record<string, string>>,
  test: (bench: Bench) => Promise<void>,
): Promise<void> {
  const place = await Deno.realPath(await Deno.makeTempDir({ prefix: "keyless-clients-" }));
  const tree = `${place}/tree`;
  await Deno.mkdir(tree);
  const registries = await startRegistries({
    claims: githubClaims(JOB),
    tokens: Object.fromEntries(
      Object.entries(NAMES).map(([kind, name]) => [name, [{ value: TOKENS[kind as Kind], packages: null }]]),
    ),
  });
  try {
    await git(tree, "init", "-q", "-b", "main");
    await test(makeBench(place, tree, registries, variables));
  } finally {
    await registries.close();
    await Deno.remove(place, { recursive: true });
  }
}

function makeBench(
  place: string,
  tree: string,
  registries: Registries,
  variables: Readonly<Record<string, string>>,
): Bench {
  let given = 0;
  const lines: string[] = [];
  const registry = (kind: Kind) => registries.registries.get(NAMES[kind])!;
  const extraEnv = {
    __CARGO_TEST_CRATES_IO_URL_DO_NOT_USE_THIS: `sparse+${registry("crates").endpoints.index}`,
  };
  const onLine = (line: string) => lines.push(line);
  return {
    place,
    tree,
    registries,
    lines,
    tokensGiven: () => given,
    session: { env: env(variables), http: new Http(), clock: systemClock, progress: silent },
    registry,
    async write(files) {
      await writeFiles(tree, files);
      await commit(tree, "test");
    },
    packJob: (packages, differs) => ({
      packages,
      worktree: tree,
      committedAt: Date.UTC(2026, 0) / 1000,
      artifacts: `${place}/artifacts`,
      onLine,
      extraEnv,
      ...differs,
    }),
    uploadJob(pkg, packed, differs) {
      const credential: CredentialSource = {
        path: "token",
        describe: "a test's token",
        token() {
          given++;
          return Promise.resolve(
            new Secret(TOKENS[pkg.kind], "token", new URL(pkg.registry.endpoints.upload).origin),
          );
        },
        expiresAt: () => null,
      };
      return {
        package: pkg,
        version: packed.version,
        files: packed.files.map((file) => ({
          ...file,
          path: `${place}/artifacts/${packed.directory}/${file.name}`,
        })),
        registry: pkg.registry,
        first: true,
        credential,
        worktree: tree,
        onLine,
        extraEnv,
        provenance: null,
        ...differs,
      };
    },
    uploads: (kind) =>
      registries.recorder.of("upload").filter((event) => event.registry === NAMES[kind]).map((event) =>
        `${event.package} ${event.version} ${event.status}`
      ),
  };
}

function env(variables: Readonly<Record<string, string>>): Env {
  const own: Record<string, string> = { HOME: Deno.env.get("HOME")!, LANG: "C.UTF-8" };
  for (const name of MACHINE) {
    const value = Deno.env.get(name);
    if (value) own[name] = value;
  }
  return envOf({ ...own, ...variables });
}

/** A package of the bench's repository, at its embedded registry. */
export function packageAt(bench: Bench, kind: Kind, name: string, differs: Partial<Package> = {}): Package {
  const manifest = { crates: "Cargo.toml", pypi: "pyproject.toml", npm: "package.json" }[kind];
  const path = differs.path ?? ".";
  return packageOf(name, {
    kind,
    path,
    manifest: path === "." ? manifest : `${path}/${manifest}`,
    registry: bench.registry(kind),
    ...differs,
  });
}

/** Packs and uploads one package, and gives the outcome. */
export async function packAndUpload(
  client: Client,
  bench: Bench,
  pkg: Package,
  differs?: Partial<UploadJob>,
) {
  const [packed] = await client.pack(bench.session, bench.packJob([pkg]));
  return await client.upload(bench.session, bench.uploadJob(pkg, packed!, differs));
}

/** Runs a program of this machine for the test itself. @throws when it fails */
export async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** A test that needs programs; its name says which one is missing when it does not run. */
export function testWith(programs: readonly string[], name: string, fn: () => Promise<void>): void {
  const missing = programs.filter((program) => !isThere(program));
  const why = missing.length > 0 ? ` (not run: ${missing.join(", ")} is missing)` : "";
  Deno.test({ name: name + why, ignore: missing.length > 0, fn });
}

/** `python3 -m build` means Python with that module. */
function isThere(program: string): boolean {
  const [python, dash, module] = program.split(" ");
  if (dash) {
    return isThere(python!) &&
      new Deno.Command(python!, { args: ["-m", module!, "--version"] }).outputSync().success;
  }
  return Deno.env.get("PATH")!.split(":").some((directory) => {
    try {
      return Deno.statSync(`${directory}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

/** A secret in every variable and form in which a CI machine may hold one. */
export const STRAYS: Readonly<Record<string, string>> = Object.fromEntries([
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "ACTIONS_ID_TOKEN_REQUEST_URL",
  "ACTIONS_RUNTIME_TOKEN",
  "AWS_SECRET_ACCESS_KEY",
  "CARGO_REGISTRIES_CRATES_IO_TOKEN",
  "CARGO_REGISTRY_CREDENTIAL_PROVIDER",
  "CARGO_REGISTRY_TOKEN",
  "GH_TOKEN",
  "GITHUB_TOKEN",
  "NODE_AUTH_TOKEN",
  "NODE_OPTIONS",
  "NPM_CONFIG_USERCONFIG",
  "NPM_ID_TOKEN",
  "NPM_TOKEN",
  "PYPI_API_TOKEN",
  "PYPI_ID_TOKEN",
  "SIGSTORE_ID_TOKEN",
  "TWINE_PASSWORD",
  "TWINE_REPOSITORY",
  "TWINE_REPOSITORY_URL",
  "TWINE_USERNAME",
  "UV_INDEX_PYPI_PASSWORD",
  "UV_KEYRING_PROVIDER",
  "UV_PUBLISH_CHECK_URL",
  "UV_PUBLISH_INDEX",
  "UV_PUBLISH_PASSWORD",
  "UV_PUBLISH_TOKEN",
  "UV_PUBLISH_URL",
  "UV_PUBLISH_USERNAME",
  "npm_config__auth",
  "npm_config_//registry.npmjs.org/:_authToken",
  "npm_config_registry",
].map((name) => [name, `CANARY-${name}`]));
