import { assertEquals } from "@std/assert";
import { compareClaims, isReusable } from "../../src/identity/compare.ts";
import type { Kind, TrustPolicy } from "../../src/registries/registry.ts";
import { claimsWith, POLICY } from "../registries/samples.ts";

const KINDS: readonly Kind[] = ["crates", "pypi", "npm"];

/** Whether each field matches, per kind, in the order of {@link KINDS}. */
const CASES: readonly {
  name: string;
  claims?: Record<string, unknown>;
  policy?: Partial<TrustPolicy>;
  field: string;
  matches: readonly [boolean | null, boolean | null, boolean | null];
}[] = [
  { name: "equal repositories match everywhere", field: "repository", matches: [true, true, true] },
  {
    name: "the letter case of the owner counts at npm only",
    claims: { repository: "ACME/widgets" },
    field: "repository",
    matches: [true, true, false],
  },
  {
    name: "the letter case of the repository's name counts at PyPI and npm",
    claims: {
      repository: "acme/Widgets",
      job_workflow_ref: "acme/Widgets/.github/workflows/release.yml@refs/tags/v1.4.0",
    },
    field: "repository",
    matches: [true, false, false],
  },
  {
    name: "another repository matches nowhere",
    claims: { repository: "acme/gadgets" },
    field: "repository",
    matches: [false, false, false],
  },
  {
    name: "a repository that is not declared is not decided",
    policy: { repository: null },
    field: "repository",
    matches: [null, null, null],
  },
  {
    name: "the letter case of the workflow counts everywhere",
    policy: { workflow: "Release.yml" },
    field: "workflow",
    matches: [false, false, false],
  },
  {
    name: ".yaml is not .yml",
    policy: { workflow: "release.yaml" },
    field: "workflow",
    matches: [false, false, false],
  },
  {
    name: "a reusable workflow: crates.io and npm read the caller, PyPI the callee",
    claims: { job_workflow_ref: "acme/widgets/.github/workflows/shared.yml@refs/tags/v1.4.0" },
    field: "workflow",
    matches: [true, false, true],
  },
  {
    name: "a reusable workflow that is declared suits PyPI only",
    claims: { job_workflow_ref: "acme/widgets/.github/workflows/shared.yml@refs/tags/v1.4.0" },
    policy: { workflow: "shared.yml" },
    field: "workflow",
    matches: [false, true, false],
  },
  {
    name: "a workflow of another repository never suits PyPI, whatever its name",
    claims: { job_workflow_ref: "acme/shared/.github/workflows/release.yml@refs/heads/main" },
    field: "workflow",
    matches: [true, false, true],
  },
  {
    name: "no called workflow: nothing was called",
    claims: { job_workflow_ref: undefined },
    field: "workflow",
    matches: [true, true, true],
  },
  {
    name: "no workflow at all matches nothing",
    claims: { workflow_ref: undefined, job_workflow_ref: undefined },
    field: "workflow",
    matches: [false, false, false],
  },
  {
    name: "the letter case of the environment counts at npm only",
    claims: { environment: "Release" },
    field: "environment",
    matches: [true, true, false],
  },
  {
    name: "an environment that the job lacks is missed everywhere",
    claims: { environment: undefined },
    field: "environment",
    matches: [false, false, false],
  },
  {
    name: "a record without environment takes any at crates.io and PyPI; of npm nobody knows",
    policy: { environment: null },
    field: "environment",
    matches: [true, true, null],
  },
  {
    name: "no environment on either side matches everywhere",
    claims: { environment: undefined },
    policy: { environment: null },
    field: "environment",
    matches: [true, true, true],
  },
];

for (const { name, claims = {}, policy = {}, field, matches } of CASES) {
  Deno.test(name, () => {
    const found = KINDS.map((kind) =>
      compareClaims(claimsWith(claims), { ...POLICY, ...policy }, kind).find((row) => row.field === field)!
        .matches
    );
    assertEquals(found, [...matches]);
  });
}

Deno.test("without a declaration the claims stand alone", () => {
  assertEquals(compareClaims(claimsWith({ environment: undefined }), null, "npm"), [
    { field: "repository", claimed: "acme/widgets", registered: null, matches: null },
    { field: "workflow", claimed: "release.yml", registered: null, matches: null },
    { field: "environment", claimed: null, registered: null, matches: null },
  ]);
});

Deno.test("a workflow of another repository is shown with its repository", () => {
  const claims = claimsWith({
    job_workflow_ref: "acme/shared/.github/workflows/release.yml@refs/heads/main",
  });
  const row = compareClaims(claims, POLICY, "pypi")[1];
  assertEquals(row?.claimed, "acme/shared/.github/workflows/release.yml");
});

Deno.test("a job is in a reusable workflow when the two workflow claims differ", () => {
  assertEquals(isReusable(claimsWith()), false);
  assertEquals(isReusable(claimsWith({ job_workflow_ref: undefined })), false);
  assertEquals(
    isReusable(claimsWith({ job_workflow_ref: "acme/widgets/.github/workflows/shared.yml@refs/heads/main" })),
    true,
  );
  assertEquals(
    isReusable(claimsWith({ job_workflow_ref: "acme/shared/.github/workflows/release.yml@refs/heads/main" })),
    true,
  );
});
