import { assertEquals, assertStringIncludes } from "@std/assert";
import { customRegistry } from "../../src/registries/custom.ts";
import { normalName, sameVersion, versionOfFile } from "../../src/registries/pypi_names.ts";
import { pypiVersion } from "../../src/registries/pypi_version.ts";
import { Loopback, type Reply, sessionWith } from "./loopback.ts";
import { localRegistry } from "./samples.ts";

const WHEEL = "my_widget-1.4.0-py3-none-any.whl";
const SDIST = "my_widget-1.4.0.tar.gz";
const SHA = "9f2c".padEnd(64, "0");
const PROJECT = "GET /pypi/my-widget/json";
const RELEASE = "GET /pypi/my-widget/1.4.0/json";
const SIMPLE = "GET /simple/my-widget/";
const THERE: Reply = { json: { info: { version: "1.3.2" } } };
const DOWN: Reply = { status: 503, text: "" };

function release(...files: readonly (readonly [name: string, yanked?: boolean])[]): Reply {
  return {
    json: {
      urls: files.map(([filename, yanked = false]) => ({
        filename,
        yanked,
        digests: { sha256: SHA.toUpperCase() },
      })),
    },
  };
}

function simple(...files: readonly (readonly [name: string, yanked?: boolean | string])[]): Reply {
  return {
    json: {
      meta: { "api-version": "1.1" },
      files: files.map(([filename, yanked]) => ({ filename, yanked, hashes: { sha256: SHA } })),
    },
  };
}

for (
  const [name, script, state, files] of [
    [
      "a project that does not exist",
      { [PROJECT]: { status: 404, json: { message: "Not Found" } } },
      "no-package",
      [],
    ],
    [
      "a version that does not exist",
      { [PROJECT]: THERE, [RELEASE]: { status: 404, json: {} } },
      "absent",
      [],
    ],
    ["a version with two files", { [PROJECT]: THERE, [RELEASE]: release([WHEEL], [SDIST]) }, "present", [
      WHEEL,
      SDIST,
    ]],
    [
      "a version with one of two files, after an upload that was cut off",
      { [PROJECT]: THERE, [RELEASE]: release([WHEEL]) },
      "present",
      [WHEEL],
    ],
    [
      "a version whose every file is yanked",
      { [PROJECT]: THERE, [RELEASE]: release([WHEEL, true], [SDIST, true]) },
      "yanked",
      [WHEEL, SDIST],
    ],
    [
      "a version of which one file is yanked",
      { [PROJECT]: THERE, [RELEASE]: release([WHEEL, true], [SDIST]) },
      "present",
      [WHEEL, SDIST],
    ],
    ["a version that was emptied", { [PROJECT]: THERE, [RELEASE]: release() }, "absent", []],
    [
      "the JSON API down: the simple index answers",
      { [PROJECT]: DOWN, [SIMPLE]: simple([WHEEL], ["my_widget-1.3.2.tar.gz"]) },
      "present",
      [WHEEL],
    ],
    [
      "the release down: the simple index answers",
      { [PROJECT]: THERE, [RELEASE]: DOWN, [SIMPLE]: simple([SDIST, "bad"]) },
      "yanked",
      [SDIST],
    ],
    ["both down", { [PROJECT]: DOWN, [SIMPLE]: DOWN }, "unknown", []],
    [
      "both in HTML of somebody else",
      { [PROJECT]: { text: "hello" }, [SIMPLE]: { text: "hello" } },
      "unknown",
      [],
    ],
  ] as const
) {
  Deno.test(`PyPI: ${name}: ${state}`, async () => {
    await using server = new Loopback(script);
    const found = await pypiVersion(
      sessionWith().session,
      localRegistry("pypi", server.origin),
      "My_Widget",
      "1.4.0",
    );
    assertEquals(found.state, state);
    assertEquals(found.files, files.map((file) => ({ name: file, sha256: SHA })));
  });
}

Deno.test("PyPI: the newest version is named, and an outage says what was answered", async () => {
  await using server = new Loopback({
    [PROJECT]: [THERE, DOWN],
    [RELEASE]: { status: 404, text: "" },
    [SIMPLE]: { status: 500, text: "oops" },
  });
  const look = () =>
    pypiVersion(sessionWith().session, localRegistry("pypi", server.origin), "my.widget", "1.4.0");
  assertEquals((await look()).latest, "1.3.2");
  server.on(PROJECT, DOWN);
  assertStringIncludes((await look()).reason!, "500: oops");
});

for (
  const [name, answer, state, files] of [
    ["JSON", simple([WHEEL], [SDIST, false]), "present", [WHEEL, SDIST]],
    [
      "HTML",
      {
        text:
          `<!DOCTYPE html><a href="../../f/${WHEEL}#sha256=${SHA}">${WHEEL}</a>\n<a data-yanked="bad" href="x#sha256=${SHA}">${SDIST}</a>` +
          `<a href="y">my_widget-1.3.2.tar.gz</a>`,
      },
      "present",
      [WHEEL, SDIST],
    ],
    [
      "HTML where the version is yanked",
      { text: `<a class=x data-yanked="" href="x#sha256=${SHA}">${SDIST}</a>` },
      "yanked",
      [SDIST],
    ],
    ["nothing for the project", { status: 404, text: "" }, "no-package", []],
    ["a demand for credentials", { status: 401, text: "" }, "unknown", []],
  ] as const
) {
  Deno.test(`a private index answers with ${name}: ${state}`, async () => {
    await using server = new Loopback({ [SIMPLE]: answer });
    const registry = customRegistry("company", {
      kind: "pypi",
      index: `${server.origin}/simple`,
      upload: `${server.origin}/legacy/`,
    });
    const found = await pypiVersion(sessionWith().session, registry, "my-widget", "1.4");
    assertEquals(found.state, state);
    assertEquals(found.files, files.map((file) => ({ name: file, sha256: SHA })));
    assertEquals(server.seen.every((one) => one.target === "/simple/my-widget/"), true);
  });
}

Deno.test("names are compared by PEP 503, versions by PEP 440", () => {
  assertEquals(["My.Widget", "my__widget", "MY-_.widget"].map(normalName), [
    "my-widget",
    "my-widget",
    "my-widget",
  ]);
  for (
    const [a, b, same] of [
      ["1.0", "1.0.0", true],
      ["1.0RC1", "1.0rc1", true],
      ["v1.0", "1.0", true],
      ["1.0", "1.0.post1", false],
      ["1!1.0", "1.0", false],
      ["x", "x", true],
      ["x", "1", false],
    ] as const
  ) {
    assertEquals(sameVersion(a, b), same, `${a} ${b}`);
  }
});

for (
  const [file, version] of [
    [WHEEL, "1.4.0"],
    [SDIST, "1.4.0"],
    ["my-widget-1.4.0.zip", "1.4.0"],
    ["w-1.0-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "1.0"],
    ["widget.exe", null],
    ["widget-1.4.0-py3.11.egg", null],
  ] as const
) {
  Deno.test(`the version in the file name ${file} is ${version}`, () =>
    assertEquals(versionOfFile(file), version));
}
