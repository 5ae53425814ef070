import { assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { remotesOf, repositoryOf } from "../../src/publish/remotes.ts";
import { envOf } from "../../src/host/env.ts";

const env = envOf({ PATH: Deno.env.get("PATH"), HOME: "/nonexistent" });

/** A directory with these files, and what is found from `start` in it. */
async function found(files: Readonly<Record<string, string>>, start = "") {
  const root = await Deno.makeTempDir({ prefix: "keyless-remotes-test-" });
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    return await remotesOf(env, join(root, start));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const TWO =
  '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:me/widget.git\n\tfetch = +refs/*\n' +
  '[remote "upstream"] url = "https://github.com/acme/widget"\n[branch "main"]\n\turl = x\n';

Deno.test("the remotes are those of git's configuration, from any directory below", async () => {
  const both = {
    repository: "me/widget",
    addresses: ["git@github.com:me/widget.git", "https://github.com/acme/widget"],
  };
  assertEquals(await found({ ".git/config": TWO }), both);
  assertEquals(await found({ ".git/config": TWO, "packages/a/x": "" }, "packages/a"), both);
  assertEquals(await found({ ".git/config": "[core]\n" }), { repository: null, addresses: [] });
});

Deno.test("a directory of this machine does not tell where a repository is", async () => {
  for (
    const path of [
      "/srv/git/acme/widget",
      "../widget.git",
      "file:///srv/widget",
      "C:\\\\git\\\\widget",
      "widget",
    ]
  ) {
    const config = `[remote "origin"]\n\turl = ${path}\n[remote "work"]\n\turl = box:widget\n`;
    assertEquals((await found({ ".git/config": config })).addresses, ["box:widget"], path);
  }
});

Deno.test("worktrees and submodules say where their configuration is", async () => {
  assertEquals(
    (await found({
      "tree/.git": "gitdir: ../main/.git/worktrees/tree\n",
      "main/.git/worktrees/tree/commondir": "../..\n",
      "main/.git/config": TWO,
    }, "tree")).repository,
    "me/widget",
  );
  assertEquals(
    (await found({ "sub/.git": "gitdir: ../.git/modules/sub\n", ".git/modules/sub/config": TWO }, "sub"))
      .repository,
    "me/widget",
  );
});

Deno.test("git is asked where its configuration includes another, or rewrites addresses", async () => {
  const git = { ".git/HEAD": "ref: refs/heads/main\n", ".git/objects/x": "", ".git/refs/x": "" };
  const rewritten =
    '[url "https://github.com/acme/"]\n\tinsteadOf = acme:\n[remote "origin"]\n\turl = acme:widget\n';
  assertEquals(await found({ ...git, ".git/config": rewritten }), {
    repository: "acme/widget",
    addresses: ["https://github.com/acme/widget"],
  });
  assertEquals(
    (await found({
      ...git,
      ".git/config": "[include]\n\tpath = more\n",
      ".git/more": '[remote "origin"]\n\turl = https://github.com/acme/more.git\n',
    })).repository,
    "acme/more",
  );
});

Deno.test("of thousands of remotes a hundred are looked at, whatever they are called", async () => {
  const git = { ".git/HEAD": "ref: refs/heads/main\n", ".git/objects/x": "", ".git/refs/x": "" };
  const names = ["--push", ...Array.from({ length: 5000 }, (_, index) => `r${index}`)];
  const config = names.map((name) => `[remote "${name}"]\n\turl = https://github.com/a/b\n`).join("");
  assertEquals((await found({ ...git, ".git/config": config })).addresses.length, 100);
  const { addresses } = await found({ ...git, ".git/config": `[include]\n\tpath = x\n${config}` });
  assertEquals(addresses.length, 100);
});

Deno.test("a repository is the owner and the name of an address, in each of its forms", () => {
  const cases: [string, string | null][] = [
    ["https://github.com/acme/widget.git", "acme/widget"],
    ["https://user:pass@github.com/acme/widget/", "acme/widget"],
    ["git@github.com:acme/widget.git", "acme/widget"],
    ["ssh://git@github.com/acme/widget", "acme/widget"],
    ["https://gitlab.com/group/sub/widget", null],
    ["/srv/git/widget.git", null],
    ["", null],
  ];
  for (const [address, repository] of cases) assertEquals(repositoryOf(address), repository, address);
});
