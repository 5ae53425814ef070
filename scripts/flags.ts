/** Prints the flags of src/permissions.ts, one a line: `flags.ts scoped|open run|compile`. */
import { flags } from "../src/permissions.ts";

const [form, how] = Deno.args;
if ((form !== "scoped" && form !== "open") || (how !== "run" && how !== "compile")) {
  throw new Error("usage: flags.ts scoped|open run|compile");
}
await Deno.stdout.write(new TextEncoder().encode(flags(form, how).join("\n") + "\n"));
