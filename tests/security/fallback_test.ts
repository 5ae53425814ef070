import { assertEquals } from "@std/assert";
import { envOf } from "../../src/host/env.ts";
import { release } from "../../src/publish/release.ts";
import { npm } from "../../src/publish/clients/npm.ts";
import { onBench, packageAt, packAndUpload, testWith } from "../clients/support.ts";

testWith(["npm"], "--allow-fallback sends no token of another registry", async () => {
  await onBench({}, async (bench) => {
    await bench.write({ "package.json": JSON.stringify({ name: "widget", version: "1.0.0" }) });
    const { issuer } = bench.registries;
    const env = envOf({
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
      // What setup-node leaves for GitHub Packages.
      NODE_AUTH_TOKEN: "ghs_0123456789abcdefghijklmnopqrstuvwxyz",
    }, bench.session.env);
    await packAndUpload(npm, bench, packageAt(bench, "npm", "widget"));
    await bench.write({ "package.json": JSON.stringify({ name: "widget", version: "1.0.1" }) });
    const pkg = packageAt(bench, "npm", "widget", { version: "1.0.1" });
    const project = {
      root: bench.tree,
      packages: [pkg],
      unpublished: [],
      warnings: [],
      registries: new Map(),
    } as unknown as Parameters<typeof release>[1];
    await release({ ...bench.session, env }, project, [pkg], {
      wish: "auto",
      allowFallback: true,
      allowDirty: true,
      dryRun: false,
      provenance: false,
      assumed: null,
      artifacts: null,
      extraEnv: {},
      observe: () => {},
      run: null,
    }).catch((error) => {
      if (!("problems" in error)) throw error;
    });
    assertEquals(bench.uploads("npm"), ["widget 1.0.0 200"]);
  });
});
