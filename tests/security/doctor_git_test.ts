import { assertEquals } from "@std/assert";
import { loadProject } from "../../src/config/load.ts";
import { diagnose } from "../../src/doctor/engine.ts";
import { repository, session } from "../doctor/repository.ts";
import { commit, git } from "../repository.ts";

const DECLARED = `[[package]]
name = "my-crate"
kind = "crates"
path = "."
[package.trust_policy]
workflow = "release.yml"
`;
const WORKFLOW = `on: push
jobs:
  publish:
    runs-on: ubuntu-latest
    steps:
      - run: cargo publish
`;
/** Brings git to look for the history of a workflow, for its remotes, and for what it does with a file. */
const FILES = new Map([
  ["keyless.toml", DECLARED],
  [".github/workflows/other.yml", WORKFLOW],
  [".github/workflows/release.yml", WORKFLOW],
  [".npmrc", "//registry.npmjs.org/:_authToken=CANARY-of-npm\n"],
]);

/** A repository with a workflow in its history, whose settings name programs that leave a trace. */
async function trap(use: (root: string, program: (what: string) => Promise<string>) => Promise<void>) {
  const root = await repository(FILES);
  const place = await Deno.makeTempDir({ prefix: "keyless-trap-" });
  const program = async (what: string) => {
    const path = `${place}/${what}`;
    await Deno.writeTextFile(path, `#!/bin/sh\necho ${what} >>'${place}/started'\n`, { mode: 0o755 });
    return path;
  };
  try {
    await commit(root, "One");
    await Deno.remove(`${root}/.github/workflows/release.yml`);
    await commit(root, "Two");
    await use(root, program);
    await diagnose(await loadProject(root, session().env), session());
    assertEquals(await Deno.readTextFile(`${place}/started`).catch(() => ""), "");
  } finally {
    await Deno.remove(root, { recursive: true });
    await Deno.remove(place, { recursive: true });
  }
}

Deno.test({
  name: "doctor starts nothing that the settings or attributes of a repository name",
  ignore: Deno.build.os === "windows",
  fn: () =>
    trap(async (root, program) => {
      await sign(root);
      const set = (name: string, value: string) => git(root, "config", name, value);
      for (
        const name of [
          "core.fsmonitor",
          "core.sshCommand",
          "core.pager",
          "core.editor",
          "core.askPass",
          "core.alternateRefsCommand",
          "diff.external",
          "diff.x.textconv",
          "diff.x.command",
          "filter.x.clean",
          "filter.x.smudge",
          "filter.x.process",
          "merge.x.driver",
          "gpg.program",
          "gpg.ssh.program",
          "credential.helper",
          "alias.log",
          "alias.ls-files",
          "pager.log",
          "pager.show",
          "trace2.eventTarget",
        ]
      ) await set(name, await program(name));
      await set("log.showSignature", "true");
      await set("core.attributesFile", `${root}/.gitattributes`);
      await Deno.writeTextFile(`${root}/.gitattributes`, "* filter=x diff=x merge=x\n");
      await Deno.mkdir(`${root}/hooks`);
      for (const hook of ["post-index-change", "reference-transaction", "fsmonitor-watchman"]) {
        await Deno.copyFile(await program(hook), `${root}/hooks/${hook}`);
      }
      await set("core.hooksPath", `${root}/hooks`);
      // So that git is asked for the addresses too.
      await set("url.https://github.com/.insteadOf", "x:");
      await set("remote.origin.url", "x:owner/repo");
    }),
});

Deno.test({
  name: "doctor fetches nothing that a partial clone lacks, by whatever program its settings name",
  ignore: Deno.build.os === "windows",
  fn: () =>
    trap(async (root, program) => {
      const set = (name: string, value: string) => git(root, "config", name, value);
      await set("core.repositoryFormatVersion", "1");
      await set("extensions.partialClone", "origin");
      await set("remote.origin.promisor", "true");
      await set("remote.origin.url", `ext::${await program("transport")}`);
      await set("protocol.ext.allow", "always");
      const [tree] = (await git(root, "rev-parse", "HEAD~1^{tree}")).trim().split("\n");
      await Deno.remove(`${root}/.git/objects/${tree!.slice(0, 2)}/${tree!.slice(2)}`);
    }),
});

Deno.test({
  name: "a directory that merely looks like a repository of git is none",
  ignore: Deno.build.os === "windows",
  fn: () =>
    trap(async (root, program) => {
      // What is in `.git` may be in a pull request under any other name.
      for await (const { name } of Deno.readDir(`${root}/.git`)) {
        await Deno.rename(`${root}/.git/${name}`, `${root}/${name}`);
      }
      await Deno.remove(`${root}/.git`);
      const settings = `[core]
repositoryFormatVersion = 1
bare = false
worktree = ${root}
[extensions]
partialClone = origin
[remote "origin"]
promisor = true
url = ext::${await program("transport")}
[protocol "ext"]
allow = always
`;
      await Deno.writeTextFile(`${root}/config`, settings);
      await Deno.remove(`${root}/objects`, { recursive: true });
      await Deno.mkdir(`${root}/objects`);
    }),
});

/** Gives the last commit a signature, which git shows with a program. */
async function sign(root: string): Promise<void> {
  const signature = "-----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----";
  const text = await git(root, "cat-file", "commit", "HEAD");
  const signed = text.replace("\n\n", `\ngpgsig ${signature}\n\n`);
  await Deno.writeTextFile(`${root}/commit`, signed);
  const hash = (await git(root, "hash-object", "-t", "commit", "-w", "commit")).trim();
  await git(root, "update-ref", "HEAD", hash);
}
