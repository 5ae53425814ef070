import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ClientName } from "../../src/config/project.ts";
import { clientNamed } from "../../src/publish/clients/table.ts";
import { digest } from "../../src/publish/digests.ts";
import type { PackedPackage } from "../../src/publish/manifest.ts";
import type { Kind } from "../../src/registries/registry.ts";
import { plant, textOf } from "./hostile.ts";
import { type Bench, onBench, packageAt, STRAYS, TOKENS } from "./support.ts";

/** How a client was started. */
interface Started {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What was in that directory. */
  readonly files: readonly string[];
}

const KINDS: Readonly<Record<ClientName, Kind>> = { cargo: "crates", npm: "npm", twine: "pypi", uv: "pypi" };

/** Lets a stand-in be started instead of the client, for one upload of one file. */
async function started(client: ClientName, bench: Bench): Promise<Started> {
  const kind = KINDS[client];
  const record = `${bench.place}/started`;
  const script = `#!/bin/sh
case "$*" in *locate-project*) exit 1;; esac
{ pwd; echo ---; ls -A .; echo ---; env; echo ---; printf '%s\\n' "$@"; } > '${record}'
`;
  await plant(bench.place, {
    [`bin/${client}`]: script,
    "bin/rustup": "#!/bin/sh\necho 'stable-x (default)'\n",
  });
  const get = (name: string) =>
    name === "PATH" ? `${bench.place}/bin:/usr/bin:/bin` : bench.session.env.get(name);
  const tarball = kind === "npm" ? await npmTarball(bench.place) : new TextEncoder().encode("x");
  const packed: PackedPackage = {
    name: "widget",
    kind,
    registry: "r",
    version: "1.0.0",
    directory: "d",
    files: [{ name: "widget-1.0.0.file", ...await digest(tarball) }],
  };
  await Deno.mkdir(`${bench.place}/artifacts/d`, { recursive: true });
  await Deno.writeFile(`${bench.place}/artifacts/d/widget-1.0.0.file`, tarball);
  const pkg = packageAt(bench, kind, "widget", { client });
  await clientNamed(client).upload(
    { ...bench.session, env: { get } },
    bench.uploadJob(pkg, packed, { extraEnv: {} }),
  );
  const [cwd, files, env, argv] = (await textOf(record))!.split("---\n").map((part) =>
    part.trim().split("\n")
  );
  const variables = env!.map((line) => /^([^=]+)=(.*)$/.exec(line)).filter((match) => match !== null);
  return {
    cwd: cwd![0]!,
    files: files!.filter((name) => name !== ""),
    env: Object.fromEntries(variables.map(([, name, value]) => [name!, value!])),
    argv: argv!,
  };
}

async function npmTarball(place: string): Promise<Uint8Array<ArrayBuffer>> {
  await plant(place, { "t/package/package.json": '{"name":"widget","version":"1.0.0"}' });
  const { stdout } = await new Deno.Command("tar", {
    args: ["cz", "package/package.json"],
    cwd: `${place}/t`,
  }).output();
  return stdout;
}

/** Set by the shell that the stand-in is. */
const SHELL = ["PWD", "OLDPWD", "SHLVL", "_"];

/** What every upload gets on a machine with a language and without proxies and certificates. */
const COMMON = ["HOME", "LANG", "NO_PROXY", "PATH", "no_proxy"];

const EXPECTED: Readonly<
  Record<ClientName, { argv: readonly string[]; env: readonly string[]; secret: string }>
