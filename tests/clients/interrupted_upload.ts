import { cleanUp, interrupted } from "../../src/host/cleanup.ts";
import { envOf } from "../../src/host/env.ts";
import { Http } from "../../src/host/http.ts";
import { Secret } from "../../src/host/secret.ts";
import { systemClock } from "../../src/host/clock.ts";
import { silent } from "../../src/host/session.ts";
import type { ClientName } from "../../src/config/project.ts";
import { clientNamed } from "../../src/publish/clients/table.ts";
import { digest } from "../../src/publish/digests.ts";
import { knownRegistry } from "../../src/registries/table.ts";
import { packageOf } from "../publish/samples.ts";

// Uploads with the client that its arguments name, and ends as the program would.
const [client, file, path, home] = Deno.args as [ClientName, string, string, string];
const registry = knownRegistry({ cargo: "crates.io", npm: "npm", twine: "pypi", uv: "pypi" }[client])!;
const upload = clientNamed(client).upload(
  { env: envOf({ PATH: path, HOME: home }), http: new Http(), clock: systemClock, progress: silent },
  {
    package: packageOf("widget", { client, kind: registry.kind }),
    version: "1.0.0",
    files: [{ name: "widget.file", path: file, ...await digest(await Deno.readFile(file)) }],
    registry,
    first: false,
    credential: {
      path: "token",
      describe: "a test's token",
      token: () => Promise.resolve(new Secret("CANARY-token", "token", null)),
      expiresAt: () => null,
    },
    worktree: home,
    onLine() {},
    extraEnv: {},
    provenance: null,
  },
).then(() => 0, () => 1);
const code = await Promise.race([interrupted, upload]);
await cleanUp();
Deno.exit(code);
