import type { Package } from "../../src/config/project.ts";
import { defer } from "../../src/host/cleanup.ts";
import type { Clock } from "../../src/host/clock.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { Secret } from "../../src/host/secret.ts";
import type { Session } from "../../src/host/session.ts";
import { decodeJwt } from "../../src/identity/decode.ts";
import type { IdentityProvider } from "../../src/identity/provider.ts";
import type { ReleaseEvent } from "../../src/publish/events.ts";
import { release, type ReleaseOptions } from "../../src/publish/release.ts";
import type { ReleaseReport } from "../../src/publish/report.ts";
import type { Kind } from "../../src/registries/registry.ts";
import { githubClaims, type GithubJob } from "../../src/rehearsal/github_claims.ts";
import { jobVariables } from "../../src/rehearsal/job_variables.ts";
import type { ExistingPackage } from "../../src/rehearsal/packages.ts";
import type { PublisherRecord } from "../../src/rehearsal/policy.ts";
import {
  type Registries,
  type RegistriesSetup,
  type RegistryPart,
  startRegistries,
} from "../../src/rehearsal/registries.ts";
import { pythonProject } from "../clients/python_backend.ts";
import { commit, git, writeFiles } from "../repository.ts";
import { packageOf } from "../publish/samples.ts";
import { JOB, record } from "../rehearsal/stage.ts";

// The first clean-up makes the program listen to signals for good: outside of any test, so that none seems to leak it.
defer(() => {})();

/** Where the package of each kind is published. */
export const HOMES: Readonly<Record<Kind, string>> = { crates: "crates.io", pypi: "pypi", npm: "npm" };

/** The package of each kind that {@link SOURCES} makes, at version 1.0.0. */
export const NAMES: Readonly<Record<Kind, string>> = {
  crates: "widget",
  pypi: "acme-widget",
  npm: "@acme/widget",
};

/** A repository with one package of each kind; none needs anything from an index. */
const SOURCES: Readonly<Record<string, string>> = {
  "crates/Cargo.toml":
    '[package]\nname = "widget"\nversion = "1.0.0"\nedition = "2021"\ndescription = "W"\nlicense = "MIT"\n\n[workspace]\n',
  "crates/src/lib.rs": "",
  // Without one of its own, a crate is uploaded with the lock file that it was packed with.
  ".gitignore": "Cargo.lock\n",
  "npm/package.json": JSON.stringify({ name: NAMES.npm, version: "1.0.0" }),
  ...Object.fromEntries(Object.entries(pythonProject()).map(([path, text]) => [`pypi/${path}`, text])),
};

/** What differs from: a job that matches its records, registries that have the packages, and no version of them. */
export interface StageOptions {
  readonly job?: Partial<GithubJob>;
  readonly registries?: readonly RegistryPart[];
  readonly records?: readonly PublisherRecord[];
  readonly packages?: readonly ExistingPackage[];
  readonly tokens?: NonNullable<RegistriesSetup["tokens"]>;
  readonly lag?: number;
  /** Variables of the job; `undefined` takes one away. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Further files of the repository. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A job of GitHub Actions in a repository, before embedded registries. */
export interface Stage extends Registries {
  readonly root: string;
  readonly session: Session;
  /** What a release told, in order. */
  readonly events: ReleaseEvent[];
  /** The package of a kind, at its registry. */
  package(kind: Kind, differs?: Partial<Package>): Package;
  /** A release as the job makes it. */
  release(packages: readonly Package[], options?: Partial<ReleaseOptions>): Promise<ReleaseReport>;
  /** Uploads so far: name, version, status. */
  uploads(): string[];
  /** What exchanges, uploads and burns were made: `identity AUDIENCE`, `exchange 200`, `upload 200`, `burn 204`. */
  traffic(): string[];
}

/** An identity that is one OIDC token, as a CI has it that puts it into a variable. */
export function pinnedIdentity(jwt: string): IdentityProvider {
  return {
    id: "pinned",
    label: "A variable",
    renewable: false,
    detect: () => true,
    obstacle: () => Promise.resolve(null),
    request: (_, __, origin) =>
      Promise.resolve({ jwt: new Secret(jwt, "OIDC token", origin), claims: decodeJwt(jwt).claims! }),
  };
}

/** A clock on which sleeping takes no time. */
class QuickClock implements Clock {
  #slept = 0;

