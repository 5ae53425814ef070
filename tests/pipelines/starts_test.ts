import { assertEquals } from "@std/assert";
import { publishers } from "../../src/pipelines/publishing_jobs.ts";
import { startsOf } from "../../src/pipelines/starts.ts";
import { pipeline } from "./workflows.ts";

/** `EVENT REF: ANSWER` of each way in which the workflow starts. */
async function starts(
  on: string,
  publish: string,
  others = "",
  repository: string | null = null,
): Promise<string[]> {
  const text =
    `on: ${on}\njobs:\n${others}  publish:\n    runs-on: x\n${publish}    steps: [{ run: npm publish }]\n`;
  const [job] = publishers(await pipeline(text));
  return (await startsOf(job!, repository)).map(({ trigger, ref, publishes }) =>
    `${trigger.event} ${ref}: ${publishes}`
  );
}

const EVENTS: readonly (readonly [on: string, job: string, ...starts: string[]])[] = [
  ["push", "", "push branch: yes", "push tag: yes"],
  ["{ push: { tags: [v*] } }", "", "push tag: yes"],
  ["{ push: { branches: [main] } }", "", "push branch: yes"],
  ["[release, pull_request]", "", "release tag: yes", "pull_request pull: yes"],
  [
    "[release, pull_request]",
    "    if: github.event_name == 'release'\n",
    "release tag: yes",
    "pull_request pull: no",
  ],
  [
    "[release, pull_request]",
    "    if: github.event_name != 'pull_request' && github.repository == 'a/b'\n",
    "release tag: unknown",
    "pull_request pull: no",
  ],
  ["push", "    if: startsWith(github.ref, 'refs/tags/')\n", "push branch: no", "push tag: yes"],
  ["push", "    if: ${{ startsWith(github.ref, 'refs/tags/v') }}\n", "push branch: no", "push tag: unknown"],
  ["push", "    if: startsWith(github.ref, 'refs/tags')\n", "push branch: no", "push tag: yes"],
  ["push", "    if: contains(github.ref, 'tags')\n", "push branch: unknown", "push tag: unknown"],
  ["push", "    if: github.ref == 'refs/heads/main'\n", "push branch: unknown", "push tag: no"],
  ["push", "    if: github.ref != 'refs/heads/main'\n", "push branch: unknown", "push tag: yes"],
  ["push", "    if: github.ref_type == 'tag'\n", "push branch: no", "push tag: yes"],
  ["push", "    if: github['ref_type'] == 'TAG'\n", "push branch: no", "push tag: yes"],
  ["push", "    if: github.event.release\n", "push branch: no", "push tag: no"],
  [
    "[push, pull_request]",
    "    if: \"!contains(github.event.head_commit.message, 'skip ci')\"\n",
    "push branch: unknown",
    "push tag: unknown",
    "pull_request pull: yes",
  ],
  [
    "[release, workflow_dispatch]",
    "    if: github.event.inputs.dry-run != 'true'\n",
    "release tag: yes",
    "workflow_dispatch branch: unknown",
    "workflow_dispatch tag: unknown",
  ],
  ["label", "    if: github.event.head_commit.message\n", "label null: unknown"],
  [
    "{ push: { branches: [main] }, pull_request: , schedule: , workflow_dispatch: , workflow_call: }",
    "    if: inputs.canary\n",
    "push branch: no",
    "pull_request pull: no",
    "schedule branch: no",
    "workflow_dispatch branch: unknown",
    "workflow_dispatch tag: unknown",
    "workflow_call null: unknown",
  ],
  ["{ push: { branches: [main] } }", "    if: always() && inputs['canary'] == 'x'\n", "push branch: unknown"],
  ["{ push: { branches: [main] } }", "    if: \"!inputs.dry_run && inputs.tag == ''\"\n", "push branch: yes"],
  [
    "{ push: { branches: [main] } }",
    "    if: inputs.dry_run == false && my.inputs.x\n",
    "push branch: unknown",
  ],
  [
    "{ push: { branches: [main] }, release: { types: [published] } }",
    "    if: github.event.action == 'published'\n",
    "push branch: no",
    "release tag: yes",
  ],
  ["release", "    if: github.event.action == 'published'\n", "release tag: unknown"],
  [
    "[release, pull_request]",
    '    if: "!github.event.pull_request"\n',
    "release tag: yes",
    "pull_request pull: no",
  ],
  [
    "[issue_comment, issues]",
    "    if: github.event.issue.pull_request && github.event.comment\n",
    "issue_comment branch: unknown",
    "issues branch: no",
  ],
  [
    "{ push: { tags: [v*] }, schedule: [{ cron: 0 0 * * 0 }], workflow_dispatch: }",
    "    if: startsWith(github.event.ref, 'refs/tags')\n",
    "push tag: yes",
    "schedule branch: no",
    "workflow_dispatch branch: no",
    "workflow_dispatch tag: yes",
  ],
  [
    "{ pull_request: { types: [closed] } }",
    "    if: github.ref == 'refs/heads/main'\n",
    "pull_request pull: no",
    "pull_request branch: unknown",
  ],
];

