import { assertEquals } from "@std/assert";
import {
  hasLooked,
  REGISTRY_CODES,
  type RegistryOptions,
  registryPhase,
  type RegistrySection,
  registrySections,
} from "../../src/doctor/registry_sections.ts";
import { configuration, type Declared, fileIn, looking } from "./registry_support.ts";

const CRATE: Declared = { name: "widget", kind: "crates" };
const PACKAGE: Declared = { name: "@acme/widget", kind: "npm" };
const LIVE = { live: { spendOneShot: false, createProject: false, repository: [] } };

function sectionsOf(
  packages: readonly Declared[],
  options: RegistryOptions = {},
  wanted: (code: string) => boolean = () => true,
): Promise<readonly RegistrySection[]> {
  return looking(
    { config: configuration(...packages) },
    (subject, session) => registrySections(subject, session, options, wanted),
  );
}

const shown = (sections: readonly RegistrySection[]) =>
  sections.filter((section) => section.shown).map(({ name }) => name);

Deno.test("a section about a registry is mentioned where it can concern the project, the live one where it was asked for", async () => {
  const crates = "trust policy (crates.io registry)";
  const npm = "trust policy (npm registry)";
  assertEquals(shown(await sectionsOf([CRATE])), [crates]);
  assertEquals(shown(await sectionsOf([CRATE, PACKAGE])), [crates, npm]);
  assertEquals(shown(await sectionsOf([{ ...CRATE, workflow: null }])), []);
  assertEquals(shown(await sectionsOf([PACKAGE])), [npm]);
  assertEquals(shown(await sectionsOf([{ ...PACKAGE, workflow: null }])), []);
  assertEquals(shown(await sectionsOf([CRATE], LIVE)), [crates, "trust policy (live)"]);
});

Deno.test("where nothing is declared there is nothing to compare", async () => {
  const sections = await sectionsOf([{ ...CRATE, workflow: null }, { ...PACKAGE, workflow: null }]);
  assertEquals(sections.map(({ checked }) => checked.skipped), [
    "no crate declares a trust policy",
    "no npm package declares a trust policy",
    "not asked for",
  ]);
  const [, npm] = await sectionsOf([CRATE], { npmTrust: ["trust.json"] });
  assertEquals(npm!.checked.skipped, "not compared: no npm package declares a trust policy");
});

Deno.test("nobody is asked for what nobody wants to hear", async () => {
  const sections = await sectionsOf(
    [CRATE, PACKAGE],
    { npmTrust: ["/there/is/no/such/file"], ...LIVE },
    () => false,
  );
  // Who asks for it by an option and leaves it out by another one should hear of it.
  assertEquals(sections.map(({ checked }) => checked.skipped), [
    "not checked: not asked for",
    "not checked: --only names none of its codes",
    "not checked: --only names none of its codes",
  ]);
});

Deno.test("a code is missed only where every section that may report it has looked", async () => {
  const sections = await looking({ config: configuration(CRATE, PACKAGE) }, (subject, session, root) => {
    const npmTrust = [fileIn(root, "trust.json", "[]")];
    return registrySections(subject, session, { npmTrust }, () => true);
  });
  assertEquals(hasLooked(sections, "publisher-grant-missing"), true);
  assertEquals(hasLooked(sections, "publisher-record-mismatch"), false);
  assertEquals(hasLooked(sections, "exchange-refused"), false);
  assertEquals(hasLooked(sections, "missing-id-token"), true);
});

Deno.test("a section says what is right, or why nobody looked", () => {
  const section = (checked: RegistrySection["checked"]) =>
    registryPhase({ name: "x", codes: [], shown: true, checked }, []);
  assertEquals(section({ skipped: "not checked: why" }), {
    name: "x",
    status: "skipped",
    reason: "not checked: why",
  });
  const passed = (reason: string) => ({ name: "x", status: "passed" as const, reason });
  assertEquals(section({ skipped: null, compared: 1, reports: [] }), passed("the record is as declared"));
  assertEquals(section({ skipped: null, compared: 2, reports: [] }), passed("the records are as declared"));
  assertEquals(section({ skipped: null, compared: 1, reports: [], right: "all of it" }), passed("all of it"));
});

Deno.test("every code of these sections has a page", async () => {
  for (const code of REGISTRY_CODES) {
    const page = await Deno.readTextFile(new URL(`../../docs/codes/${code}.md`, import.meta.url));
    assertEquals(page.split("\n")[0], `# ${code}`);
  }
});
