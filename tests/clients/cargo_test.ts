import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { KeylessError } from "../../src/problem.ts";
import { envOf } from "../../src/host/env.ts";
import { cargo } from "../../src/publish/clients/cargo.ts";
import { digest } from "../../src/publish/digests.ts";
import { holdsToken, thief } from "../security/thief.ts";
import { plant, setTrap, textOf, withTemporary } from "./hostile.ts";
import { type Bench, onBench, packageAt, packAndUpload, STRAYS, testWith, TOKENS } from "./support.ts";

const manifest = (name: string, rest = "") =>
  `[package]\nname = "${name}"\nversion = "1.0.0"\nedition = "2024"\ndescription = "W"\nlicense = "MIT"\n${rest}`;

const CRATE = { "Cargo.toml": manifest("widget"), "src/lib.rs": "" };

const WORKSPACE = {
  "Cargo.toml": '[workspace]\nmembers = ["core", "cli"]\nresolver = "3"\n',
  "core/Cargo.toml": manifest("widget-core"),
  "core/src/lib.rs": "pub fn two() -> u8 {\n    2\n}\n",
  "cli/Cargo.toml": manifest(
    "widget",
    '[dependencies]\nwidget-core = { path = "../core", version = "1.0.0" }\n',
  ),
  "cli/src/main.rs": 'fn main() {\n    println!("{}", widget_core::two());\n}\n',
};

const members = (bench: Bench) => [
  packageAt(bench, "crates", "widget-core", { path: "core" }),
  packageAt(bench, "crates", "widget", { path: "cli" }),
];

testWith(
  ["cargo"],
  "a crate is packed, verified and uploaded with the token that cargo asks for",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write(CRATE);
      const pkg = packageAt(bench, "crates", "widget");
      const [packed] = await cargo.pack(bench.session, bench.packJob([pkg]));
      assertEquals(packed!.version, "1.0.0");
      assertEquals(packed!.files.map((file) => file.name), ["widget-1.0.0.crate"]);
      assert(bench.lines.some((line) => line.includes("Verifying widget")));

      assertEquals(await cargo.upload(bench.session, bench.uploadJob(pkg, packed!)), { status: "accepted" });
      assertEquals(bench.uploads("crates"), ["widget 1.0.0 200"]);
      assertEquals(bench.registries.recorder.of("upload")[0]!.sha256, packed!.files[0]!.sha256);
      assertEquals(bench.tokensGiven(), 1);
    });
  },
);

testWith(
  ["cargo"],
  "crates of a workspace are verified against each other before any is published",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write(WORKSPACE);
      const packed = await cargo.pack(bench.session, bench.packJob(members(bench)));
      assertEquals(packed.map((each) => each.directory), ["crates.io/widget-core", "crates.io/widget"]);
      for (const [index, pkg] of members(bench).entries()) {
        assertEquals(await cargo.upload(bench.session, bench.uploadJob(pkg, packed[index]!)), {
          status: "accepted",
        });
      }
      assertEquals(bench.uploads("crates"), ["widget-core 1.0.0 200", "widget 1.0.0 200"]);
    });
  },
);

testWith(
  ["cargo"],
  "a crate that is packed without the one that it needs is told to take it along",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write(WORKSPACE);
      const cli = packageAt(bench, "crates", "widget", { path: "cli", dependsOn: ["widget-core"] });
      const error = await assertRejects(
        () => cargo.pack(bench.session, bench.packJob([cli])),
        KeylessError,
      );
      assertEquals(error.problem.code, "dependency-not-packed");
      assertStringIncludes(error.problem.said!, "no matching package named `widget-core` found");
      assertEquals(error.problem.next[0], "pack them together: keyless pack widget-core widget");
    });
  },
);

testWith(["cargo"], "a registry of another name is found without any of cargo's settings", async () => {
  await onBench({}, async (bench) => {
    await bench.write(CRATE);
    const registry = { ...bench.registry("crates"), name: "acme.internal", label: "acme.internal" };
    const pkg = packageAt(bench, "crates", "widget", { registry });
    assertEquals(await packAndUpload(cargo, bench, pkg, { extraEnv: {} }), { status: "accepted" });
    assertEquals(bench.uploads("crates"), ["widget 1.0.0 200"]);
  });
});