Deno.test("the conditions on the way tell which starts of a workflow publish", async () => {
  for (const [on, job, ...expected] of EVENTS) {
    assertEquals((await starts(on, job)).toSorted(), expected.toSorted(), `${on} ${job}`);
  }
});

Deno.test("a job does not run where one that it needs is skipped", async () => {
  const gate = "  gate:\n    runs-on: x\n    if: github.ref_type == 'tag'\n    steps: []\n";
  const between = "  build:\n    runs-on: x\n    needs: gate\n    steps: []\n";
  assertEquals(await starts("push", "    needs: [gate]\n", gate), ["push branch: no", "push tag: yes"]);
  assertEquals(await starts("push", "    needs: build\n", gate + between), [
    "push branch: no",
    "push tag: yes",
  ]);
  assertEquals(await starts("push", "    needs: gate\n    if: always()\n", gate), [
    "push branch: yes",
    "push tag: yes",
  ]);
  const circle =
    "  a:\n    runs-on: x\n    needs: b\n    steps: []\n  b:\n    runs-on: x\n    needs: a\n    steps: []\n";
  assertEquals(await starts("push", "    needs: a\n", circle), ["push branch: yes", "push tag: yes"]);
});

Deno.test("a condition with a status function says itself whether a job runs behind one that is skipped", async () => {
  const gate = `  gate:\n    if: github.ref_type == 'tag'\n    runs-on: x\n    steps: []\n`;
  const onBranch = async (condition: string, jobs = gate) =>
    (await starts("push", `    needs: [gate]\n    if: ${condition}\n`, jobs))[0];
  for (
    const condition of [
      "github.ref_type == 'branch' || success()",
      "Success() || github.event_name == 'push'",
    ]
  ) {
    assertEquals(await onBranch(condition), "push branch: yes");
  }
  for (
    const condition of [
      "success()",
      "github.event_name == 'push'",
      "github.event_name == 'push' && success()",
    ]
  ) {
    assertEquals(await onBranch(condition), "push branch: no");
  }
  assertEquals(await onBranch("${{ !success() }}"), "push branch: yes");
  // In a text it is no function.
  assertEquals(await onBranch("always() && github.ref != 'success()'"), "push branch: yes");
});

Deno.test("success() asks all jobs before, also behind one that runs whatever was skipped", async () => {
  const gate = `  gate:\n    if: github.ref_type == 'tag'\n    runs-on: x\n    steps: []\n`;
  const between = "  build:\n    runs-on: x\n    needs: gate\n    if: always()\n    steps: []\n";
  assertEquals(await starts("push", "    needs: build\n", gate + between), [
    "push branch: no",
    "push tag: yes",
  ]);
  assertEquals(await starts("push", "    needs: build\n    if: ${{ !failure() }}\n", gate + between), [
    "push branch: unknown",
    "push tag: unknown",
  ]);
});

