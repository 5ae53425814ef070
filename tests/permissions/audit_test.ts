import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { VERBS } from "../../src/cli/table.ts";
import { ALWAYS, type GroupName, names } from "../../src/permissions.ts";
import { githubClaims } from "../../src/rehearsal/github_claims.ts";
import { startRegistries } from "../../src/rehearsal/registries.ts";
import { forms } from "../e2e/forms.ts";
import { inWorld } from "../e2e/world.ts";
import { type Accesses, type AuditedRun, auditedRun } from "./audit.ts";

const windows = Deno.build.os === "windows";

/** A test that needs programs which are shell scripts, and perhaps a client. */
function audited(name: string, fn: () => Promise<void>, npm = true): void {
  const missing = windows ? "bash" : npm ? null : "npm";
  Deno.test({
    name: missing ? `${name} (skipped: there is no ${missing})` : name,
    ignore: missing !== null,
    fn,
  });
}

async function hasNpm(): Promise<boolean> {
  try {
    return (await new Deno.Command("npm", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

/** What the verb's groups do not allow. */
function beyond(verb: string, accesses: Accesses): string[] {
  const groups = [...ALWAYS, ...VERBS.find(({ name }) => name === verb)!.permissions] as GroupName[];
  const hosts = names("hosts", groups);
  const programs = names("programs", groups);
  const variables = names("variables", groups);
  return [
    ...accesses.hosts.filter((host) =>
      !hosts.some((allowed) =>
        allowed === host || (allowed.startsWith("*.") && host.endsWith(allowed.slice(1)))
      )
    ),
    ...accesses.programs.filter((program) => !programs.includes(program)),
    ...accesses.variables.filter((variable) =>
      !variables.some((allowed) =>
        allowed === variable || (allowed.endsWith("*") && variable.startsWith(allowed.slice(0, -1)))
      )
    ),
    ...accesses.others,
  ];
}

/** Reads outside the project, the clients' homes and private directories. */
function strayReads(accesses: Accesses): string[] {
  return accesses.reads.filter((path) => !/^(PROJECT|HOME|TMP)(\/|$)/.test(path));
}

/** Writes outside private directories. */
function strayWrites(accesses: Accesses): string[] {
  return accesses.writes.filter((path) => !/^(TMP(\/keyless-|$)|HOME\/\.cache\/keyless(\/|$))/.test(path));
}

async function withProject(act: (project: string) => Promise<void>): Promise<void> {
  const project = await Deno.realPath(await Deno.makeTempDir({ prefix: "project-" }));
  try {
    const files = {
      "keyless.toml": `[[package]]
name = "@acme/tidy-widget"
kind = "npm"
path = "."
[package.trust_policy]
workflow = "release.yml"
environment = "release"
`,
      "package.json": JSON.stringify({
        name: "@acme/tidy-widget",
        version: "1.0.0",
        license: "MIT",
        repository: "github:acme/widgets",
        files: ["index.js"],
      }),
      "index.js": "",
      ".github/workflows/release.yml": `on: { push: { tags: ["v*"] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: release
    permissions: { contents: read, id-token: write }
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - run: keyless publish
`,
    };
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(join(project, path, ".."), { recursive: true });
      await Deno.writeTextFile(join(project, path), text);
    }
    const git = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    for (const args of [["init", "-q"], ["add", "."], [...git, "commit", "-q", "-m", "first"]]) {
      const { success } = await new Deno.Command("git", { args, cwd: project }).output();
      assert(success, `git ${args.join(" ")}`);
    }
    await act(project);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}

/** A proxy that refuses, so that what a command asks for is written down and nothing is reached. */
async function withoutNetwork(act: (proxy: string) => Promise<void>): Promise<void> {
  const proxy = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(null, { status: 403 }),
  );
  try {
    await act(`http://127.0.0.1:${proxy.addr.port}`);
  } finally {
    await proxy.shutdown();
  }
}

function assertWithin(verb: string, run: AuditedRun): void {
  const said = `${verb} ended with ${run.code}: ${run.stderr}`;
  assert(run.code !== 70, said);
  assertEquals(beyond(verb, run.accesses), [], said);
  assertEquals(strayReads(run.accesses), [], said);
  assertEquals(strayWrites(run.accesses), [], said);
}

for (const verb of VERBS) {
  audited(`${verb.name} --help touches nothing but settings of the terminal`, async () => {
    await withProject(async (project) => {
      const { code, stderr, accesses } = await auditedRun([verb.name, "--help"], { project });
      assertEquals(code, 0, stderr);
      const variables = accesses.variables.filter((name) => !names("variables", ["terminal"]).includes(name));
      assertEquals({ ...accesses, variables }, {
        hosts: [],
        programs: [],
        variables: [],
        reads: [],
        writes: [],
        others: [],
      });
    });
  });
}

audited("plan touches what its groups name, asks the registry, and writes nothing", async () => {
  await withProject((project) =>
    withoutNetwork(async (proxy) => {
      const run = await auditedRun(["plan"], { project, env: { HTTPS_PROXY: proxy } });
      assertWithin("plan", run);
      assert(run.accesses.hosts.includes("registry.npmjs.org"), run.stderr);
      assert(run.accesses.programs.includes("git"), run.stderr);
      assert(run.accesses.reads.includes("PROJECT/keyless.toml"));
    })
  );
});

audited("doctor touches what its groups name, no host without a token, and writes nothing", async () => {
  await withProject(async (project) => {
    const run = await auditedRun(["doctor"], { project });
    assertWithin("doctor", run);
    assertEquals(run.accesses.hosts, [], run.stderr);
    assert(run.accesses.reads.includes("PROJECT/.github/workflows/release.yml"), run.stderr);
  });
});

audited(
  "rehearse touches what its groups name, no host but this machine, and writes only to private directories",
  async () => {
    await withProject((project) =>
      withoutNetwork(async (proxy) => {
        const run = await auditedRun(["rehearse"], { project, env: { HTTPS_PROXY: proxy } });
        assertWithin("rehearse", run);
        assertEquals(run.code, 0, run.stdout + run.stderr);
        assertEquals(run.accesses.hosts, ["127.0.0.1"]);
        assertEquals(run.accesses.programs, ["git", "kill", "npm"]);
      })
    );
  },
  await hasNpm(),
);

audited("claims touches what its groups name, asks the job's issuer, and writes nothing", async () => {
  const claims = githubClaims({
    repository: "acme/widgets",
    ownerId: "4242",
    repositoryId: "99",
    workflow: "release.yml",
    environment: "release",
    ref: "refs/tags/v1.0.0",
    event: "push",
    sha: "0".repeat(40),
    runId: "1",
  });
  const { issuer, recorder, close } = await startRegistries({ claims, registries: [] });
  try {
    await withProject((project) =>
      withoutNetwork(async (proxy) => {
        const run = await auditedRun(["claims"], {
          project,
          own: [new URL(issuer.origin).host],
          env: {
            HTTPS_PROXY: proxy,
            GITHUB_ACTIONS: "true",
            GITHUB_REPOSITORY: "acme/widgets",
            ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
            ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
          },
        });
        assertWithin("claims", run);
        assertEquals(recorder.events.filter(({ what }) => what === "identity").length, 1, run.stderr);
        assertStringIncludes(run.stdout, "acme/widgets", run.stderr);
      })
    );
  } finally {
    await close();
  }
});

Deno.test("an access beyond a verb's groups is found", () => {
  const nothing: Accesses = { hosts: [], programs: [], variables: [], reads: [], writes: [], others: [] };
  assertEquals(beyond("explain", nothing), []);
  assertEquals(beyond("explain", { ...nothing, hosts: ["crates.io"] }), ["crates.io"]);
  assertEquals(beyond("explain", { ...nothing, programs: ["git"] }), ["git"]);
  assertEquals(beyond("explain", { ...nothing, variables: ["NO_COLOR", "NPM_TOKEN"] }), ["NPM_TOKEN"]);
  assertEquals(strayReads({ ...nothing, reads: ["PROJECT/a", "/etc/passwd"] }), ["/etc/passwd"]);
  assertEquals(strayWrites({ ...nothing, writes: ["TMP/keyless-x/a", "PROJECT/a"] }), ["PROJECT/a"]);
});

/** The releasing verbs in a small world of their own; what they are for is tested elsewhere. */
function releasing(verb: string, args: readonly string[], programs: readonly string[]): void {
  audited(`${verb} touches what its groups name, and writes only where it must`, async () => {
    await inWorld(forms[0]!, { only: ["e2e-core", "@acme/e2e"] }, async (world) => {
      const { issuer, registries } = world.registries;
      const own = [issuer.origin, ...[...registries.values()].map(({ endpoints }) => endpoints.api)];
      const run = await auditedRun([verb, ...args], {
        project: world.root,
        env: { ...world.job, RUSTUP_HOME: rustupHome(), CARGO_HOME: `${world.canary.home}/.cargo` },
        own: own.map((origin) => new URL(origin).host),
        ...(Deno.env.has("PATH") ? { path: Deno.env.get("PATH")! } : {}),
      });
      assertEquals(run.code, 0, run.stdout + run.stderr);
      assertEquals(beyond(verb, run.accesses), [], run.stderr);
      assertEquals(run.accesses.programs.filter((program) => !programs.includes(program)), []);
      const wanted = /^PROJECT\/(artifacts|token)|^PROJECT$/;
      assertEquals(strayWrites(run.accesses).filter((path) => !wanted.test(path)), [], run.stderr);
    });
  }, true);
}

const UPLOADING = ["cargo", "git", "kill", "npm", "rustup"];
releasing("pack", ["--artifacts", "artifacts"], UPLOADING);
releasing("publish", [], UPLOADING);
releasing("exchange", ["local-crates", "--output", "token"], []);
releasing("run", ["local-crates", "--", "node", "--version"], ["node"]);

function rustupHome(): string {
  return Deno.env.get("RUSTUP_HOME") ?? join(Deno.env.get("HOME") ?? "/", ".rustup");
}
