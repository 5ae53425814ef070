import { assertEquals } from "@std/assert";
import { readMember, readTarball } from "../../src/formats/tarball.ts";
import { archive, gzip, type Member, record } from "./archives.ts";

const GNU = "ustar  \0";
const LONG = `package/${"long/".repeat(40)}name.md`;
const FILE: Member = { path: "package/a.md", content: "a" };

const READ: Readonly<Record<string, readonly [readonly Member[], readonly (readonly [string, string])[]]>> = {
  "files, in order": [[FILE, { path: "package/b", content: "" }], [["package/a.md", "a"], ["package/b", ""]]],
  "a name in two parts": [[{ ...FILE, prefix: "package/far", path: "down.md" }], [[
    "package/far/down.md",
    "a",
  ]]],
  "a long name as npm writes it": [
    [{
      path: "PaxHeader/x",
      type: "x",
      content: record("path", LONG) + record("mtime", "499162500") + record("size", "1"),
    }, FILE],
    [[LONG, "a"]],
  ],
  "a long name as cargo writes it": [
    [{ path: "././@LongLink", type: "L", content: `${LONG}\0`, magic: GNU }, { ...FILE, magic: GNU }],
    [[LONG, "a"]],
  ],
  "a name that is not ASCII": [
    [{ path: "x", type: "x", content: record("path", "package/ä.md") }, FILE],
    [["package/ä.md", "a"]],
  ],
};

for (const [what, [members, expected]] of Object.entries(READ)) {
  Deno.test(`a tarball is read with ${what}`, async () => {
    const files = await readTarball(await archive(members));
    assertEquals(
      files?.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]),
      expected.map((file) => [...file]),
    );
  });
}

function pax(content: string): readonly Member[] {
  return [{ path: "x", type: "x", content }, FILE];
}

const REFUSED: Readonly<Record<string, readonly Member[]>> = {
  "a wrong checksum": [{ ...FILE, off: 1 }],
  "a negative size": [{ ...FILE, size: "-0000000001\0" }],
  "a size that is no octal number": [{ ...FILE, size: "00000000008\0" }],
  "a size in the binary form": [{ ...FILE, size: "\u00800000000001" }],
  "a size without an end": [{ ...FILE, size: "000000000001" }],
  "no size": [{ ...FILE, size: "\0" }],
  "a size beyond the end": [{ ...FILE, size: "00000010000\0" }],
  "no name": [{ ...FILE, path: "" }],
  "bytes after the end of a name": [{ ...FILE, path: "package/a\0b" }],
  "an unknown format": [{ ...FILE, magic: "ustar" }],
  "a prefix where GNU has none": [{ ...FILE, magic: GNU, prefix: "x" }],
  "a file with the name of a link": [{ ...FILE, link: "x" }],
  "the same name twice": [FILE, FILE],
  "a global header": [{ path: "g", type: "g", content: record("comment", "x") }, FILE],
  "a symbolic link": [{ path: "package/l", type: "2", link: "a.md" }],
  "a hard link": [{ path: "package/l", type: "1", link: "a.md" }],
  "a directory": [{ path: "package/", type: "5" }],
  "a member of an unknown type": [{ ...FILE, type: "Z" }],
  "an absolute name": [{ ...FILE, path: "/package/a" }],
  "a name that leads out": [{ ...FILE, path: "package/../../a" }],
  "an empty part in a name": [{ ...FILE, path: "package//a" }],
  "a drive in a name": [{ ...FILE, path: "package/C:a" }],
  "a line break in a name": [{ ...FILE, path: "package/a\nb" }],
  "a pax record that is longer than it says": pax("5 path=package/b\n"),
  "a pax record that is shorter than it says": pax("99 path=package/b\n"),
  "a pax record whose length counts characters": pax("20 path=package/ä\n"),
  "a pax record of a fractional length": pax("18.0 path=package/b\n"),
  "a pax record without a key": pax(record("", "x")),
  "a pax record with a line break": pax(record("path", "package/b\nc")),
  "an unknown pax record": pax(record("type", "File")),
  "a pax record twice": pax(record("path", "package/b") + record("path", "package/c")),
  "a pax size that is not the header's": pax(record("size", "512")),
  "a fractional pax size": pax(record("size", "1.0")),
  "a negative pax size": pax(record("size", "-1")),
  "two extended headers in a row": [
    ...pax(record("path", "package/b")).slice(0, 1),
    ...pax(record("size", "1")),
  ],
  "an extended header too many": [FILE, { path: "x", type: "x", content: record("path", "package/b") }],
  "an extended header that some readers skip": pax(record("comment", "x".repeat(1 << 20))),
};

for (const [what, members] of Object.entries(REFUSED)) {
  Deno.test(`a tarball with ${what} is not read, because others may read it otherwise`, async () => {
    assertEquals(await readTarball(await archive(members)), null);
  });
}

Deno.test("a tarball that goes on after its end, or has none, is not read", async () => {
  const more = new Uint8Array(2048);
  more[1536] = 1;
  assertEquals(await readTarball(await archive([FILE], more)), null);
  assertEquals(await readTarball(await archive([FILE], new Uint8Array())), null);
  const one = await archive([FILE]);
  assertEquals(await readTarball(new Uint8Array([...one, ...one])), null);
  assertEquals(await readTarball(one.subarray(0, one.length - 9)), null);
  assertEquals(await readTarball(await gzip([new Uint8Array(100)])), null);
});

Deno.test("an archive that unpacks to more than the limit is not read", async () => {
  const bytes = await archive([{ path: "package/a", content: "a".repeat(1 << 20) }]);
  assertEquals(bytes.length < 1 << 13, true, "it is small itself");
  assertEquals(await readTarball(bytes, 1 << 20), null);
  assertEquals((await readTarball(bytes, 1 << 21))?.length, 1);
});

Deno.test("a member is found by the name under which it is unpacked", async () => {
  const bytes = await archive(pax(record("path", "package/b.md")));
  assertEquals(await readMember(bytes, "package/b.md"), "a");
  assertEquals(await readMember(bytes, "package/a.md"), null);
});
