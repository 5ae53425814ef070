import { assert, assertEquals } from "@std/assert";
import { program } from "./sources.ts";

/** From low to high; what stands on one line may import each other. */
const LAYERS: readonly (readonly string[])[] = [
  ["src/problem.ts", "src/version.ts", "src/suggest.ts", "src/permissions.ts"],
  ["src/host/"],
  ["src/formats/"],
  ["src/identity/", "src/registries/", "src/config/project.ts"],
  ["src/config/", "src/pipelines/", "src/report/"],
  ["src/credentials/", "src/explain/"],
  ["src/publish/", "src/doctor/"],
  ["src/rehearsal/"],
  ["src/cli/"],
  ["main.ts"],
];

function layerOf(path: string): number {
  const matching = LAYERS.flatMap((names, level) =>
    names.filter((name) => path === name || (name.endsWith("/") && path.startsWith(name))).map((name) => ({
      name,
      level,
    }))
  );
  assert(matching.length > 0, `${path} is in no layer`);
  return matching.reduce((best, each) => each.name.length > best.name.length ? each : best).level;
}

Deno.test("nothing imports from a higher layer", async () => {
  const upwards = (await program()).flatMap(({ path, imports }) =>
    imports.filter((each) => each.path !== null && layerOf(each.path) > layerOf(path)).map((each) =>
      `${path} → ${each.path}`
    )
  );
  assertEquals(upwards, []);
});

Deno.test("the program is made of its own directories alone", async () => {
  const outside = (await program()).flatMap(({ path, imports }) =>
    imports.filter((each) => each.path !== null && !/^(src\/|main\.ts)/.test(each.path)).map((each) =>
      `${path} → ${each.path}`
    )
  );
  assertEquals(outside, []);
});

/** What is loaded together with a file, before anything is imported dynamically. */
async function loadedWith(start: string): Promise<{ paths: string[]; packages: string[] }> {
  const all = new Map((await program()).map((source) => [source.path, source]));
  const paths = new Set([start]);
  const packages = new Set<string>();
  for (const path of paths) {
    for (const each of all.get(path)?.imports ?? []) {
      if (each.dynamic || each.type) continue;
      if (each.path === null) packages.add(each.from);
      else paths.add(each.path);
    }
  }
  return { paths: [...paths].sort(), packages: [...packages].sort() };
}

Deno.test("version, help and wrong usage load no package, no client of the network and no command", async () => {
  for (const start of ["main.ts", "src/cli/shell.ts"]) {
    const { paths, packages } = await loadedWith(start);
    assertEquals(packages, [], start);
    for (
      const part of ["src/host/http.ts", "src/host/process.ts", "src/config/", "src/publish/", "src/formats/"]
    ) {
      assertEquals(paths.filter((path) => path.startsWith(part)), [], `${start} loads ${part}`);
    }
  }
});

Deno.test("the start hands on to the program in one place, and keeps nothing that the program must know", async () => {
  for (const entry of ["src/cli/program.ts", "src/cli/doctor_program.ts"]) {
    const users = (await program()).flatMap(({ path, imports }) =>
      imports.filter((each) => each.path === entry).map(({ dynamic }) => ({ path, dynamic }))
    );
    assertEquals(users, [{ path: "src/cli/start.ts", dynamic: true }], entry);
  }
  for (const start of ["main.ts", "src/cli/shell.ts"]) {
    assert(!(await loadedWith(start)).paths.includes("src/host/cleanup.ts"), start);
  }
});

Deno.test("what cargo starts as its credential provider loads no package", async () => {
  assertEquals((await loadedWith("src/credentials/cargo_provider.ts")).packages, []);
});

Deno.test("the parser library is imported in one place", async () => {
  const users = (await program()).filter(({ imports }) =>
    imports.some(({ from }) => from === "@cliffy/command")
  );
  assertEquals(users.map(({ path }) => path), ["src/cli/app.ts"]);
});
