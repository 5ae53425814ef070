import { assertEquals } from "@std/assert";
import { UNSEEN } from "./publish_cases.ts";
import { pipeline, published, unseen } from "./workflows.ts";

Deno.test("a failure is swallowed where the script or the workflow goes on as if nothing had happened", async () => {
  const cases: [tolerated: boolean, step: string][] = [
    [false, "- run: npm publish"],
    [true, "- run: npm publish || true"],
    [true, "- run: npm publish || echo failed"],
    [true, "- run: npm publish || { echo failed; }"],
    [false, "- run: npm publish || exit 1"],
    [false, "- run: npm publish || (echo failed; exit 1)"],
    [false, "- run: npm publish || npm publish --tag next"],
    [false, "- run: test -f x || npm publish"],
    [true, "- run: npm publish && echo ok || echo failed"],
    [true, "- run: |\n    set +e\n    npm publish\n    echo done"],
    [false, "- run: |\n    set +e\n    npm publish\n    exit $?"],
    [false, "- run: |\n    set +e\n    set -e\n    npm publish\n    echo done"],
    [false, "- run: |\n    set +e\n    npm publish"],
    [false, "- run: |\n    set +e\n    npm publish || exit 1\n    echo done"],
    [false, "- run: |\n    set +e\n    npm publish || { echo failed >&2; exit 1; }\n    echo done"],
    [false, "- run: |\n    set +e\n    npm publish || die failed\n    echo done"],
    [false, "- run: |\n    set +e\n    if ! npm publish; then echo failed; exit 1; fi\n    echo done"],
    [true, "- run: |\n    set +e\n    npm publish || (echo failed; exit 1)\n    echo done"],
    [true, "- run: |\n    set +e\n    npm publish || { echo failed; exit 0; }\n    echo done"],
    [true, "- run: |\n    set +e\n    npm publish || echo failed\n    echo done"],
    [true, "- run: |\n    set +e\n    npm publish || notify failed\n    echo done"],
    [true, "- run: if npm publish; then echo ok; fi"],
    [false, "- run: if ! npm publish; then exit 1; fi"],
    [true, "- run: npm publish | tee log"],
    [false, "- run: npm publish | tee log\n  shell: bash"],
    [false, "- run: set -o pipefail; npm publish | tee log"],
    [false, "- run: echo y | npm publish"],
    [true, "- run: npm publish\n  continue-on-error: true"],
    [false, "- run: npm publish\n  continue-on-error: false"],
    [true, "- run: |\n    npm publish\n    npm view x\n  shell: pwsh"],
    [false, "- run: |\n    npm publish\n    if ($LASTEXITCODE) { exit 1 }\n    npm view x\n  shell: pwsh"],
    [true, "- run: |\n    npm publish\n    npm view x\n  shell: cmd"],
    [false, "- run: |\n    npm publish || exit /b 1\n    npm view x\n  shell: cmd"],
  ];
  for (const [tolerated, step] of cases) {
    const found = await published(step);
    assertEquals([...new Set(found.map((each) => each.tolerated))], [tolerated], step);
  }
});

Deno.test("options that a script collects in a variable are known, as far as they are sure", async () => {
  const cases: [clients: number, script: string[]][] = [
    [0, ['ARGS="--dry-run"', "npm publish $ARGS"]],
    [0, ['ARGS="--access public"', 'ARGS="$ARGS --dry-run"', "npm publish $ARGS"]],
    [0, ['ARGS="--dry-run"', 'ARGS+=" --tag next"', "npm publish $ARGS"]],
    [0, ["ARGS=--dry-run", 'if [ "$NEXT" ]; then ARGS="${ARGS} --tag next"; fi', "npm publish $ARGS"]],
    [0, ["ARGS=--dry-run", 'for each in a b; do ARGS+=" --$each"; done', "npm publish $ARGS"]],
    [1, ["ARGS=--dry-run", 'if [ "$REAL" ]; then ARGS=""; fi', "npm publish $ARGS"]],
    [1, ["ARGS=--dry-run", 'if [ "$REAL" ]; then ARGS="--tag next"; fi', "npm publish $ARGS"]],
    [1, ["ARGS=--tag", 'if [ "$DRY" ]; then ARGS="$ARGS next --dry-run"; fi', "npm publish $ARGS"]],
    // What a condition asks of the environment decides, where that is known.
    [0, ["ARGS=--dry-run", 'if [ "$REAL" = true ]; then ARGS=""; fi', "npm publish $ARGS"]],
    [1, ["ARGS=--dry-run", 'if [ "$REAL" = true ]; then ARGS=""; fi', "ARGS=", "npm publish $ARGS"]],
    [1, ["ARGS=", 'if [ "$DRY" = true ]; then ARGS=--dry-run; fi', "npm publish $ARGS"]],
    [0, [
      "args=(publish)",
      'if [[ "${DRY:-true}" == true ]]; then args+=(--dry-run); fi',
      'npm "${args[@]}"',
    ]],
    [1, [
      "args=(publish)",
      'if [[ "${DRY:-false}" == true ]]; then args+=(--dry-run); fi',
      'npm "${args[@]}"',
    ]],
  ];
  for (const [clients, script] of cases) {
    const step = ["- run: |", ...script.map((line) => `    ${line}`)].join("\n");
    assertEquals((await published(step)).length, clients, step);
  }
});

