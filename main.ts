import "./src/host/require.ts";
import { start } from "./src/cli/start.ts";
import { cleanUp, interrupted } from "./src/host/cleanup.ts";

const code = await Promise.race([start(Deno.args), interrupted]);
await cleanUp();
Deno.exit(code);
