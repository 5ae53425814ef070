import { write } from "../host/terminal.ts";
import { VERSION } from "../version.ts";

/**
 * Answers a command line; resolves with the exit code and never rejects. The version, which scripts ask for most, loads nothing
 * else; shell.ts answers everything else.
 */
export async function start(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
    write("stdout", `keyless ${VERSION}\n`);
    return 0;
  }
  const { answer } = await import("./shell.ts");
  return await answer(argv);
}