Deno.test("where a command runs is told by the script, the step and the defaults", async () => {
  const cases: [directory: string | null, step: string, job?: string][] = [
    [".", "- run: npm publish"],
    ["a", "- run: cd a && npm publish"],
    ["a/c", "- run: |\n    cd a/b/\n    cd ../c\n    npm publish"],
    [".", "- run: (cd a; make); npm publish"],
    ["a", "- run: |\n    pushd a\n    pushd b\n    popd\n    npm publish"],
    [null, "- run: cd $DIR && npm publish"],
    [null, "- run: cd - && npm publish"],
    ["a", "- run: DIR=a; cd $DIR && npm publish"],
    [null, "- run: for d in $(ls); do cd $d; npm publish; done"],
    [null, "- run: if true; then cd a; fi; npm publish"],
    ["a", "- run: cd ${{ github.workspace }}/a && npm publish"],
    [null, "- run: cd .. && npm publish"],
    [null, "- run: cd /tmp/x && npm publish"],
    // npm publishes what its word names, and that is `.` without one.
    [".", "- run: npm --prefix a publish"],
    [".", "- run: npm stage publish -C a"],
    ["b", "- run: cd b && npm publish --prefix=a"],
    ["b/a", "- run: cd b && pnpm -C a publish"],
    ["a", "- run: uv --directory=a publish"],
    ["a", "- run: uv --directory a run twine upload dist/*"],
    ["a", "- run: env CI=1 uv --directory a publish"],
    [".", "- run: uv run --with twine twine upload dist/* --directory a"],
    [null, "- run: pnpm -r publish"],
    [null, "- run: npm publish -w a"],
    [null, "- run: yarn workspace a npm publish"],
    ["a", "- run: npm publish\n  working-directory: a"],
    ["a", "- run: npm publish\n  working-directory: ./a/"],
    ["a/b", "- run: cd b && npm publish\n  working-directory: a"],
    ["b", "- run: npm publish", "defaults: { run: { working-directory: b } }"],
    ["a", "- run: npm publish\n  working-directory: a", "defaults: { run: { working-directory: b } }"],
    [null, "- run: npm publish\n  working-directory: ${{ inputs.directory }}"],
    ["p/a", "- run: npm publish\n  working-directory: p/${{ matrix.d }}", "strategy: { matrix: { d: [a] } }"],
    [
      null,
      "- run: npm publish\n  working-directory: p/${{ matrix.d }}",
      "strategy: { matrix: { d: [a, b] } }",
    ],
    ["p/a", "- run: npm publish\n  working-directory: p/${{ env.D }}", "env: { D: a }"],
    [null, "- run: npm publish\n  working-directory: p/${{ env.D }}", 'env: { D: "${{ inputs.d }}" }'],
    [
      null,
      "- run: echo D=b >> $GITHUB_ENV\n- run: npm publish\n  working-directory: p/${{ env.D }}",
      "env: { D: a }",
    ],
    [null, "- run: npm publish\n  working-directory: p/${{ env.D }}"],
    ["a", "- run: cd a; npm publish\n  shell: pwsh"],
    ["a/b", "- run: cd a\\b && npm publish\n  shell: cmd"],
    ["js", "- uses: changesets/action@v1\n  with: { publish: x, cwd: js }"],
  ];
  for (const [directory, step, job] of cases) {
    const found = await published(step, job === undefined ? {} : { job });
    assertEquals(found.map((each) => each.directory), [directory], `${step} ${job ?? ""}`);
  }
});

Deno.test("a workflow's default directory is used where a job has none", async () => {
  const text =
    "on: push\ndefaults: { run: { working-directory: w } }\njobs:\n  a:\n    steps: [{ run: npm publish }]\n";
  assertEquals((await pipeline(text)).jobs[0]!.steps[0]!.publishes[0]!.directory, "w");
});

