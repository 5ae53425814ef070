import { assertEquals } from "@std/assert";
import { loadProject } from "../../../src/config/load.ts";
import { diagnose } from "../../../src/doctor/engine.ts";
import { repository, session } from "../repository.ts";

const WORKFLOW = `on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - run: ./publish.sh
`;

Deno.test("a failure that a script hides is shown where the script publishes", async () => {
  const root = await repository(
    new Map([
      [".github/workflows/release.yml", WORKFLOW],
      ["publish.sh", "#!/bin/sh\nnpm publish || true\n"],
    ]),
  );
  try {
    const only = ["failure-is-swallowed"];
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
    assertEquals(
      findings.map(({ at, label, related }) => [
        `${at.path}:${at.start.line} ${label}`,
        ...related.map((each) => `${each.at.path}:${each.at.start.line} ${each.message}`),
      ]),
      [[".github/workflows/release.yml:6 its failure does not count", "publish.sh:2 publishes here"]],
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a secret that several jobs publish with is shown in each of them", async () => {
  const job = (id: string) =>
    `on: release
jobs:
  ${id}:
    runs-on: ubuntu-latest
    steps:
      - run: npm publish
        env: { NODE_AUTH_TOKEN: "\${{ secrets.NPM_TOKEN }}" }
`;
  const root = await repository(
    new Map([[".github/workflows/a.yml", job("one")], [".github/workflows/b.yml", job("two")]]),
  );
  try {
    const only = ["token-outside-environment"];
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
    assertEquals(
      findings.map(({ at, related }) =>
        [at, ...related.map((each) => each.at)].map(({ path, start }) => `${path}:${start.line}`)
      ),
      [[".github/workflows/a.yml:7", ".github/workflows/a.yml:3", ".github/workflows/b.yml:7"]],
    );
    assertEquals(findings[0]!.related[1]!.message, 'open in job "two" too');
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a secret of a job that two workflows call is open in one job", async () => {
  const caller =
    "on: release\njobs:\n  call:\n    uses: ./.github/workflows/called.yml\n    secrets: inherit\n";
  const called = WORKFLOW.replace("release", "workflow_call").replace("./publish.sh", "npm publish") +
    '        env: { NODE_AUTH_TOKEN: "${{ secrets.NPM }}" }\n';
  const root = await repository(
    new Map(["a", "b", "called"].map((name) => [
      `.github/workflows/${name}.yml`,
      name === "called" ? called : caller,
    ])),
  );
  try {
    const only = ["token-outside-environment"];
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
    assertEquals(findings.map(({ related }) => related.map(({ message }) => message)), [
      ["has no `environment:`"],
    ]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("since when an action is refused depends on its version", async () => {
  const cases: [uses: string, label: string][] = [
    ["actions/upload-artifact@v2", "refused since September 2024"],
    ["actions/upload-artifact@v3", "refused since January 2025"],
    ["actions/cache@v2", "refused since March 2025"],
  ];
  for (const [uses, expected] of cases) {
    const workflow = WORKFLOW.replace("run: ./publish.sh", `uses: ${uses}\n      - run: npm publish`);
    const root = await repository(new Map([[".github/workflows/release.yml", workflow]]));
    try {
      const only = ["retired-action"];
      const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
      assertEquals(findings.map(({ label }) => label), [expected]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

Deno.test("a job publishes where the token goes that it fetches; where that is not seen, it only fetches it", async () => {
  const job = (steps: string) =>
    `on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { contents: read, id-token: write }
    steps:
      - uses: actions/cache@v5
${steps}`;
  const login = "      - { uses: NuGet/login@v1, id: login, with: { user: x } }\n";
  const gems = "      - uses: rubygems/configure-rubygems-credentials@v1\n";
  const cases: [steps: string, line: number, message: string][] = [
    [
      `${login}      - uses: acme/ship@v1\n        with: { key: "\${{ steps.login.outputs.NUGET_API_KEY }}" }\n`,
      9,
      "publishes here",
    ],
    [`${gems}      - run: ls\n      - uses: acme/publish-gem@v1\n`, 10, "publishes here"],
    [login, 8, "gets the token here"],
    [`${gems}      - run: ls\n`, 8, "gets the token here"],
  ];
  for (const [steps, line, message] of cases) {
    const root = await repository(new Map([[".github/workflows/release.yml", job(steps)]]));
    try {
      const only = ["cache-in-publishing-job"];
      const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
      assertEquals(
        findings.map(({ related }) => related.map(({ at, message }) => [at.start.line, message])),
        [[[line, message]]],
        steps,
      );
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

Deno.test("a failure that only a pipe hides is said to be lost there", async () => {
  for (
    const [script, label] of [
      ["cargo publish 2>&1 | tee log || exit 1", "its exit code is lost: that of tee counts"],
      [
        "cargo publish --locked > log \\\n            | /usr/bin/tee log",
        "its exit code is lost: that of tee counts",
      ],
      ["cargo publish | tee log || true", "what follows hides its failure"],
      ["cargo publish || true", "what follows hides its failure"],
      ["set +e; cargo publish | tee log; true", "what follows hides its failure"],
    ] as const
  ) {
    const root = await repository(
      new Map([[
        ".github/workflows/release.yml",
        `on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - run: |
          ${script}
`,
      ]]),
    );
    try {
      const { findings } = await diagnose(await loadProject(root, session().env), session(), {
        only: ["failure-is-swallowed"],
      });
      assertEquals(findings.map(({ label }) => label), [label], script);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  }
});

Deno.test("an action that is refused is shown in the publishing job first, and the rest is counted", async () => {
  const build = (id: string, version: string) =>
    `  ${id}:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/upload-artifact@${version}
`;
  const root = await repository(
    new Map([[
      ".github/workflows/release.yml",
      `on: release
jobs:
${build("a", "v2")}${build("b", "v3")}${build("c", "v2")}${build("d", "v2")}  publish:
    needs: [a, b, c, d]
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v3
      - run: npm publish
`,
    ]]),
  );
  try {
    const { findings } = await diagnose(await loadProject(root, session().env), session(), {
      only: ["retired-action"],
    });
    assertEquals(
      findings.flatMap(({ at, label, related }) => [
        `${at.start.line} ${label}`,
        ...related.map((each) => `${each.at.start.line} ${each.message}`),
      ]),
      [
        "6 refused since September 2024",
        "23 and v3 here, since January 2025",
        "10 and v3 here, since January 2025",
        "14 and here, and 1 more",
        "24 would publish",
      ],
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("every tool that a publishing job takes as it comes is shown, and a script from the network first", async () => {
  const root = await repository(
    new Map([[
      ".github/workflows/release.yml",
      `on: release
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    steps:
      - run: cargo install cargo-machete cargo-hack
      - run: curl https://x.example/get.sh | sh
      - run: npx tool@latest
      - run: cargo publish
`,
    ]]),
  );
  try {
    const { findings } = await diagnose(await loadProject(root, session().env), session(), {
      only: ["mutable-tool"],
    });
    assertEquals(
      findings.map(({ at, severity, related, next }) => [
        `${at.start.line} ${severity}`,
        ...related.map((each) => `${each.at.start.line} ${each.message}`),
        ...next,
      ]),
      [[
        "8 warning",
        "7 and the newest cargo-machete and cargo-hack",
        "9 and the newest tool",
        "10 publishes here",
        "fetch a fixed version and check its SHA-256, or do it in a job without the token",
        "name a version of each: cargo-machete@1.2.3",
      ]],
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("what is wrong in an action that two workflows use is said once, with a place in each", async () => {
  const workflow = `on: release
permissions: { id-token: write }
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - uses: ./setup
      - run: npm publish
      - run: npm publish ./b
`;
  const action =
    "runs:\n  using: composite\n  steps:\n    - uses: Leafwing-Studios/cargo-cache@0165fd6e32b12059fea450459171bb5ea622e323\n";
  const root = await repository(
    new Map([
      [".github/workflows/a.yml", workflow],
      [".github/workflows/b.yml", workflow],
      ["setup/action.yml", action],
    ]),
  );
  try {
    const only = ["cache-in-publishing-job"];
    const { findings } = await diagnose(await loadProject(root, session().env), session(), { only });
    assertEquals(
      findings.map(({ at, related }) =>
        [at, ...related.map((each) => each.at)].map(({ path, start }) => `${path}:${start.line}`)
      ),
      [["setup/action.yml:4", ".github/workflows/a.yml:8", ".github/workflows/b.yml:8"]],
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
