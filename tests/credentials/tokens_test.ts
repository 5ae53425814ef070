import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { bounds } from "../bounds.ts";
import { TOKEN_FORMATS } from "../../src/credentials/token_formats.ts";
import { tokensIn } from "../../src/credentials/tokens.ts";
import { plain } from "../../src/host/redact.ts";
import { ends } from "../hang.ts";
import { NAMED_SAMPLES, TOKEN_SAMPLES } from "./token_samples.ts";

Deno.test("every format has a sample", () => {
  const sampled = new Set([...TOKEN_SAMPLES, ...NAMED_SAMPLES].map(([name]) => name));
  assertEquals(TOKEN_FORMATS.map(({ name }) => name).filter((name) => !sampled.has(name)), []);
});

Deno.test("every format says where its tokens are revoked", () => {
  for (const { name, revoke } of TOKEN_FORMATS) {
    assertMatch(revoke, /^(?:https:\/\/\S+|\S.*\s\S.*)/, name);
    assert(!revoke.endsWith("."), name);
  }
});

for (const [name, token, checksum] of TOKEN_SAMPLES) {
  Deno.test(`a ${name} (${token.slice(0, 6)}) is found wherever it stands`, () => {
    for (
      const [before, after] of [["", ""], ["TOKEN=", "\n"], ['"', '",'], ["https://x:", "@host/"], [
        ": ",
        " # why",
      ], [
        "(",
        ")",
      ]]
    ) {
      const [found, ...others] = tokensIn(`first line\n${before}${token}${after}`);
      assert(found, `between ${before} and ${after}`);
      assertEquals(others, []);
      assertEquals(found.format.name, name);
      assertEquals([found.start, found.end], [11 + before!.length, 11 + before!.length + token.length]);
      assertEquals(found.whole, checksum ? true : null);
      assert(found.certain);
    }
  });

  Deno.test(`a ${name} (${token.slice(0, 6)}) inside a longer word is none`, () => {
    for (const text of [`A${token}`, `_${token}`, `${token}AAA`]) {
      assertEquals(tokensIn(text).filter((found) => found.end - found.start === token.length), [], text);
    }
  });
}

Deno.test("a checksum that does not fit means something where the service has said how it is made", () => {
  const changed = (token: string) => token.slice(0, -1) + (token.endsWith("x") ? "y" : "x");
  const cases = TOKEN_SAMPLES.filter(([name, , checksum]) => checksum && !name.endsWith("PyPI token"))
    .map(([name, token]) => ({ name, found: tokensIn(changed(token)) }));
  for (const { name, found } of cases) {
    assertEquals(found.map(({ whole, certain }) => ({ whole, certain })), [
      { whole: name === "npm token" ? null : false, certain: false },
    ], name);
  }
});

Deno.test("what only begins like a token of PyPI is not surely one", () => {
  const [found] = tokensIn(`pypi-AgEIcHlwaS5vcmc${"CANARYk3Tz8Qm1Wx6Rb9Nf4Hs7Jd2G".repeat(3)}`);
  assertEquals([found?.format.name, found?.whole, found?.certain], ["PyPI token", null, false]);
});

Deno.test("values that could be anything are tokens beside the name of a setting alone", () => {
  for (const [name, before, token] of NAMED_SAMPLES) {
    const [found] = tokensIn(`x\n${before}${token}\n`);
    assertEquals([found?.format.name, found?.start], [name, 2 + before.length]);
    assertEquals(tokensIn(`x\n${token}\n`), []);
    assertEquals(tokensIn(`commit: ${token}\n`), []);
  }
});

Deno.test("placeholders, examples of documentation and references are no tokens", () => {
  const cases = [
    "npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "npm_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "npm_000000000000000000000000000000000000",
    "npm_abcdefghijklmnopqrstuvwxyz0123456789",
    "npm_abababababababababababababababababab",
    "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",
    "cio_tp_0000000000000000000000000000000w",
    "ghp_1234567890abcdefghijklmnopqrstuvwxyz",
    "ghp_thisIsAnExampleOfOneForTheManual1234",
    "github_pat_11ABCDEFG0aBcDeFgHiJkL_placeholderplaceholderplaceholderplaceholderpl1234567",
    "glpat-xxxxxxxxxxxxxxxxxxxx",
    "glpat-your_access_token_",
    "pypi-AgEIcHlwaS5vcmcCJXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "HEX_API_KEY=00000000000000000000000000000000",
    "NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}",
    "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
    "export TOKEN=ghp_$GITHUB_TOKEN_FROM_SOMEWHERE_ELSE_ALTOGETHER",
    "suspicious precious ferocious",
    "sha512-8f4b7f84864484a7bf31766abe9204da3cbe65b38f4b7f84864484a7bf31766a",
    "550e8400-e29b-41d4-a716-446655440000",
  ];
  for (const text of cases) assertEquals(tokensIn(text), [], text);
});

Deno.test("a found token shows its kind and its end, and is known to the redactor from then on", () => {
  const token = "glrt-CANARYqq3Tz8Qm1Wx6Rb";
  assert(plain(`it is ${token}`).includes(token), "nobody knew it before");
  const [found] = tokensIn(`register --token ${token}`);
  assertEquals(String(found!.secret), "«GitLab runner token …x6Rb»");
  assertEquals(plain(`it is ${token}`), "it is «secret»");
});

Deno.test("nothing that is found can be read in the output", () => {
  const sample = fc.constantFrom(...TOKEN_SAMPLES.map(([, token]) => token));
  const around = fc.string({
    unit: fc.constantFrom(" ", "\n", "=", '"', "a", ":", "#", "-", "{", "é", "\t"),
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(around, sample), { maxLength: 4 }), around, (parts, end) => {
      const text = parts.map(([before, token]) => before + token).join("\n") + end;
      const found = tokensIn(text);
      const printed = plain(text);
      for (const { start, end } of found) assert(!printed.includes(text.slice(start, end)));
      for (const { secret } of found) assert(!printed.includes(String(secret).slice(1)));
    }),
    bounds(100),
  );
});

Deno.test("hostile texts of megabytes are looked through", async () => {
  const texts = [
    "a".repeat(4 << 20),
    "abcdef0123 ".repeat(400_000),
    `glpat-${"a1".repeat(140)} `.repeat(10_000),
    "-ghs_1_eyJaaaaaaaaaaaaaaa".repeat(80_000),
    "-pypi-AgEIcHlwaS5vcmc".repeat(50_000),
    "-ops_eyJ".repeat(300_000),
    "aws_secret_key: ".repeat(100_000),
  ];
  for (const text of texts) {
    await ends(() => tokensIn(text), text.slice(0, 20));
  }
});
