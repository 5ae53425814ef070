import { start } from "./src/cli/start.ts";

Deno.exit(await start(Deno.args));
