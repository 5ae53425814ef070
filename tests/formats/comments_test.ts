import { assertEquals } from "@std/assert";
import { type Comment, commentsOf } from "../../src/formats/comments.ts";

/** `line:column comment`, with `alone` and `inner` behind it where they hold. */
function shown({ at, text, alone, inner }: Comment): string {
  return [`${at.start.line}:${at.start.column} ${text}`, ...alone ? ["alone"] : [], ...inner ? ["inner"] : []]
    .join(" | ");
}

const CASES: readonly (readonly [name: string, path: string, text: string, comments: readonly string[]])[] = [
  [
    "YAML: behind a value, above a key, in a flow list",
    "a.yml",
    "a: 1 # one\n# two\nb: [x, # three\n  y]\n",
    [
      "1:6 # one",
      "2:1 # two | alone",
      "3:8 # three",
    ],
  ],
  [
    "YAML: not in quotes, not in words, not in folded text",
    "a.yaml",
    "a: 'x # no'\nb: \"y\n  # no\"\nc: d#no\ne: >\n  # no\n",
    [],
  ],
  [
    "YAML: a script's own comments",
    "a.yml",
    "run: | # head\n  # one\n  npm publish # two\n  echo '# no' \"# no\"\nb: 1 # end\n",
    [
      "1:8 # head",
      "2:3 # one | alone | inner",
      "3:15 # two | inner",
      "5:6 # end",
    ],
  ],
  ["YAML: a byte order mark and CRLF", "a.yml", "\ufeffa: 1 # one\r\n# two\r\n", [
    "1:6 # one",
    "2:1 # two | alone",
  ]],
  ["YAML that is none", "a.yml", "a: [ # one\n}: # two\n", ["1:6 # one", "2:4 # two"]],
  ["TOML", "Cargo.toml", 'a = \'# no\' # one\n# two\nb = """\n# no\n"""\n', [
    "1:12 # one",
    "2:1 # two | alone",
  ]],
  ["cargo's configuration without an extension", "x/.cargo/config", "a = '# no' # one\n", ["1:12 # one"]],
  ["TOML that is none", "a.toml", "a = # one\n", []],
  ["npm's INI", ".npmrc", "; one\na=b # two\n  # three\nurl=http://a#b\n", [
    "1:1 ; one | alone",
    "2:5 # two",
    "3:3 # three | alone",
  ]],
  ["Python's INI: behind a value it is part of the value", "x/.pypirc", "# one\npassword = a # no\n; two\n", [
    "1:1 # one | alone",
    "3:1 ; two | alone",
  ]],
  ["Groovy", "Jenkinsfile", "sh 'curl http://x // no' // one\n  // two\nurl = 'a' //three\n", [
    "1:26 // one",
    "2:3 // two | alone",
    "3:11 //three",
  ]],
  [
    "shell and whatever is like it",
    "publish.sh",
    "#!/bin/sh\nnpm publish # one\necho \"# no\" a#no 'it\\'\n# two\n",
    [
      "1:1 #!/bin/sh | alone",
      "2:13 # one",
      "4:1 # two | alone",
    ],
  ],
  ["JSON has none", "package.json", '{ "a": "b" } # no\n', []],
];

for (const [name, path, text, comments] of CASES) {
  Deno.test(`comments are found by the rules of the format: ${name}`, () => {
    const found = commentsOf(text, path);
    assertEquals(found.map(shown), comments);
    for (const { at, text: comment } of found) {
      assertEquals(text.slice(at.start.offset, at.end.offset), comment);
    }
  });
}