  now(): number {
    return Date.now() + this.#slept;
  }

  sleep(ms: number): Promise<void> {
    this.#slept += ms;
    return Promise.resolve();
  }
}

/** Variables of this machine that programs need. */
const MACHINE = [
  "HOME",
  "PATH",
  "CARGO_HOME",
  "RUSTUP_HOME",
  "SSL_CERT_FILE",
  "UV_CACHE_DIR",
  "PIP_FIND_LINKS",
  "PIP_INDEX_URL",
];

/** Runs `test` on a stage; everything is gone afterwards. */
export async function onStage(options: StageOptions, test: (stage: Stage) => Promise<void>): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "keyless-conformance-" }));
  const clock = new QuickClock();
  const { job: changes, variables, files, ...setup } = options;
  const job = { ...JOB, ...changes };
  const homes = Object.entries(HOMES).map(([kind, registry]) => ({ registry, name: NAMES[kind as Kind] }));
  const all = await startRegistries({
    claims: githubClaims(job),
    clock,
    records: homes.map(({ registry, name }) => record(registry, name)),
    packages: homes,
    ...setup,
  });
  try {
    await writeFiles(root, { ...SOURCES, ...files });
    await git(root, "init", "-q", "-b", "main");
    await commit(root, "test");
    const machine = MACHINE.map((name) => [name, Deno.env.get(name)]);
    const env = envOf({
      ...Object.fromEntries(machine),
      ...jobVariables(job, "publish", all.issuer),
      ...variables,
    });
    const session: Session = { env, http: new Http({ clock }), clock, progress: { say() {}, live() {} } };
    await test(stageOf(root, session, job, all));
  } finally {
    await all.close();
    await Deno.remove(root, { recursive: true });
  }
}

function stageOf(root: string, session: Session, job: GithubJob, all: Registries): Stage {
  const { recorder } = all;
  const events: ReleaseEvent[] = [];
  const cratesIo = all.registries.get("crates.io")?.endpoints.index;
  return {
    ...all,
    root,
    session,
    events,
    package: (kind, differs) =>
      packageOf(NAMES[kind], {
        kind,
        path: kind,
        manifest: `${kind}/${{ crates: "Cargo.toml", pypi: "pyproject.toml", npm: "package.json" }[kind]}`,
        registry: all.registries.get(HOMES[kind])!,
        ...differs,
      }),
    release: (packages, options) =>
      release(session, projectOf(root, packages), packages, {
        wish: "auto",
        allowFallback: false,
        allowDirty: false,
        dryRun: false,
        provenance: false,
        assumed: null,
        artifacts: null,
        extraEnv: cratesIo ? { __CARGO_TEST_CRATES_IO_URL_DO_NOT_USE_THIS: `sparse+${cratesIo}` } : {},
        observe: (event) => events.push(event),
        run: { repository: job.repository, runId: job.runId, sha: job.sha },
        ...options,
      }),
    uploads: () => recorder.of("upload").map((event) => `${event.package} ${event.version} ${event.status}`),
    traffic: () =>
      recorder.events.flatMap((event) => {
        if (event.what === "request") return [];
        return [`${event.what} ${event.what === "identity" ? event.audience : event.status}`];
      }),
  };
}

function projectOf(root: string, packages: readonly Package[]) {
  return {
    root,
    configuration: null,
    packages,
    registries: new Map(packages.map(({ registry }) => [registry.name, registry])),
    warnings: [],
    unpublished: [],
    doctor: { failOn: "error" as const, ignore: [] },
  };
}