testWith(
  ["cargo"],
  "a dependency may come from a registry that only the repository's settings know",
  async () => {
    await onBench({}, async (bench) => {
      const gear = packageAt(bench, "crates", "gear");
      await bench.write({ ...CRATE, "Cargo.toml": manifest("gear") });
      await packAndUpload(cargo, bench, gear);
      await bench.write({
        "Cargo.toml": manifest(
          "widget",
          '[dependencies]\ngear = { version = "1", registry = "inner-parts" }\n',
        ),
        // The same registry by another address, because cargo wants one name for each.
        ".cargo/config.toml": `[registries.inner-parts]\nindex = "sparse+${
          bench.registry("crates").endpoints.index.replace("127.0.0.1", "localhost")
        }"\n`,
      });
      const registry = { ...bench.registry("crates"), name: "acme.internal", label: "acme.internal" };
      const pkg = packageAt(bench, "crates", "widget", { registry });
      assertEquals(await packAndUpload(cargo, bench, pkg, { extraEnv: {} }), { status: "accepted" });
      assertEquals(bench.uploads("crates"), ["gear 1.0.0 200", "widget 1.0.0 200"]);
    });
  },
);

testWith(["cargo"], "a version that is there already is told apart from a refusal", async () => {
  await onBench({}, async (bench) => {
    await bench.write(CRATE);
    const pkg = packageAt(bench, "crates", "widget");
    await packAndUpload(cargo, bench, pkg);
    const outcome = await packAndUpload(cargo, bench, pkg);
    assert(outcome.status === "exists");
    assertStringIncludes(outcome.said, "already exists");
  });
});

testWith(["cargo"], "a refusal carries the registry's words", async () => {
  await onBench({}, async (bench) => {
    await bench.write({ ...CRATE, "Cargo.toml": CRATE["Cargo.toml"].replace(/^description.*\n/m, "") });
    const outcome = await packAndUpload(cargo, bench, packageAt(bench, "crates", "widget"));
    assert(outcome.status === "refused");
    assertStringIncludes(outcome.problem.said!, "missing or empty metadata fields: description.");
    assertStringIncludes(outcome.problem.message, "Cargo.toml");
  });
});

testWith(["cargo"], "an upload whose answer is lost is unclear, not failed", async () => {
  await onBench({}, async (bench) => {
    await bench.write(CRATE);
    bench.registries.faults.add({ method: "PUT" }, { cut: "after" });
    const outcome = await packAndUpload(cargo, bench, packageAt(bench, "crates", "widget"));
    assertEquals(outcome.status, "unclear");
    assertEquals(bench.uploads("crates"), ["widget 1.0.0 200"]);
  });
});

testWith(
  ["cargo"],
  "a crate whose sources changed since it was packed is refused, and no token is handed out",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write(CRATE);
      const pkg = packageAt(bench, "crates", "widget");
      const [packed] = await cargo.pack(bench.session, bench.packJob([pkg]));
      await bench.write({ "src/lib.rs": "// changed\n" });
      const outcome = await cargo.upload(bench.session, bench.uploadJob(pkg, packed!));
      assert(outcome.status === "refused");
      assertEquals(outcome.problem.code, "packed-bytes-changed");
      assertEquals(bench.tokensGiven(), 0);
      assertEquals(bench.uploads("crates"), []);
    });
  },
);

testWith(
  ["cargo"],
  "a .crate that changed since it was packed is refused, and no token is handed out",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write(CRATE);
      const pkg = packageAt(bench, "crates", "widget");
      const [packed] = await cargo.pack(bench.session, bench.packJob([pkg]));
      const job = bench.uploadJob(pkg, packed!);
      await Deno.writeTextFile(job.files[0]!.path, "other");
      const error = await assertRejects(() => cargo.upload(bench.session, job), KeylessError);
      assertEquals(error.problem.code, "packed-bytes-changed");
      assertEquals(bench.tokensGiven(), 0);
    });
  },
);

