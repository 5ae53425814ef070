import { assertEquals, assertMatch } from "@std/assert";
import { knownRegistry, protocolOf } from "../../src/registries/table.ts";
import { claimsWith } from "./samples.ts";

function formOf(name: string, packageName: string, claims: Record<string, unknown> = {}) {
  const registry = knownRegistry(name)!;
  return protocolOf(registry).form(registry, claimsWith(claims), packageName);
}

const REUSABLE = { job_workflow_ref: "acme/widgets/.github/workflows/shared.yml@refs/tags/v1.4.0" };

Deno.test("crates.io's form has its own labels, and names the caller of a reusable workflow", () => {
  assertEquals(formOf("crates.io", "widget", REUSABLE), {
    fields: [
      { label: "Publisher", value: "GitHub" },
      { label: "Repository owner", value: "acme" },
      { label: "Repository name", value: "widgets" },
      { label: "Workflow filename", value: "release.yml" },
      { label: "Environment name (optional)", value: "release" },
    ],
    url: "https://crates.io/crates/widget/settings",
    obstacles: [],
  });
});

Deno.test("PyPI's form has its own labels, a link that fills it in, and names the called workflow", () => {
  assertEquals(formOf("testpypi", "My_Widget", { ...REUSABLE, environment: "pre release" }), {
    fields: [
      { label: "Owner", value: "acme" },
      { label: "Repository name", value: "widgets" },
      { label: "Workflow name", value: "shared.yml" },
      { label: "Environment name", value: "pre release" },
    ],
    url:
      "https://test.pypi.org/manage/project/my-widget/settings/publishing/?provider=github&owner=acme&repository=widgets" +
      "&workflow_filename=shared.yml&environment=pre+release",
    obstacles: [],
  });
});

Deno.test("npm's form comes with the command that does it", () => {
  const form = formOf("npm", "@acme/widget", REUSABLE);
  assertEquals(form.fields.map(({ label, value }) => `${label}: ${value}`), [
    "Publisher: GitHub Actions",
    "Organization or user: acme",
    "Repository: widgets",
    "Workflow filename: release.yml",
    "Environment name: release",
    "Allowed actions: npm publish",
  ]);
  assertEquals(
    form.command,
    "npm trust github @acme/widget --repo acme/widgets --file release.yml --env release --allow-publish",
  );
  assertEquals(form.url, "https://www.npmjs.com/package/@acme/widget/access");
});

Deno.test("npm's command leaves out an environment that is not claimed, and quotes what a shell would read", () => {
  assertEquals(
    formOf("npm", "widget", { environment: undefined }).command,
    "npm trust github widget --repo acme/widgets --file release.yml --allow-publish",
  );
  assertMatch(formOf("npm", "widget", { environment: "it's; rm" }).command!, /--env 'it'\\''s; rm' /);
});

for (const name of ["crates.io", "pypi", "npm"]) {
  Deno.test(`${name}: a field that must stay empty says so`, () => {
    const field = formOf(name, "widget", { environment: undefined }).fields.find(({ label }) =>
      label.startsWith("Environment")
    );
    assertEquals(field?.value, "(leave empty)");
  });
}

for (
  const [name, registry, claims, obstacle] of [
    ["crates.io and workflow_run", "crates.io", { event_name: "workflow_run" }, /workflow_run/],
    ["PyPI and pull_request_target", "pypi", { event_name: "pull_request_target" }, /pull_request_target/],
    ["PyPI and a workflow of another repository", "pypi", {
      job_workflow_ref: "acme/shared/.github/workflows/a.yml@refs/heads/main",
    }, /another repository \(acme\/shared\)/],
    ["PyPI and a called workflow of another ref", "pypi", {
      job_workflow_ref: "acme/widgets/.github/workflows/a.yml@refs/heads/main",
    }, /uses: \.\/\.github\/workflows\/a\.yml/],
    [
      "npm and an enterprise's issuer",
      "npm",
      { iss: "https://token.actions.githubusercontent.com/acme" },
      /does not accept OIDC tokens/,
    ],
  ] as const
) {
  Deno.test(`what stands in the way whatever is registered: ${name}`, () => {
    const { obstacles } = formOf(registry, "widget", claims);
    assertEquals(obstacles.length, 1);
    assertMatch(obstacles[0]!, obstacle);
  });
}
