import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { readSetupCall } from "../../src/formats/python.ts";
import { covered } from "./support.ts";

const FILE = `"""setup(name="not this one")"""
from setuptools import setup, find_packages

def setup_helpers(name="nor this"):
    # setup(name="nor that")
    return dict(name=name)

setuptools.setup(
    name="my-" 'package',
    version=read_version("x", version="1"),
    description=f"{name} by {who}",
    install_requires=["one>=1", 'two'],
    extras_require={"all": ["three"]},
    packages=find_packages(where="src", name="inner"),
    zip_safe=False,
    author='O\\'Brien',
    pattern=r"\\d",
)
`;

Deno.test("plain strings of the setup call are read, computed values are not", () => {
  const call = readSetupCall(FILE, "setup.py")!;
  const name = call.text("name")!;
  assertEquals(name.value, "my-package");
  assertEquals(covered(FILE, name.at), "\"my-\" 'package'");
  assertEquals(covered(FILE, name.keyAt!), "name");
  assertEquals(call.text("pattern")!.value, "\\d");
  for (const computed of ["version", "description", "zip_safe", "author", "packages", "absent"]) {
    assertEquals(call.text(computed), null, computed);
  }
  assert(call.has("version") && !call.has("absent"));
});

Deno.test("lists of plain strings are read", () => {
  const call = readSetupCall(FILE, "setup.py")!;
  assertEquals(call.texts("install_requires")!.map(({ value }) => value), ["one>=1", "two"]);
  assertEquals(call.texts("extras_require"), null);
  assertEquals(readSetupCall("setup(x=[])", "setup.py")!.texts("x"), []);
  assertEquals(readSetupCall("setup(x=[a, 'b'])", "setup.py")!.texts("x"), null);
});

Deno.test("a program without a setup call has none", () => {
  for (const text of ["", "def setup(name='x'): pass", "# setup(name='x')", "'setup(name=1)'"]) {
    assertEquals(readSetupCall(text, "setup.py"), null, text);
  }
});

Deno.test("no text makes the reader throw, also not a very long one", () => {
  const piece = fc.constantFrom(
    "setup(",
    "(",
    ")",
    "[",
    "]",
    "=",
    '"',
    "'",
    '"""',
    "a",
    "\n",
    "#",
    ",",
    "\\",
    "r",
    "f",
  );
  const read = (text: string) => {
    const call = readSetupCall(text, "setup.py");
    call?.text("a");
    call?.texts("a");
  };
  fc.assert(fc.property(fc.string({ unit: piece, maxLength: 40 }), read), bounds(2000));
  for (
    const long of [
      '"' + "\\x".repeat(1 << 20),
      "'''" + "x".repeat(1 << 20),
      "setup(" + "[".repeat(20_000),
      "r".repeat(1 << 20),
    ]
  ) {
    read(long);
  }
});
