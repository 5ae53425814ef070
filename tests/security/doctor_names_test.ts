import { assert, assertEquals } from "@std/assert";
import { foreignClient } from "../../src/config/clients.ts";
import { inTree, looked, reports } from "../fuzz/looked.ts";

/** A repository in which everything that has a name is called so. */
const treeOf = (name: string) => ({
  ".github/workflows/a.yml": `on: { ${name}: {}, push: {} }
permissions: { ${name}: write, id-token: write }
jobs:
  ${name}:
    runs-on: ${name}
    environment: ${name}
    if: github.ref_type == 'tag' && github.${name} != ${name}()
    strategy: { matrix: { ${name}: [${name}] } }
    steps:
      - { uses: ${name}@v1, with: { ${name}: x, registry-url: x } }
      - { uses: ./${name}, with: { ${name}: x } }
      - run: ${name} publish; npx ${name} publish; npm run ${name}; make ${name}; \${{ matrix.${name} }}; npm publish
        shell: bash
        env: { ${name}: x }
`,
  ".gitlab-ci.yml":
    `${name}: { extends: ${name}, script: [npm publish, ${name}], id_tokens: { ${name}: { aud: ${name} } }, only: [${name}] }\n`,
  ".circleci/config.yml":
    `version: 2.1\norbs: { ${name}: a/b@1 }\njobs: { ${name}: { docker: [{ image: x }], steps: [${name}, { ${name}: { ${name}: x } }, { run: npm publish }] } }\nworkflows: { ${name}: { jobs: [${name}] } }\n`,
  Jenkinsfile: `pipeline { agent any\nstages { stage('a') { steps { ${name} 'x'\nsh 'npm publish' } } } }\n`,
  "package.json":
    `{ "name": "a", "version": "1.0.0", "scripts": { "${name}": "npm publish" }, "${name}": "${name}" }`,
  ".npmrc": `${name}=1\n`,
});

for (const name of ["__proto__", "constructor", "toString", "valueOf"]) {
  Deno.test(`${name} is a name like any other`, async () => {
    const ordinary = await inTree(treeOf("ordinary"), looked);
    const texts = await inTree(treeOf(name), async (root) => {
      const diagnosis = await looked(root);
      assertEquals(
        diagnosis!.findings.map(({ code }) => code).sort(),
        ordinary!.findings.map(({ code }) => code).sort(),
      );
      return await reports(diagnosis!);
    });
    assert(!/native code|\[object /.test(Object.values(texts).join()));
    assertEquals(foreignClient(name), null);
  });
}