Deno.test("what another job hands on is known where it is about the run alone", async () => {
  const plan = (outputs: string, condition = "") =>
    `  plan:\n    runs-on: x\n${condition}    outputs: ${outputs}\n    steps: []\n`;
  const asks = (condition: string) => `    needs: plan\n    if: ${condition}\n`;
  const on = "{ pull_request: , push: { tags: [v*] } }";
  const yes = ["pull_request pull: yes", "push tag: yes"];
  const forTags = ["pull_request pull: no", "push tag: yes"];
  const open = ["pull_request pull: unknown", "push tag: unknown"];
  const cases: [plan: string, condition: string, answers: readonly string[]][] = [
    [
      '{ publishing: "${{ !github.event.pull_request }}" }',
      "needs.plan.outputs.publishing == 'true'",
      forTags,
    ],
    [
      '{ publishing: "${{ !github.event.pull_request }}" }',
      "${{ always() && needs.Plan.outputs.Publishing == 'true' }}",
      forTags,
    ],
    [
      "{ tag: \"${{ !github.event.pull_request && github.ref_name || '' }}\" }",
      "needs.plan.outputs.tag != ''",
      ["pull_request pull: no", "push tag: unknown"],
    ],
    [
      "{ env: \"${{ github.ref_type == 'tag' && 'prod' || 'test' }}\" }",
      "needs.plan.outputs.env == 'prod'",
      forTags,
    ],
    ["{ release: yes-please }", "needs.plan.outputs.release == 'yes-please'", yes],
    // What only a step knows, and more than one expression.
    ['{ publishing: "${{ steps.a.outputs.b }}" }', "needs.plan.outputs.publishing == 'true'", open],
    ['{ publishing: "x${{ !github.event.pull_request }}" }', "needs.plan.outputs.publishing == 'true'", open],
    ['{ publishing: "${{ fromJSON(env.A) }}" }', "needs.plan.outputs.publishing == 'true'", open],
    ["{ publishing: false }", "needs.other.outputs.publishing == 'true'", open],
  ];
  for (const [outputs, condition, answers] of cases) {
    assertEquals(
      (await starts(on, asks(condition), plan(outputs))).toSorted(),
      answers.toSorted(),
      `${outputs} ${condition}`,
    );
  }
  const skipped = plan('{ publishing: "true" }', "    if: github.ref_type == 'tag'\n");
  const hasRun = asks(
    "always() && needs.plan.result != 'skipped' && needs.plan.outputs.publishing == 'true'",
  );
  assertEquals(await starts("push", hasRun, skipped), ["push branch: no", "push tag: unknown"]);
  const maybe = plan('{ publishing: "true" }', "    if: vars.GO\n");
  assertEquals(await starts(on, asks("always() && needs.plan.outputs.publishing == 'true'"), maybe), open);
});

Deno.test("a condition on the repository is met where its name is that of the remote, and open in all others", async () => {
  const asks = (condition: string) =>
    starts("{ push: { tags: [v*] } }", `    if: ${condition}\n`, "", "Acme/widget");
  for (
    const [condition, answer] of [
      ["github.repository == 'acme/widget'", "yes"],
      ["github.repository_owner == 'Acme' && github.event_name == 'push'", "yes"],
      ["github.repository != 'acme/widget'", "unknown"],
      ["github.repository == 'other/widget'", "unknown"],
      ["github.repository == 'acme/widget' && vars.RELEASE", "unknown"],
      ["github.repository == 'acme/widget' && github.ref_type == 'branch'", "no"],
    ]
  ) assertEquals(await asks(condition!), [`push tag: ${answer}`], condition);
  assertEquals(
    await starts("{ push: { tags: [v*] } }", "    if: github.repository == 'acme/widget'\n"),
    ["push tag: unknown"],
  );
});

Deno.test("what the publishing step itself may leave out is not known", async () => {
  const steps = [
    'run: "if [ $GITHUB_REF_TYPE = tag ]; then npm publish; fi"',
    "run: '[[ $GITHUB_REF == refs/tags/* ]] && npm publish'",
    'run: "test -n \\"$TAG\\" || exit 0; npm publish"',
    "run: npm view . || npm publish",
    "run: git describe --exact-match --tags HEAD && npm publish",
    "run: npm ci && npm view . dist && npm publish",
    "run: ./is-release.sh && npm publish",
    'run: "(( ${#GITHUB_REF_NAME} > 0 )) && npm publish"',
    'run: "release() {\\n npm publish\\n}\\nif [ $GITHUB_REF_TYPE = tag ]; then\\n release\\nfi"',
    "run: 'release() { npm publish; }; [[ $GITHUB_REF == refs/tags/* ]] && release'",
    "{ shell: pwsh, run: 'function Pub { npm publish }; switch ($env:GITHUB_REF_TYPE) { tag { Pub } }' }",
    "{ uses: pypa/gh-action-pypi-publish@v1, with: { skip-existing: \"${{ github.ref != 'x' }}\" } }",
  ];
  for (const step of steps) {
    const [job] = publishers(
      await pipeline(`on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - ${step}\n`),
    );
    assertEquals((await startsOf(job!)).map(({ publishes }) => publishes), ["unknown", "unknown"], step);
  }
});

Deno.test("what only works before it publishes leaves nothing out", async () => {
  const steps = [
    "run: npm ci && npm publish",
    "run: |\n          npm ci 2>&1 &&\n            CI=1 npm test \\\n            && npm publish",
    "run: for each in a b; do cd $each && npm publish; done",
    "run: git switch main; npm publish",
    "run: 'log() { echo \"$1\"; }; npm publish || true'",
  ];
  for (const step of steps) {
    const [job] = publishers(
      await pipeline(`on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - ${step}\n`),
    );
    assertEquals((await startsOf(job!)).map(({ publishes }) => publishes), ["yes", "yes"], step);
  }
});