testWith(["cargo"], "why there is no token reaches the caller as it was", async () => {
  await onBench({}, async (bench) => {
    await bench.write(CRATE);
    const refused = new KeylessError({ code: "exchange-refused", message: "No", next: ["x"] });
    const credential = {
      path: "oidc" as const,
      describe: "d",
      token: () => Promise.reject(refused),
      expiresAt: () => null,
    };
    const pkg = packageAt(bench, "crates", "widget");
    const error = await assertRejects(() => packAndUpload(cargo, bench, pkg, { credential }), KeylessError);
    assertEquals(error, refused);
  });
});

testWith(
  ["cargo"],
  "a dependency that was released since does not change the bytes of a crate without a committed lock file",
  async () => {
    await onBench({}, async (bench) => {
      const dependency = { ...CRATE, "Cargo.toml": manifest("gear") };
      const gear = packageAt(bench, "crates", "gear");
      await bench.write(dependency);
      await packAndUpload(cargo, bench, gear);

      await bench.write({ "Cargo.toml": manifest("widget", '[dependencies]\ngear = "1"\n') });
      const pkg = packageAt(bench, "crates", "widget");
      const [packed] = await cargo.pack(bench.session, bench.packJob([pkg]));
      await bench.write({ "Cargo.toml": manifest("gear").replace("1.0.0", "1.0.1") });
      await packAndUpload(cargo, bench, gear);
      await bench.write({ "Cargo.toml": manifest("widget", '[dependencies]\ngear = "1"\n') });
      // The commit is part of the bytes.
      const { stdout } = await new Deno.Command("git", {
        args: ["checkout", "-q", "HEAD~2"],
        cwd: bench.tree,
      }).output();
      assertEquals(stdout.length, 0);

      assertEquals(await cargo.upload(bench.session, bench.uploadJob(pkg, packed!)), { status: "accepted" });
      assertEquals(await textOf(`${bench.tree}/Cargo.lock`), null);
    });
  },
);

testWith(
  ["cargo"],
  "a crate below the top that is a workspace of its own is uploaded without a committed lock file",
  async () => {
    await onBench({}, async (bench) => {
      await bench.write({ ...CRATE, "Cargo.toml": manifest("gear") });
      await packAndUpload(cargo, bench, packageAt(bench, "crates", "gear"));
      await bench.write({
        "below/Cargo.toml": manifest("widget", '[dependencies]\ngear = "1"\n[workspace]\n'),
        "below/src/lib.rs": CRATE["src/lib.rs"]!,
      });
      const pkg = { ...packageAt(bench, "crates", "widget"), path: "below", manifest: "below/Cargo.toml" };
      assertEquals(await packAndUpload(cargo, bench, pkg), { status: "accepted" });
    });
  },
);

testWith(["cargo"], "a committed lock file is kept to", async () => {
  await onBench({}, async (bench) => {
    await bench.write({
      ...CRATE,
      "Cargo.lock": 'version = 4\n\n[[package]]\nname = "widget"\nversion = "0.9.0"\n',
    });
    const error = await assertRejects(
      () => cargo.pack(bench.session, bench.packJob([packageAt(bench, "crates", "widget")])),
      KeylessError,
    );
    assertEquals(error.problem.code, "pack-failed");
    assertStringIncludes(error.problem.said!, "--locked");
  });
});

testWith(["cargo"], "a build script sees no credential and nothing to request one with", async () => {
  await onBench(STRAYS, async (bench) => {
    const seen = `${bench.place}/seen`;
    await bench.write({
      ...CRATE,
      "build.rs": `fn main() {
    let all: Vec<String> = std::env::vars().map(|(name, value)| format!("{name}={value}")).collect();
    std::fs::write(${JSON.stringify(seen)}, all.join("\\n")).unwrap();
}
`,
    });
    assertEquals(await packAndUpload(cargo, bench, packageAt(bench, "crates", "widget")), {
      status: "accepted",
    });
    const text = (await textOf(seen))!;
    assertStringIncludes(text, "CARGO_PKG_NAME=widget");
    assertEquals(text.split("\n").filter((line) => /CANARY|^ACTIONS_|_TOKEN=|^KEYLESS_/.test(line)), []);
  });
});

