import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { normaliseRepository } from "../../src/config/repository_url.ts";

Deno.test("a repository has one address, however it is written", () => {
  const same = [
    "https://github.com/Acme/widgets",
    "https://github.com/Acme/widgets.git",
    "https://github.com/Acme/widgets/",
    "http://www.github.com/Acme/widgets",
    "git+https://github.com/Acme/widgets.git",
    "git+ssh://git@github.com/Acme/widgets.git",
    "git://github.com/Acme/widgets.git#main",
    "ssh://git@github.com:22/Acme/widgets.git",
    "git@github.com:Acme/widgets.git",
    "https://user@github.com/Acme/widgets/tree/main/js",
    "https://github.com/Acme/widgets#readme",
    "github:Acme/widgets",
    "Acme/widgets",
    "Acme/widgets#semver:1",
  ];
  for (const text of same) assertEquals(normaliseRepository(text), "https://github.com/Acme/widgets", text);
});

Deno.test("other hosts keep their groups and ports", () => {
  const table: [string, string][] = [
    ["gitlab:group/sub/project", "https://gitlab.com/group/sub/project"],
    ["https://gitlab.com/group/sub/project/-/tree/main", "https://gitlab.com/group/sub/project"],
    ["git@gitlab.example.com:group/project.git", "https://gitlab.example.com/group/project"],
    ["https://git.example.com:8443/o/r.git", "https://git.example.com:8443/o/r"],
    ["bitbucket:o/r", "https://bitbucket.org/o/r"],
  ];
  for (const [text, expected] of table) assertEquals(normaliseRepository(text), expected, text);
});

Deno.test("what is no repository has no address", () => {
  for (
    const text of [
      "",
      "widgets",
      "gist:abc",
      "https://github.com",
      "https://github.com/acme",
      "./acme",
      "../x/y",
      "C:\\x\\y",
      "file:///a/b",
      "https://",
    ]
  ) {
    assertEquals(normaliseRepository(text), null, text);
  }
});

Deno.test("an address stays as it is when it is normalised again", () => {
  const piece = fc.constantFrom(
    "https://",
    "git@",
    "github.com",
    ":",
    "/",
    "a",
    "B",
    ".git",
    "#",
    "..",
    "-",
    "%",
    " ",
    "@",
    "?",
  );
  fc.assert(
    fc.property(fc.string({ unit: piece, maxLength: 10 }), (text) => {
      const once = normaliseRepository(text);
      if (once !== null) assertEquals(normaliseRepository(once), once);
    }),
    bounds(20000),
  );
});