> = {
  cargo: {
    argv: [
      "publish",
      "--no-verify",
      "--registry",
      "crates-io",
      "--manifest-path",
      "TREE/Cargo.toml",
      "--target-dir",
      "PRIVATE/target",
      "--config",
      'credential-alias.keyless-upload=["PRIVATE/keyless-provider"]',
    ],
    env: [
      "CARGO_HOME",
      "CARGO_REGISTRY_CREDENTIAL_PROVIDER",
      "CARGO_TERM_COLOR",
      "RUSTC",
      "RUSTC_WORKSPACE_WRAPPER",
      "RUSTC_WRAPPER",
      "RUSTUP_HOME",
      "RUSTUP_TOOLCHAIN",
    ],
    secret: "KEYLESS_CREDENTIAL",
  },
  npm: {
    argv: [
      "publish",
      "PRIVATE/files/widget-1.0.0.file",
      "--registry=UPLOAD",
      "--proxy=null",
      "--https-proxy=null",
      "--noproxy=",
      "--strict-ssl=true",
      "--cafile=null",
      "--tag=latest",
      "--access=public",
      "--ignore-scripts",
      "--provenance=false",
      "--prefix=PRIVATE",
      "--cache=PRIVATE/cache",
      "--fetch-retries=0",
      "--json",
    ],
    env: [
      "NPM_CONFIG_AUDIT",
      "NPM_CONFIG_COLOR",
      "NPM_CONFIG_FUND",
      "NPM_CONFIG_GLOBALCONFIG",
      "NPM_CONFIG_UPDATE_NOTIFIER",
      "NPM_CONFIG_USERCONFIG",
    ],
    // A shell does not hand a variable of such a name to what it starts.
    secret: "",
  },
  twine: {
    argv: [
      "upload",
      "--non-interactive",
      "--disable-progress-bar",
      "--verbose",
      "--config-file",
      "PRIVATE/empty",
      "PRIVATE/files/widget-1.0.0.file",
    ],
    env: [
      "COLUMNS",
      "NETRC",
      "PYTHONIOENCODING",
      "PYTHONUSERBASE",
      "TWINE_NON_INTERACTIVE",
      "TWINE_REPOSITORY_URL",
      "TWINE_USERNAME",
    ],
    secret: "TWINE_PASSWORD",
  },
  uv: {
    argv: [
      "publish",
      "--no-config",
      "--trusted-publishing",
      "never",
      "--keyring-provider",
      "disabled",
      "--no-progress",
      "--no-python-downloads",
      "PRIVATE/files/widget-1.0.0.file",
    ],
    env: ["NO_COLOR", "UV_NO_CACHE", "UV_PUBLISH_URL"],
    secret: "UV_PUBLISH_TOKEN",
  },
};

for (const [name, expected] of Object.entries(EXPECTED)) {
  const client = name as ClientName;

  Deno.test(`${client} is started with exactly these words and variables, away from the project`, async () => {
    await onBench({
      ...STRAYS,
      SSL_CERT_FILE: "",
      REQUESTS_CA_BUNDLE: "",
      PIP_FIND_LINKS: "",
      PIP_INDEX_URL: "",
    }, async (bench) => {
      const { argv, env, cwd, files } = await started(client, bench);
      const place = argv.concat(cwd).join("\n").match(/\S*keyless-(?:cargo|npm|twine|uv)-[^/\n"]+/)![0];
      const upload = bench.registry(KINDS[client]).endpoints.upload;
      assertEquals(
        argv.map((word) =>
          word.replace(place, "PRIVATE").replace(bench.tree, "TREE").replace(upload, "UPLOAD")
        ),
        [...expected.argv],
      );
      const names = Object.keys(env).filter((each) => !SHELL.includes(each)).sort();
      assertEquals(names, [...COMMON, ...expected.env, ...expected.secret ? [expected.secret] : []].sort());
      for (const [variable, value] of Object.entries(env)) {
        assertEquals(value.includes("CANARY"), variable === expected.secret && client !== "cargo", variable);
      }
      assert(!argv.some((word) => word.includes(TOKENS[KINDS[client]])));

      // Nothing above the first can steer; the second holds no packed file, whatever it is called.
      assertEquals(cwd, client === "cargo" ? "/" : place);
      if (client !== "cargo") {
        assertEquals(
          files.filter((file) => !/^(?:empty|files|(?:user|global)\.npmrc)$/.test(file)),
          [],
        );
      }
      if (client !== "npm") assertEquals(env.HOME, place);
      assertMatch(env.NO_PROXY!, /127\.0\.0\.1/);
    });
  });
}