testWith(["cargo", "rustup"], "a toolchain that the repository brings along is never run", async () => {
  await onBench({}, async (bench) => {
    const ran = `${bench.place}/ran`;
    await bench.write({
      ...CRATE,
      "rust-toolchain.toml": '[toolchain]\npath = "toolchain"\n',
      "toolchain/.keep": "",
    });
    for (const program of ["cargo", "rustc"]) {
      await plant(bench.tree, { [`toolchain/bin/${program}`]: `#!/bin/sh\nenv > '${ran}'\nexit 9\n` });
    }
    await bench.write({ ".gitignore": "" });
    await plant(bench.place, { "rust-toolchain.toml": `[toolchain]\npath = "${bench.tree}/toolchain"\n` });
    await withTemporary(`${bench.place}/tmp`, async () => {
      assertEquals(await packAndUpload(cargo, bench, packageAt(bench, "crates", "widget")), {
        status: "accepted",
      });
    });
    assertEquals(await textOf(ran), null);
  });
});

testWith(
  ["cargo"],
  "no cargo settings of the project or of a directory above the private one steer an upload",
  async () => {
    await onBench({}, async (bench) => {
      const trap = setTrap();
      const ran = `${bench.place}/ran`;
      await plant(bench.place, {
        "evil.sh": `#!/bin/sh\necho "$0 $*" >> '${ran}'\nenv >> '${ran}'\nexec rustc "$@"\n`,
      });
      const settings = `[http]
proxy = "${trap.origin}"
[build]
rustc = "${bench.place}/evil.sh"
[registry]
default = "evil"
global-credential-providers = ["${bench.place}/evil.sh"]
[registries.evil]
index = "sparse+${trap.origin}/index/"
[credential-alias]
keyless-upload = ["${bench.place}/evil.sh"]
[source.crates-io]
replace-with = "evil-source"
[source.evil-source]
registry = "sparse+${trap.origin}/index/"
`;
      try {
        await bench.write(WORKSPACE);
        const packed = await cargo.pack(bench.session, bench.packJob(members(bench)));
        await plant(bench.tree, { ".cargo/config.toml": settings });
        await plant(bench.place, { ".cargo/config.toml": settings });
        // With blanks, because cargo cuts settings there.
        await withTemporary(`${bench.place}/with some blanks`, async () => {
          for (const [index, pkg] of members(bench).entries()) {
            const outcome = await cargo.upload(bench.session, bench.uploadJob(pkg, packed[index]!));
            assertEquals(outcome, { status: "accepted" });
          }
        });
        assertEquals(await textOf(ran), null);
        assertEquals(trap.visits(), 0);
      } finally {
        await trap.close();
      }
    });
  },
);

testWith(["cargo"], "stray tokens and a user's credentials file are not used", async () => {
  await onBench(STRAYS, async (bench) => {
    const home = `${bench.place}/cargo`;
    await plant(home, { "credentials.toml": '[registry]\ntoken = "cioCANARYfromTheCredentialsFile00000"\n' });
    await bench.write(CRATE);
    const outcome = await packAndUpload(cargo, {
      ...bench,
      session: {
        ...bench.session,
        env: {
          get: (name) => name === "CARGO_HOME" ? home : bench.session.env.get(name),
        },
      },
    }, packageAt(bench, "crates", "widget"));
    assertEquals(outcome, { status: "accepted" });
    assertEquals(bench.tokensGiven(), 1);
    assert(!bench.lines.join("\n").includes(TOKENS.crates));
  });
});

testWith(["cargo"], "a proxy is not asked for what is on this machine", async () => {
  const trap = setTrap();
  try {
    await onBench(
      { HTTP_PROXY: trap.origin, https_proxy: trap.origin, ALL_PROXY: trap.origin },
      async (bench) => {
        await bench.write(CRATE);
        assertEquals(await packAndUpload(cargo, bench, packageAt(bench, "crates", "widget")), {
          status: "accepted",
        });
      },
    );
    assertEquals(trap.visits(), 0);
  } finally {
    await trap.close();
  }
});

