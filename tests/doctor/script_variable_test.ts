import { assertEquals } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose } from "../../src/doctor/engine.ts";
import { apply, repository, session } from "./repository.ts";

const RELEASE = ".github/workflows/release.yml";

/** The script of a job, and what becomes of the workflow behind `steps:` when doctor hands the text over in a variable; `null` where it does not. */
async function repaired(steps: string, top = ""): Promise<string | null> {
  const head = `on: issue_comment\n${top}jobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n`;
  const files = new Map([[RELEASE, `${head}${steps}      - run: npm publish --provenance\n`]]);
  const root = await repository(files);
  try {
    const { findings } = await diagnose(await loadProject(root, session().env), session(), {
      only: ["stranger-text-in-script"],
    });
    assertEquals(findings.length, 1, steps);
    const { fix } = findings[0]!;
    return fix && apply(fix.edits, files).get(RELEASE)!.slice(head.length).replace(/ {6}- run: npm.*\n$/, "");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a text of strangers goes into a variable, in quotes that the place has or gets", async () => {
  const env = "        env:\n          ISSUE_TITLE: ${{ github.event.issue.title }}\n";
  const cases: [run: string, after: string][] = [
    ['echo "a ${{ github.event.issue.title }}"', 'echo "a ${ISSUE_TITLE}"'],
    ["echo ${{github.event.issue.title}}", 'echo "${ISSUE_TITLE}"'],
    ["echo 'a ${{ github.event.issue.title }}' b", "echo 'a '\"${ISSUE_TITLE}\"'' b"],
    [
      '|\n          # don\'t\n          V=$(date)\n          echo "\\"${{ github.event.issue.title }}" ${{ GITHUB.event.issue.title }}',
      '|\n          # don\'t\n          V=$(date)\n          echo "\\"${ISSUE_TITLE}" "${ISSUE_TITLE}"',
    ],
  ];
  for (const [run, after] of cases) {
    assertEquals(await repaired(`      - run: ${run}\n`), `      - run: ${after}\n${env}`, run);
  }
});

Deno.test("no variable is put where the text might be read as a program all the same, or nobody knows the quotes", async () => {
  const text = "${{ github.event.issue.title }}";
  for (
    const step of [
      `run: eval "echo ${text}"`,
      `run: node -e "console.log('${text}')"`,
      `run: echo "A=${text}" >> $GITHUB_ENV`,
      `run: echo "$(echo "${text}")"`,
      `run: |\n          cat <<EOF\n          ${text}\n          EOF`,
      `run: |\n          true # ${text}`,
      `run: echo "\${{ format('{0}', github.event.issue.title) }}"`,
      `run: echo "${text}"\n        shell: pwsh`,
      `run: echo "${text}"\n        env: { A: b }`,
      `uses: actions/github-script@v8\n        with:\n          script: console.log("${text}")`,
    ]
  ) {
    assertEquals(await repaired(`      - ${step}\n`), null, step);
  }
});

Deno.test("a variable that holds the text already is read in place of the expression", async () => {
  assertEquals(
    await repaired(
      "      - run: echo ${{ env.TITLE }}\n",
      "env: { TITLE: '${{ github.event.issue.title }}' }\n",
    ),
    '      - run: echo "${TITLE}"\n',
  );
});
