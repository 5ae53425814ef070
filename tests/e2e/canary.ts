import { assert } from "@std/assert";

/** Where a long-lived credential may lie around, each with a value of its own that must never be seen anywhere. */
const VARIABLES: Readonly<Record<string, string>> = {
  CARGO_REGISTRY_TOKEN: "cioCANARYcargoRegistryTokenVariable00",
  CARGO_REGISTRIES_LOCAL_CRATES_TOKEN: "cioCANARYcargoRegistriesTokenVariabl",
  PYPI_API_TOKEN: "pypi-CANARYpypiApiTokenVariable",
  TWINE_USERNAME: "__token__",
  TWINE_PASSWORD: "pypi-CANARYtwinePasswordVariable",
  TWINE_REPOSITORY_URL: "https://CANARYtwineRepository.invalid/legacy/",
  UV_PUBLISH_TOKEN: "pypi-CANARYuvPublishTokenVariable",
  UV_PUBLISH_PASSWORD: "CANARYuvPublishPasswordVariable",
  NPM_TOKEN: "npm_CANARYnpmTokenVariable",
  NODE_AUTH_TOKEN: "npm_CANARYnodeAuthTokenVariable",
  "npm_config__authToken": "npm_CANARYnpmConfigVariable",
  GITHUB_TOKEN: "ghs_CANARYgithubTokenVariable",
  AWS_SECRET_ACCESS_KEY: "CANARYawsSecretVariable",
};

const FILES: Readonly<Record<string, string>> = {
  ".npmrc": "//registry.npmjs.org/:_authToken=npm_CANARYuserNpmrc\n",
  ".pypirc": "[pypi]\nusername = __token__\npassword = pypi-CANARYpypirc\n",
  ".netrc": "machine 127.0.0.1 login x password CANARYnetrc\n",
  ".cargo/credentials.toml": '[registry]\ntoken = "cioCANARYcargoCredentialsFile0000000"\n' +
    '[registries.local-crates]\ntoken = "cioCANARYcargoCredentialsLocal000000"\n',
};

/** Programs whose arguments and environments are recorded each time they start. */
const WATCHED = ["cargo", "npm", "twine", "uv", "git", "python3"] as const;

/** Credentials in every place, and an eye on every output, file, argument list and environment. */
export class Canary {
  readonly home: string;
  readonly temporary: string;
  /** Directory of stand-ins that record how a program was started, and then start it. */
  readonly shims: string;
  readonly #log: string;
  readonly variables = VARIABLES;

  private constructor(place: string) {
    this.home = `${place}/home`;
    this.temporary = `${place}/tmp`;
    this.shims = `${place}/shims`;
    this.#log = `${place}/started.log`;
  }

  static async plant(place: string): Promise<Canary> {
    const canary = new Canary(place);
    for (const directory of [canary.home, canary.temporary, canary.shims]) {
      await Deno.mkdir(directory, { recursive: true });
    }
    for (const [path, text] of Object.entries(FILES)) {
      await Deno.mkdir(`${canary.home}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      await Deno.writeTextFile(`${canary.home}/${path}`, text, { mode: 0o600 });
    }
    for (const program of WATCHED) await canary.#watch(program);
    return canary;
  }

  async #watch(program: string): Promise<void> {
    const real = await which(program);
    if (!real) return;
    // Not sh: dash drops variables such as `npm_config_//host/:_authToken`.
    const script =
      `#!/bin/bash\n{ echo "started ${program}"; printf 'argv %s\\n' "$@"; env; } >>'${this.#log}'\nexec '${real}' "$@"\n`;
    await Deno.writeTextFile(`${this.shims}/${program}`, script, { mode: 0o755 });
  }

  /** What was started, a block a program. */
  async started(): Promise<string[]> {
    const text = await Deno.readTextFile(this.#log).catch(() => "");
    return text.split(/^(?=started )/m).filter((block) => block !== "");
  }

  /** @throws when any canary, or a minted token in an argument list, was seen. */
  async assertUnseen(
    ran: { stdout: string; stderr: string },
    root: string,
    args: readonly string[],
  ): Promise<void> {
    assert(
      !/CANARY/.test(ran.stdout + ran.stderr),
      `a credential was printed by keyless ${args.join(" ")}:\n${ran.stdout}${ran.stderr}`,
    );
    for (const block of await this.started()) {
      const lines = block.split("\n").filter((line) => line.includes("CANARY"));
      assert(lines.length === 0, `a credential reached ${block.split("\n")[0]}: ${lines[0]}`);
      const argv = block.split("\n").filter((line) => line.startsWith("argv "));
      assert(
        !argv.some((line) => TOKEN.test(line)),
        `a token stands in the arguments of ${block.split("\n")[0]}`,
      );
    }
    for (const directory of [root, this.temporary]) {
      for await (const file of filesBelow(directory)) {
        const text = await Deno.readTextFile(file).catch(() => "");
        assert(
          !text.includes("CANARY") || SOURCES.some((source) => file.endsWith(source)),
          `a credential stands in ${file}`,
        );
        assert(!TOKEN.test(text), `a token stands in ${file}`);
      }
    }
  }
}

/** The forms of minted tokens. */
const TOKEN =
  /cio_tp_[A-Za-z0-9]{32}|pypi-AgE[A-Za-z0-9_-]{40}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./;
/** The repository's own files that look for canaries. */
const SOURCES = ["core/build.rs", "npm/check.js"];

async function* filesBelow(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) yield* filesBelow(path);
    else if (entry.isFile) yield path;
  }
}

/** Where a program is, `null` when nowhere. */
export async function which(program: string): Promise<string | null> {
  for (const directory of Deno.env.get("PATH")!.split(":")) {
    const path = `${directory}/${program}`;
    const info = await Deno.stat(path).catch(() => null);
    if (info?.isFile && (info.mode ?? 0) & 0o111) return path;
  }
  return null;
}