Deno.test("scripts for PowerShell and cmd are read as such, by name and on Windows runners", async () => {
  const cases: [clients: string[], script: string][] = [
    [["npm"], "if ($x) { & npm publish `\n  --tag next } # npm publish"],
    [[], "<# npm publish\nnpm publish #>\nWrite-Host 'npm publish'\n$x = @'\nnpm publish\n'@"],
    [["dotnet nuget"], "Get-ChildItem *.nupkg | ForEach-Object { dotnet nuget push $_ -k ${env:KEY} }"],
    [["twine"], "$env:TWINE_PASSWORD = 'x'\npython -m twine upload dist/*"],
  ];
  for (const [clients, script] of cases) {
    const run = `- run: ${JSON.stringify(script)}`;
    const of = async (...[step, around]: Parameters<typeof published>) =>
      (await published(step, around)).map(({ client }) => client);
    assertEquals(await of(`${run}\n  shell: pwsh`), clients, script);
    assertEquals(await of(run, { runsOn: "windows-latest" }), clients, script);
    assertEquals(await of(run, { runsOn: "[self-hosted, windows]" }), clients, script);
  }
  const cmd =
    "@rem npm publish\r\n:: npm publish\r\ncall npm publish ^\r\n  --tag next\r\nif errorlevel 1 exit /b 1";
  const [found] = await published(`- run: ${JSON.stringify(cmd)}\n  shell: cmd`);
  assertEquals(found?.args, ["publish", "--tag", "next"]);
  const [token] = await published(
    "- run: dotnet nuget push x -k $env:KEY\n  shell: pwsh\n  env: { KEY: '${{ secrets.NUGET }}' }",
  );
  assertEquals([token?.keyless, token?.credentials[0]?.secret], ["no", "NUGET"]);
  const [given] = await published(
    "- run: |\n    function Push($k) { dotnet nuget push x -k $k }\n    Push $Env:KEY\n  shell: pwsh\n  env: { KEY: '${{ secrets.NUGET }}' }",
  );
  assertEquals([given?.tolerated, given?.credentials[0]?.secret], [false, "NUGET"]);
});

Deno.test("an argument of a function is the secret that it is given where it is called", async () => {
  const env = "\n  env: { KEY: '${{ secrets.KEY }}' }";
  const cases: [secrets: (string | null)[], lines: readonly string[], env: string][] = [
    [["KEY"], ['push() { dotnet nuget push x -k "$1"; }', 'push "$KEY"'], env],
    [["KEY"], ['push() { local k="$2"; dotnet nuget push x -k "$k"; }', "push a $KEY"], env],
    [
      ["KEY"],
      ['inner() { dotnet nuget push x -k "${1}"; }', 'outer() { inner "$2"; }', 'outer a "$KEY"'],
      env,
    ],
    [["ONE"], ['push() { dotnet nuget push x -k "$1"; }', 'push "${{ secrets.ONE }}"'], ""],
    [["KEY", null], ['push() { dotnet nuget push x -k "$1"; }', 'push "$KEY"', "push $OTHER"], env],
    [[null], ['push() { shift; dotnet nuget push x -k "$1"; }', 'push "$KEY" b'], env],
    [[null], ['push() { dotnet nuget push x -k "$1"; }', 'push "$@" "$KEY"'], env],
  ];
  for (const [secrets, lines, env] of cases) {
    const found = await published(`- run: |\n    ${lines.join("\n    ")}${env}`);
    assertEquals(found.map(({ credentials: [first] }) => first?.secret), secrets, lines.join("; "));
  }
});

Deno.test("a program that starts a shell with the step's script is read as that shell", async () => {
  const cases: [tolerated: boolean[], shell: string][] = [
    [[false], "nix develop ${{ github.workspace }} --command bash -euo pipefail {0}"],
    [[true], "devbox run -- bash {0}"],
    [[], "nix develop -i --command bash -e {0}"],
    [[], "nix develop --command python {0}"],
    [[], "docker run image bash -e {0}"],
  ];
  for (const [tolerated, shell] of cases) {
    const found = await published(`- run: |\n    npm publish\n    npm view x\n  shell: ${shell}`);
    assertEquals(found.map((each) => each.tolerated), tolerated, shell);
  }
});

Deno.test("credentials are named with their place, their owner and their secret", async () => {
  const steps = [
    "- run: npm config set //registry.npmjs.org/:_authToken $T",
    "  env: { T: '${{ secrets.ONE }}' }",
    "- run: |",
    "    npm publish \\",
    "      --token ${{ secrets.TWO }}",
    "  env: { NODE_AUTH_TOKEN: '${{ env.THREE }}' }",
  ].join("\n");
  const [found] = await published(steps, { env: "{ NPM_TOKEN: '', THREE: '${{ secrets.THREE }}' }" });
  assertEquals(
    found!.credentials.map((
      { source, name, holds, secret, scope, at },
    ) => [source, name, holds, secret, scope, at.start.line]),
    [
      ["option", "--token", "token", "TWO", "command", 10],
      ["variable", "NODE_AUTH_TOKEN", "token", "THREE", "step", 12],
      ["variable", "NPM_TOKEN", "none", null, "job", 5],
      ["file", ".npmrc", "token", "ONE", "job", 7],
    ],
  );
});

Deno.test("what may publish and cannot be read is named", async () => {
  for (const [reference, step] of UNSEEN) {
    assertEquals(await unseen(step), reference === null ? [] : [reference], step);
    if (!step.includes("tag")) assertEquals(await published(step), [], step);
  }
});
