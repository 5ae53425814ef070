import { assert, assertEquals } from "@std/assert";
import { plain, plainLine, redact } from "../../src/host/redact.ts";
import { Secret } from "../../src/host/secret.ts";

const VALUE = 'CANARY/se+cret"with=odd chars';
new Secret(VALUE, "token", null);

Deno.test("a known secret disappears in every encoding in which it travels", () => {
  const carriers = [
    VALUE,
    `Authorization: Bearer ${VALUE}`,
    encodeURIComponent(VALUE),
    JSON.stringify({ token: VALUE }),
    btoa(VALUE),
    btoa(`__token__:${VALUE}`),
    btoa(`x:${VALUE}`),
    btoa(`xy:${VALUE}`),
  ];
  const inner = btoa(VALUE).slice(4, -4);
  for (const carrier of carriers) {
    const clean = redact(carrier);
    assert(!clean.includes("CANARY") && !clean.includes(inner.slice(0, 12)), `${carrier} became ${clean}`);
  }
});

Deno.test("of a secret inside another one nothing stays around it", () => {
  new Secret("CANARY-inner", "token", null);
  new Secret("before-CANARY-inner-behind", "token", null);
  assertEquals(redact("it is before-CANARY-inner-behind"), "it is «secret»");
});

Deno.test("a credential that nobody told us about is recognised by its form", () => {
  const cases: [string, string][] = [
    ["token cio_tp_CANARYCANARYCANARYCANARYCANARYAB!", "token «crates.io token»!"],
    ["npm_CANARYCANARYCANARYCANARYCANARYabcdef", "«npm token»"],
    [`pypi-AgEIcHlwaS5vcmc${"CANARY".repeat(10)}`, "«PyPI token»"],
    ["identity eyJhbGciOiJSUzI1NiJ9.eyJDQU5BUlkiOiJ4In0.c2ln", "identity «JSON web token»"],
    [`ghs_${"CANARY".repeat(8)}`, "«GitHub token»"],
  ];
  for (const [text, expected] of cases) assertEquals(redact(text), expected);
});

Deno.test("a password in an address disappears, and the line keeps its length", () => {
  const cases: [string, string][] = [
    ["-r https://bob:CANARY2x@pypi.acme.com/simple", "-r https://bob:********@pypi.acme.com/simple"],
    ["x::default::https://:CANARY2x@mvn.acme.com", "x::default::https://:********@mvn.acme.com"],
    ["curl https://CANARYCANARY2@push.fury.io/a", "curl https://*************@push.fury.io/a"],
    ["--//bob:CANARY2x@npm.acme.com/:_authToken", "--//bob:********@npm.acme.com/:_authToken"],
    ["https://u:CANARY$/2{x@acme.com/p", "https://u:***********@acme.com/p"],
    ["https://${USER}:CANARY2x@acme.com", "https://${USER}:********@acme.com"],
    ["https://${{ github.actor }}:CANARY2x@a.com", "https://${{ github.actor }}:********@a.com"],
    ["https://u:CANARY-$REST@a.com", "https://u:************@a.com"],
    ["https://[CANARYCANARY2@a.com", "https://**************@a.com"],
    // Nothing to hide.
    ["docker://alpine:3.8@sha256:123", "docker://alpine:3.8@sha256:123"],
    [
      "http://h:8080/@a/b http://h:$PORT/@a http://[::1]:80/@a",
      "http://h:8080/@a/b http://h:$PORT/@a http://[::1]:80/@a",
    ],
    ["https://%USER%:%TOKEN%@h https://u:$(cat t)@h", "https://%USER%:%TOKEN%@h https://u:$(cat t)@h"],
    [
      "https://x:${{ secrets.T }}@h https://$T@h https://u:${T}@h",
      "https://x:${{ secrets.T }}@h https://$T@h https://u:${T}@h",
    ],
    ["https://a.b/c?x=1&access_token=CANARY2x#d", "https://a.b/c?x=1&access_token=********#d"],
    ["github:acme/widget.git?token=CANARY2x", "github:acme/widget.git?token=********"],
    ["https://a.b?sig=$SIG&key=${{ secrets.K }}&page=2", "https://a.b?sig=$SIG&key=${{ secrets.K }}&page=2"],
    ["git+ssh://git@github.com/a/b https://a.b/c@d:e", "git+ssh://git@github.com/a/b https://a.b/c@d:e"],
  ];
  for (const [text, shown] of cases) assertEquals(redact(text), shown);
});

Deno.test("addresses without end are looked through in time that grows with them", () => {
  for (
    const part of ["://", "://a:", "://aaaaaaaaaaaaaaa", "://a:b", "://${", "://a:$(", "?", "?token", "?a-"]
  ) {
    assertEquals(redact(part.repeat(50_000)), part.repeat(50_000));
  }
});

Deno.test("text from outside loses what a terminal or a CI would obey", () => {
  const cases: [string, string][] = [
    ["\x1b[31mred\x1b[0m", "red"],
    ["\x1b]0;title\x07x", "x"],
    ["a\x00b\x07c\x9bd", "abcd"],
    ["\u202eevil\u2066", "evil"],
    ["::set-output name=x::y", ": :set-output name=x::y"],
    ["fine\n  ::add-mask::x", "fine\n  : :add-mask::x"],
    ["before ::error::x", "before : :error::x"],
    ["##[command]x ##vso[task]y", "# #[command]x # #vso[task]y"],
    ["std::io::Error stays", "std::io::Error stays"],
    ["line\r\nend", "line\nend"],
  ];
  for (const [text, expected] of cases) assertEquals(plain(text), expected, JSON.stringify(text));
});

Deno.test("one line is one line, and is cut where it is endless", () => {
  assertEquals(plainLine("a\n\tb  c\n"), "a b c");
  assertEquals(plainLine("x".repeat(50), 10), `${"x".repeat(9)}…`);
});