/** A crate that depends on a registry which wants a credential, and a user who has one for it, or for all. */
async function withPrivateDependency(
  settings: Readonly<Record<string, string>>,
  test: (bench: Bench, session: Bench["session"], other: ReturnType<typeof thief>) => Promise<void>,
): Promise<void> {
  const other = thief('{"dl":"http://127.0.0.1:9/dl","api":"http://127.0.0.1:9","auth-required":true}');
  try {
    await onBench({}, async (bench) => {
      const home = `${bench.place}/cargo`;
      await plant(home, {
        "credentials.toml": '[registries.company]\ntoken = "cioCANARYtokenOfTheCompany000000000"\n',
        "config.toml":
          '[registry]\nglobal-credential-providers = ["cargo:token-from-stdout echo cioCANARYforAll", "cargo:token"]\n',
      });
      const files = Object.entries(settings).map(([name, text]) =>
        [
          `.cargo/${name}`,
          text.replace(/ADDRESS/, `index = "sparse+${other.origin}/"`),
        ] as const
      );
      const name = /\[registries\.(\w+)\]/.exec(Object.values(settings).join("\n"))![1];
      await bench.write({
        ...CRATE,
        "Cargo.toml": `${
          CRATE["Cargo.toml"]
        }\n[dependencies]\ngear = { version = "1", registry = "${name}" }\n`,
        ...Object.fromEntries(files),
      });
      const session = { ...bench.session, env: envOf({ CARGO_HOME: home }, bench.session.env) };
      await test(bench, session, other);
    });
  } finally {
    await other.close();
  }
}

const COMPANY = "[registries.company]\nADDRESS\n";

/** Ways in which a repository could have cargo send the user's token for a registry to an address of its own. */
const SENDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "for every registry": {
    "config.toml": `[registry]\nglobal-credential-providers = ["cargo:token"]\n${COMPANY}`,
  },
  "for the one": { "config.toml": `${COMPANY}credential-provider = ["cargo:token"]\n` },
  "by other names for it": {
    "config.toml": `${COMPANY}credential-provider = "no-credential"\n[credential-alias]\n${
      ["no-credential", "given-by-keyless", "no-credential given-by-keyless"].map((alias) =>
        `"${alias}" = ["cargo:token"]\n`
      ).join("")
    }`,
  },
  "in settings that others include": {
    "config.toml": 'include = ["more.toml"]\n',
    "more.toml": `${COMPANY}credential-provider = "cargo:token"\n`,
  },
  "under a name that only included settings know": {
    "config.toml": 'include = ["more.toml"]\n',
    "more.toml": "[registries.unheard]\nADDRESS\n",
  },
};

for (const [what, settings] of Object.entries(SENDS)) {
  testWith(
    ["cargo"],
    `packing sends none of the user's tokens where the repository wants it ${what}`,
    async () => {
      await withPrivateDependency(settings, async (bench, session, other) => {
        const pkg = packageAt(bench, "crates", "widget");
        await assertRejects(() => cargo.pack(session, bench.packJob([pkg])), KeylessError);
        assert(other.loot.length > 0, "nobody asked for the index");
        assertEquals(other.loot.filter(holdsToken), []);
      });
    },
  );
}

for (const known of [false, true]) {
  testWith(
    ["cargo"],
    `an upload sends no token for a registry whose address ${
      known ? "is the user's" : "only the repository has"
    } to the repository's`,
    async () => {
      await withPrivateDependency({ "config.toml": COMPANY }, async (bench, session, other) => {
        if (known) {
          const address = bench.registry("crates").endpoints.index.replace("127.0.0.1", "localhost");
          await plant(`${bench.place}/cargo`, {
            "config.toml": `[registries.company]\nindex = "sparse+${address}"\n`,
          });
        }
        await plant(bench.place, { "artifacts/x/widget-1.0.0.crate": "x" });
        const registry = { ...bench.registry("crates"), name: "acme", label: "acme" };
        const outcome = await cargo.upload(
          session,
          bench.uploadJob(packageAt(bench, "crates", "widget", { registry }), {
            name: "widget",
            kind: "crates",
            registry: "acme",
            version: "1.0.0",
            directory: "x",
            files: [{ name: "widget-1.0.0.crate", ...await digest(new TextEncoder().encode("x")) }],
          }, { extraEnv: {} }),
        );
        assertEquals(outcome.status, "refused");
        assertEquals(other.loot.length > 0, !known);
        assertEquals(other.loot.filter(holdsToken), []);
      });
    },
  );
}
