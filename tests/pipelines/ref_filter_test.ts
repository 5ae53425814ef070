import { assertEquals } from "@std/assert";
import { accepts, matches, mayAccept } from "../../src/pipelines/ref_filter.ts";
import { pipeline } from "./workflows.ts";

/** Patterns, names that get through and names that do not, most of them from GitHub's own table. */
const PATTERNS: readonly (readonly [patterns: string[], right: string[], wrong: string[]])[] = [
  [["v*"], ["v1", "v1.4.0", "v"], ["1.4.0", "v1/x", "xv1"]],
  [["v2.*"], ["v2.0.1"], ["v20.1", "v2", "v12.0"]],
  [["v[12].[0-9]+.[0-9]+"], ["v1.10.1", "v2.0.0"], ["v3.0.0", "v1.0", "v1.0.0-rc.1"]],
  [["feature/*"], ["feature/a"], ["feature/a/b", "feature"]],
  [["feature/**"], ["feature/a", "feature/a/b"], ["features"]],
  [["**"], ["main", "a/b/c"], []],
  [["**/v1"], ["v1", "a/v1", "a/b/v1"], ["av1"]],
  [["*feature"], ["feature", "my-feature"], ["a/feature"]],
  [["jsx?"], ["js", "jsx"], ["jsxx", "jsy"]],
  [["a+b"], ["ab", "aab"], ["b", "a+b"]],
  [["v\\*"], ["v*"], ["v1"]],
  [["v1.0"], ["v1.0"], ["v1x0"]],
  [["v*", "!v*-rc*"], ["v1"], ["v1-rc1"]],
  [["v*", "!v*-rc*", "v2-rc1"], ["v2-rc1"], ["v1-rc1"]],
  [["[9-0]", "(x"], ["(x"], ["9"]],
];

Deno.test("filter patterns mean what they mean at GitHub", () => {
  for (const [patterns, right, wrong] of PATTERNS) {
    for (const name of right) assertEquals(matches(patterns, name), true, `${patterns} ${name}`);
    for (const name of wrong) assertEquals(matches(patterns, name), false, `${patterns} ${name}`);
  }
});

Deno.test("a trigger accepts the refs for which GitHub would start the workflow", async () => {
  const cases: [on: string, right: string[], wrong: string[]][] = [
    ["push", ["refs/heads/main", "refs/tags/v1"], ["refs/pull/1/merge", "refs/notes/x"]],
    ["{ push: { tags: ['v*'] } }", ["refs/tags/v1"], ["refs/tags/1", "refs/heads/v1"]],
    ["{ push: { branches: [main] } }", ["refs/heads/main"], ["refs/heads/dev", "refs/tags/main"]],
    ["{ push: { tags: ['v*'], branches: [main] } }", ["refs/tags/v1", "refs/heads/main"], ["refs/heads/v1"]],
    ["{ push: { tags-ignore: ['*-rc*'] } }", ["refs/tags/v1"], ["refs/tags/v1-rc1", "refs/heads/main"]],
    ["{ push: { branches-ignore: [wip] } }", ["refs/heads/main"], ["refs/heads/wip", "refs/tags/v1"]],
    ["release", ["refs/tags/v1"], ["refs/heads/main"]],
    ["workflow_dispatch", ["refs/heads/main", "refs/tags/v1"], ["refs/pull/1/merge"]],
    ["schedule", ["refs/heads/main"], ["refs/tags/v1"]],
    ["pull_request", ["refs/pull/1/merge"], ["refs/heads/main"]],
    ["{ pull_request: { types: [closed] } }", ["refs/pull/1/merge", "refs/heads/main"], ["refs/tags/v1"]],
    ["{ pull_request: { branches: [main] } }", ["refs/pull/1/merge"], []],
    ["something_new", ["refs/heads/main", "refs/tags/v1"], []],
  ];
  for (const [on, right, wrong] of cases) {
    const [trigger] = (await pipeline(`on: ${on}\njobs: {}\n`)).triggers;
    for (const ref of right) assertEquals(accepts(trigger!, ref), true, `${on} ${ref}`);
    for (const ref of wrong) assertEquals(accepts(trigger!, ref), false, `${on} ${ref}`);
  }
});

Deno.test("a trigger may accept a ref of which only the beginning is known", async () => {
  const cases: [on: string, right: string[], wrong: string[]][] = [
    ["push", ["refs/tags/", "refs/heads/x"], ["refs/notes/x"]],
    ["{ push: { tags: ['v*'] } }", ["refs/tags/", "refs/tags/v", "refs/tags/v1."], [
      "refs/tags/go/v",
      "refs/tags/go-",
    ]],
    ["{ push: { tags: ['[0-9]+.[0-9]+'] } }", ["refs/tags/12", "refs/tags/1."], [
      "refs/tags/v",
      "refs/tags/1.x",
    ]],
    ["{ push: { tags: ['**/v1'] } }", ["refs/tags/a/b", "refs/tags/v"], []],
    ["{ push: { tags: ['**[0-9]+'] } }", ["refs/tags/go/v"], []],
    ["{ push: { tags: ['**', '!go/**'] } }", ["refs/tags/", "refs/tags/v"], ["refs/tags/go/v"]],
    ["{ push: { tags: ['!go/**', '**'] } }", ["refs/tags/go/v"], []],
    ["{ push: { tags-ignore: ['go/**'] } }", ["refs/tags/", "refs/tags/v"], ["refs/tags/go/v"]],
    ["{ push: { tags-ignore: ['go/v1'] } }", ["refs/tags/go/v"], []],
    ["{ push: { branches: [main] } }", ["refs/heads/ma"], ["refs/heads/x", "refs/tags/ma"]],
  ];
  for (const [on, right, wrong] of cases) {
    const [trigger] = (await pipeline(`on: ${on}\njobs: {}\n`)).triggers;
    for (const ref of right) assertEquals(mayAccept(trigger!, ref), true, `${on} ${ref}`);
    for (const ref of wrong) assertEquals(mayAccept(trigger!, ref), false, `${on} ${ref}`);
  }
});
