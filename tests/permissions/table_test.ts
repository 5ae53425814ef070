import { assert, assertEquals, assertMatch } from "@std/assert";
import { VERBS } from "../../src/cli/table.ts";
import { PASSED_ON } from "../../src/publish/clients/environment.ts";
import { program } from "../house/sources.ts";
import { ALWAYS, flags, type Group, type GroupName, names, PERMISSIONS } from "../../src/permissions.ts";

const GROUPS = Object.entries(PERMISSIONS as Record<string, Group>);
const SORTS = ["hosts", "programs", "variables"] as const;

const SHAPES = {
  hosts: /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/,
  programs: /^[a-z0-9-]+$/,
  variables: /^[A-Za-z][A-Za-z0-9_()]+\*?$/,
};

for (const sort of SORTS) {
  Deno.test(`every name among ${sort} is a plain one, with a reason of one line`, () => {
    for (const [group, entries] of GROUPS) {
      for (const [name, why] of Object.entries(entries[sort] ?? {})) {
        assertMatch(name, SHAPES[sort], `${group}: ${name}`);
        assertMatch(why, /^\S.*[^.\s]$/, `${group}: ${name}`);
      }
    }
  });

  Deno.test(`no name among ${sort} stands in two groups`, () => {
    const all = GROUPS.flatMap(([, group]) => Object.keys(group[sort] ?? {}));
    assertEquals(all.toSorted(), names(sort));
  });
}

Deno.test("no name is covered by a prefix or a wildcard that is there as well", () => {
  for (const prefix of names("variables").filter((name) => name.endsWith("*"))) {
    const covered = names("variables").filter((name) =>
      name !== prefix && name.startsWith(prefix.slice(0, -1))
    );
    assertEquals(covered, [], prefix);
  }
  for (const wildcard of names("hosts").filter((name) => name.startsWith("*."))) {
    assertEquals(
      names("hosts").filter((name) => name !== wildcard && name.endsWith(wildcard.slice(1))),
      [],
      wildcard,
    );
  }
});

Deno.test("no program of the table is a shell, or changes who runs it", () => {
  const shells = ["sh", "bash", "zsh", "dash", "cmd", "powershell", "pwsh", "env", "deno", "sudo", "xargs"];
  assertEquals(names("programs").filter((name) => shells.includes(name)), []);
});

Deno.test("every variable that a client may be given is in the table", () => {
  const allowed = names("variables");
  assertEquals(PASSED_ON.filter((name) => !allowed.includes(name)), []);
});

Deno.test("a verb names only groups that exist", () => {
  for (const verb of VERBS) {
    assertEquals(verb.permissions.filter((group) => !Object.hasOwn(PERMISSIONS, group)), [], verb.name);
  }
});

Deno.test("every group is named by a verb, or is there for all of them", () => {
  const used = new Set<string>([...ALWAYS, ...VERBS.flatMap((verb) => verb.permissions)]);
  assertEquals(Object.keys(PERMISSIONS).filter((group) => !used.has(group)), []);
});

Deno.test("the default build is held to the names of the table", () => {
  for (const how of ["run", "compile"] as const) {
    const given = flags("scoped", how);
    assert(given.includes(`--allow-net=${names("hosts").join(",")}`));
    assert(given.includes(`--allow-run=${names("programs").join(",")}`));
    assert(given.includes(`--allow-env=${names("variables").join(",")}`));
  }
});

Deno.test("the open build frees hosts, programs and variables, and nothing else", () => {
  for (const how of ["run", "compile"] as const) {
    const bare = (form: "scoped" | "open") =>
      flags(form, how).map((flag) => flag.replace(/^(--allow-\w+)=.*/, "$1"));
    assertEquals(bare("open"), bare("scoped"));
    const freed = flags("open", how).filter((flag) => !flags("scoped", how).includes(flag));
    assertEquals(freed, ["--allow-net", "--allow-run", "--allow-env"]);
  }
});

Deno.test("no form may do everything, ask for more, or use what is not in the table", () => {
  for (const form of ["scoped", "open"] as const) {
    for (const how of ["run", "compile"] as const) {
      const given = flags(form, how);
      assert(given.includes("--no-prompt"));
      for (const flag of ["-A", "--allow-all", "--allow-sys", "--allow-ffi", "--allow-import"]) {
        assert(!given.some((word) => word === flag || word.startsWith(`${flag}=`)), flag);
      }
    }
  }
});

Deno.test("some groups have fewer names than all groups", () => {
  const git: GroupName[] = ["git"];
  assertEquals(names("programs", git), ["git"]);
  assertEquals(names("hosts", git), []);
});

Deno.test("every name of the table stands in the program, so that nothing is allowed that nobody needs", async () => {
  const text = (await program()).filter(({ path }) => path !== "src/permissions.ts").map(({ text }) => text)
    .join("\n");
  // What `keyless run` starts is the user's choice, and stands nowhere else.
  const groups = (Object.keys(PERMISSIONS) as GroupName[]).filter((group) => group !== "run");
  const words = new Set(text.match(/[\w.()-]+/g));
  const stands = (name: string) =>
    name.includes("*")
      ? text.includes(name.replaceAll("*", ""))
      : words.has(name) || words.has(name.toUpperCase()) || text.includes(`"${name}"`);
  const idle = SORTS.flatMap((sort) => names(sort, groups)).filter((name) => !stands(name));
  assertEquals(idle, []);
});
