import { literally } from "../../formats/literally.ts";
import { SourceText } from "../../formats/positions.ts";
import type { Report, Rule } from "../rule.ts";

const STORED =
  /\bkeyring(?:\.set_password\(\s*|\s+(?:\S+\s+)??set\s+)["']?((?:test[.-]?)?pypi(?:\.org)?)["']?(?=[\s,])/gi;

/** Upload clients ask the keyring by the address of the upload; a password under another name is never found. */
export const keyringServiceUnasked: Rule = {
  code: "keyring-service-unasked",
  severity: "warning",
  phase: "credentials",
  *check({ sources }) {
    for (const [path, text] of sources) {
      if (!text.includes("keyring")) continue;
      const source = new SourceText(text, path);
      for (const { 0: command, 1: service, index } of source.body.matchAll(STORED)) {
        const line = source.body.slice(source.body.lastIndexOf("\n", index) + 1, index);
        if (/(?:^|\s)#/.test(line) || isAskedFor(service!, sources)) continue;
        const start = index + command.lastIndexOf(service!);
        const address = /test/i.test(service!)
          ? "https://test.pypi.org/legacy/"
          : "https://upload.pypi.org/legacy/";
        yield {
          message: `No upload client asks the keyring for "${service}"`,
          at: source.span(start, start + service!.length),
          label: "the name that it is stored under",
          why: [
            "twine, uv, flit and hatch ask for the address that they upload to, so this one is never found.",
          ],
          next: [`store it under ${address}: keyring set ${address} __token__`],
        } satisfies Report;
      }
    }
  },
};

/** Whether somebody asks for that name, or for one that only shows when it runs, and hands the password on. */
function isAskedFor(service: string, sources: ReadonlyMap<string, string>): boolean {
  const name = literally(service);
  const asked = new RegExp(
    `\\bkeyring(?:\\.get_\\w+\\(\\s*(?:["']${name}["']|[A-Za-z_])|\\s+get\\s+["']?(?:${name}["']?[\\s)]|[$%]))`,
    "i",
  );
  return [...sources.values()].some((text) => asked.test(text));
}
